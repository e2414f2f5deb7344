import { pause, unlessAborted, unlessLate } from '../abort.ts'
import type { AbortSignalLike, AccessToken } from '../credential.ts'
import { AbortError } from '../errors.ts'
import { type JsonObject, unverifiedClaims } from '../json-object.ts'
import { entraTokenEndpoint } from '../provider/authority-host.ts'
import { unreachable } from './connection-failure.ts'
import { accessTokenOf, retryAfterMilliseconds, successOf } from './token-response.ts'
import { type Transport, type TransportRequest, type TransportResponse, timedOut } from './transport.ts'

/** One request for a token, in the words of the wire. */
export interface TokenRequest {
  /** Origin, e.g. `https://login.microsoftonline.com`. */
  authorityHost: string
  tenantId: string
  /** v1.0 names the API by `resource`, v2.0 by `scope`. */
  version: 'v1.0' | 'v2.0'
  /** Where to send it instead, to a provider whose address follows from its metadata. */
  tokenEndpoint?: string | undefined
  /** Body parameters; those without a value are left out. */
  form: Readonly<Record<string, string | undefined>>
  /** Header of a client that proves itself by it; the secret in it, so that no error repeats that. */
  authorization?: { readonly header: string; readonly clientSecret: string } | undefined
}

export interface TokenRequestSettings {
  transport: Transport
  /** Bound on the whole, retries and the waits between them included. */
  timeoutMilliseconds: number
  abortSignal: AbortSignalLike | undefined
}

const MAXIMUM_RETRIES = 3
const FIRST_RETRY_DELAY_MILLISECONDS = 250

/** What a transport may take to say itself that its time is over. */
const TIME_OF_ITS_OWN_MILLISECONDS = 50

/** Connections that broke rather than could not be made: asking again may help. */
const TRANSIENT_FAILURES: readonly unknown[] = ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'EAI_AGAIN', 'UND_ERR_SOCKET']

/** What a token endpoint gives for a person. */
export interface UserTokens {
  readonly accessToken: AccessToken
  readonly refreshToken?: string
  /** As it came: nothing in it has been checked. */
  readonly idToken?: string
  /** Of `idToken`, decoded and not checked. */
  readonly idTokenClaims?: Readonly<Record<string, unknown>>
  /** Entra's `client_info`: base64url of a JSON object with `uid` and `utid`. Comes when `client_info=1` was sent. */
  readonly clientInfo?: string
  /** The scopes that were granted, where the answer names them. */
  readonly scope?: string
}

/**
 * Asks a token endpoint (RFC 6749 §3.2), again after 429, 5xx and broken connections: up to three times, when
 * `Retry-After` says or after growing delays, never past the bound.
 * @throws {TokenRequestError} when the authority refuses or its answer holds no token
 * @throws {AuthorityUnreachableError} when no answer comes
 * @throws {AbortError} when `abortSignal` fires
 */
export async function requestToken(request: TokenRequest, settings: TokenRequestSettings): Promise<AccessToken> {
  return (await askTokenEndpoint(request, settings)).accessToken
}

/** Like `requestToken`, for a grant that stands for a person: with what else comes along. */
export async function requestUserTokens(request: TokenRequest, settings: TokenRequestSettings): Promise<UserTokens> {
  const { accessToken, answer } = await askTokenEndpoint(request, settings)
  const refreshToken = textOf(answer, 'refresh_token')
  const idToken = textOf(answer, 'id_token')
  const idTokenClaims = idToken === undefined ? undefined : unverifiedClaims(idToken)
  const clientInfo = textOf(answer, 'client_info')
  const scope = textOf(answer, 'scope')
  return {
    accessToken,
    ...(refreshToken && { refreshToken }),
    ...(idToken && { idToken }),
    ...(idTokenClaims && { idTokenClaims }),
    ...(clientInfo && { clientInfo }),
    ...(scope && { scope }),
  }
}

async function askTokenEndpoint(
  request: TokenRequest,
  settings: TokenRequestSettings,
): Promise<{ accessToken: AccessToken; answer: JsonObject }> {
  const correlationId = crypto.randomUUID()
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(request.form)) if (value !== undefined) body.set(name, value)
  const sentAt = Date.now()
  const response = await sendWithRetries(
    {
      method: 'POST',
      url: request.tokenEndpoint ?? entraTokenEndpoint(request),
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        'client-request-id': correlationId,
        ...(request.authorization && { authorization: request.authorization.header }),
      },
      body: body.toString(),
    },
    settings,
  )
  const form = { client_secret: request.authorization?.clientSecret, ...request.form }
  const answer = successOf(response, { authorityHost: request.authorityHost, correlationId, form })
  return { accessToken: accessTokenOf(answer, { sentAt, status: response.status, correlationId }), answer }
}

function textOf(answer: JsonObject, name: string): string | undefined {
  const value = answer[name]
  return typeof value === 'string' ? value : undefined
}

type Attempt = { response: TransportResponse } | { failure: unknown }

/**
 * Sends a request to an authority, with the retries and the bound of `requestToken`, which count too for a transport of
 * somebody else's that knows neither time nor signal.
 */
export async function sendWithRetries(
  request: Omit<TransportRequest, 'signal' | 'timeoutMilliseconds'>,
  { transport, timeoutMilliseconds, abortSignal }: TokenRequestSettings,
): Promise<TransportResponse> {
  if (abortSignal?.aborted) throw new AbortError()
  const deadline = performance.now() + timeoutMilliseconds
  for (let retries = 0; ; retries += 1) {
    const remaining = Math.max(1, Math.ceil(deadline - performance.now()))
    const sent = (async () => transport({ ...request, signal: abortSignal, timeoutMilliseconds: remaining }))()
    const answer = unlessLate(sent, remaining + TIME_OF_ITS_OWN_MILLISECONDS, () => timedOut(timeoutMilliseconds))
    const attempt: Attempt = await unlessAborted(answer, abortSignal).then(
      (response) => ({ response }),
      (failure: unknown) => ({ failure }),
    )
    if (abortSignal?.aborted) throw new AbortError()
    const delay = retries < MAXIMUM_RETRIES ? delayBeforeRetry(attempt, retries) : undefined
    if (delay === undefined || performance.now() + delay >= deadline) {
      if ('response' in attempt) return attempt.response
      throw unreachable(new URL(request.url).origin, attempt.failure, timeoutMilliseconds)
    }
    await pause(delay, abortSignal)
  }
}

/** Milliseconds to wait before this attempt is repeated; `undefined` when repeating it is of no use. */
function delayBeforeRetry(attempt: Attempt, retries: number): number | undefined {
  const growing = FIRST_RETRY_DELAY_MILLISECONDS * 3 ** retries * (1 + Math.random() / 4)
  if ('failure' in attempt) return isTransient(attempt.failure) ? growing : undefined
  const { status } = attempt.response
  const temporary = status === 429 || (status >= 500 && status !== 501)
  return temporary ? (retryAfterMilliseconds(attempt.response) ?? growing) : undefined
}

/** `fetch` hides the system's code in the cause of its own error. */
function isTransient(failure: unknown): boolean {
  if (!(failure instanceof Error)) return false
  return TRANSIENT_FAILURES.includes(Reflect.get(failure, 'code')) || isTransient(failure.cause)
}
