import { claimsOfChallenge, stepUpOfChallenge } from './challenge.ts'
import type { AccessToken, GetTokenOptions, TokenCredential } from './credential.ts'
import { CredentialOptionError } from './errors.ts'

export interface FetchOptions {
  /** Permissions of the API that is called, e.g. `https://graph.microsoft.com/.default`. */
  scopes?: string | string[]
  /** Instead of scopes, for v1.0: the API by its identifier URI. */
  resource?: string
  /** Declares to the authority that this caller answers claims challenges (Continuous Access Evaluation). */
  enableCae?: boolean
  /** What sends. Default the global `fetch`; another must drop `Authorization` on redirects to other origins as it does. */
  fetch?: typeof globalThis.fetch
  /** Told, in a sentence, when a refused request could not be repeated. Default a warning of the process. */
  onNotice?: (text: string) => void
}

type Fetch = typeof globalThis.fetch

/**
 * A `fetch` that adds `Authorization: Bearer …` to each request, in place of one that is there. After a 401 it asks once
 * more: with a token that meets the challenge, by its claims (RFC 6750 §3, Microsoft's "claims challenges") or by another
 * sign-in of the person (RFC 9470), else with a new token. What was met is asked for from then on. Where the API refuses
 * the new token too, no other is asked for during five minutes, unless it wants something else. Wrap the credential in
 * `cached`.
 *
 * - A body that can be sent only once (a stream, or that of a `Request`) is not repeated: the 401 is returned, and
 *   `onNotice` says so.
 * - The token goes only to the origin that was called: `fetch` drops it on a redirect to another one, and the challenge
 *   of another one is not answered. It goes over `https:`, and over `http:` to this machine alone (RFC 6750 §5.3).
 *
 * @returns rejects as `fetch` does, and as `getToken` does when there is no token, or none that meets the challenge
 * @throws {CredentialOptionError} unless there is one of `scopes` and `resource`
 */
export function createFetch(credential: TokenCredential, options: FetchOptions): Fetch {
  const { fetch = globalThis.fetch, onNotice = warn } = options
  const { scopes, tokenOptions } = askedOf(options)
  let met: GetTokenOptions = {}
  const refused = refusedOrigins()

  const getToken = (more: GetTokenOptions) => credential.getToken(scopes, { ...tokenOptions, ...met, ...more })

  /** A token that the API may take instead of the refused one; `undefined` when the authority has no other. */
  async function another(
    before: AccessToken,
    more: GetTokenOptions,
    mayForce: boolean,
  ): Promise<AccessToken | undefined> {
    const differing = (token: AccessToken) => (token.token === before.token ? undefined : token)
    const kept = differing(await getToken(more))
    return kept === undefined && mayForce ? differing(await getToken({ ...more, forceRefresh: true })) : kept
  }

  /** What to repeat the request with. Without anything to meet, the API's own answer says more than a failure here. */
  async function afterRefusal(
    before: AccessToken,
    challenge: GetTokenOptions | undefined,
    signal: GetTokenOptions,
    mayForce: boolean,
  ) {
    if (challenge !== undefined) return another(before, { ...signal, ...challenge }, mayForce)
    return another(before, signal, mayForce).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'AbortError') throw error
      return undefined
    })
  }

  return async (input, init) => {
    const request = { url: urlOf(input), ...describe(input, init) }
    refusePlainText(request.url)
    const signal = request.signal ? { abortSignal: request.signal } : {}
    const token = await getToken(signal)
    const response = await fetch(input, authorized(input, init, token))
    if (response.status !== 401 || !isOfOrigin(response, request.url)) return response
    if (request.isSentOnce) {
      onNotice(
        `${request.url.origin} answered 401, and the request was not repeated with a new token, because its body can be sent only once: pass it as text or bytes, not as a stream or in a Request.`,
      )
      return response
    }
    const challenge = challengeOf(response)
    const { origin } = request.url
    const next = await afterRefusal(token, challenge, signal, refused.mayForce(origin, challenge))
    if (next === undefined) return response
    await response.body?.cancel() // frees the connection
    const repeated = await fetch(input, authorized(input, init, next))
    if (repeated.status === 401) refused.note(origin, challenge)
    else if (challenge !== undefined) met = { ...met, ...challenge }
    return repeated
  }
}

/** How long an API that refused a new token is taken at its word. */
const REFUSAL_LASTS_MILLISECONDS = 5 * 60_000

/** APIs that refused a new token too, by origin: one more would be refused as well, and cost a request each time. */
function refusedOrigins() {
  const refusals = new Map<string, { readonly challenge: string | undefined; readonly until: number }>()
  return {
    mayForce(origin: string, challenge: GetTokenOptions | undefined): boolean {
      const refusal = refusals.get(origin)
      const isKnown = refusal !== undefined && refusal.challenge === JSON.stringify(challenge)
      return !isKnown || performance.now() >= refusal.until
    },
    note(origin: string, challenge: GetTokenOptions | undefined): void {
      const until = performance.now() + REFUSAL_LASTS_MILLISECONDS
      refusals.set(origin, { challenge: JSON.stringify(challenge), until })
    },
  }
}

/** What a token has to meet that the API takes, in the words of `getToken`. */
function challengeOf({ headers }: Response): GetTokenOptions | undefined {
  const header = headers.get('www-authenticate')
  const claims = claimsOfChallenge(header)
  return claims === undefined ? stepUpOfChallenge(header) : { claims }
}

function askedOf({ scopes, resource, enableCae }: FetchOptions): {
  scopes: string | string[]
  tokenOptions: GetTokenOptions
} {
  const cae = enableCae ? { enableCae } : {}
  if (resource !== undefined && scopes === undefined) return { scopes: [], tokenOptions: { resource, ...cae } }
  if (scopes !== undefined && scopes.length > 0 && resource === undefined) return { scopes, tokenOptions: cae }
  throw new CredentialOptionError(
    'scopes',
    `createFetch needs ${resource === undefined ? 'scopes' : 'either scopes or resource, not both'}: pass scopes, e.g. { scopes: 'https://graph.microsoft.com/.default' }, or for v1.0 { resource: 'https://management.azure.com/' }.`,
  )
}

type Input = Parameters<Fetch>[0]
type Init = Parameters<Fetch>[1]

function urlOf(input: Input): URL {
  return new URL(input instanceof Request ? input.url : input)
}

function describe(input: Input, init: Init): { isSentOnce: boolean; signal: AbortSignal | undefined } {
  const request = input instanceof Request ? input : undefined
  const body = init?.body
  const isSentOnce = body == null ? request?.body != null : isStream(body)
  return { isSentOnce, signal: init?.signal ?? request?.signal }
}

/** Everything else that `fetch` takes as a body is read anew each time it is sent. */
function isStream(body: unknown): boolean {
  const isForm = body instanceof FormData || body instanceof URLSearchParams
  if (typeof body !== 'object' || body === null || isForm || ArrayBuffer.isView(body)) return false
  return body instanceof ReadableStream || Symbol.asyncIterator in body || Symbol.iterator in body
}

function authorized(input: Input, init: Init, { token }: AccessToken): RequestInit {
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
  headers.set('authorization', `Bearer ${token}`)
  return { ...init, headers }
}

/** Not so after a redirect that led elsewhere. */
function isOfOrigin({ url }: Response, asked: URL): boolean {
  return url === '' || new URL(url).origin === asked.origin
}

function refusePlainText({ protocol, hostname, origin }: URL): void {
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))) return
  throw new CredentialOptionError(
    'url',
    `No token is sent to ${protocol === 'http:' ? origin : `an address with ${protocol}`}: over anything but https:// others can read it and use it. Call the API by https://; http:// is for this machine alone (localhost).`,
  )
}

const LOOPBACK = /^(?:localhost|[\w.-]+\.localhost|127(?:\.\d+){3}|\[::1\])$/

function warn(text: string): void {
  process.emitWarning(text, { code: 'DOORSTEP_REQUEST_NOT_REPEATED' })
}
