import { pause } from './abort.ts'
import { unreachable } from './connection-failure.ts'
import type { AbortSignalLike, AccessToken } from './credential.ts'
import { AbortError } from './errors.ts'
import { accessTokenOf, retryAfterMilliseconds, successOf } from './token-response.ts'
import type { Transport, TransportRequest, TransportResponse } from './transport.ts'

/** One request for a token, in the words of the wire. */
export interface TokenRequest {
  /** Origin, e.g. `https://login.microsoftonline.com`. */
  authorityHost: string
  tenantId: string
  /** v1.0 names the API by `resource`, v2.0 by `scope`. */
  version: 'v1.0' | 'v2.0'
  /** Body parameters; those without a value are left out. */
  form: Readonly<Record<string, string | undefined>>
}

export interface TokenRequestSettings {
  transport: Transport
  /** Bound on the whole, retries and the waits between them included. */
  timeoutMilliseconds: number
  abortSignal: AbortSignalLike | undefined
}

const MAXIMUM_RETRIES = 3
const FIRST_RETRY_DELAY_MILLISECONDS = 250

/** Connections that broke rather than could not be made: asking again may help. */
const TRANSIENT_FAILURES: readonly unknown[] = ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'EAI_AGAIN', 'UND_ERR_SOCKET']

/**
 * Asks a token endpoint (RFC 6749 §3.2), again after 429, 5xx and broken connections: up to three times, when
 * `Retry-After` says or after growing delays, never past the bound.
 * @throws {TokenRequestError} when the authority refuses or its answer holds no token
 * @throws {AuthorityUnreachableError} when no answer comes
 * @throws {AbortError} when `abortSignal` fires
 */
export async function requestToken(request: TokenRequest, settings: TokenRequestSettings): Promise<AccessToken> {
  const path = request.version === 'v1.0' ? 'oauth2/token' : 'oauth2/v2.0/token'
  const correlationId = crypto.randomUUID()
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(request.form)) if (value !== undefined) body.set(name, value)
  const sentAt = Date.now()
  const response = await sendWithRetries(
    {
      method: 'POST',
      url: `${request.authorityHost}/${request.tenantId}/${path}`,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        'client-request-id': correlationId,
      },
      body: body.toString(),
    },
    settings,
  )
  const answer = successOf(response, { authorityHost: request.authorityHost, correlationId, form: request.form })
  return accessTokenOf(answer, { sentAt, status: response.status, correlationId })
}

type Attempt = { response: TransportResponse } | { failure: unknown }

async function sendWithRetries(
  request: Omit<TransportRequest, 'signal' | 'timeoutMilliseconds'>,
  { transport, timeoutMilliseconds, abortSignal }: TokenRequestSettings,
): Promise<TransportResponse> {
  if (abortSignal?.aborted) throw new AbortError()
  const deadline = performance.now() + timeoutMilliseconds
  for (let retries = 0; ; retries += 1) {
    const remaining = Math.max(1, Math.ceil(deadline - performance.now()))
    const attempt: Attempt = await transport({
      ...request,
      signal: abortSignal,
      timeoutMilliseconds: remaining,
    }).then(
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
