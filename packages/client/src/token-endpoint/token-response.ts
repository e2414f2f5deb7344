import type { AccessToken } from '../credential.ts'
import { TokenRequestError } from '../errors.ts'
import { type JsonObject, parseJsonObject } from '../json-object.ts'
import type { TransportResponse } from './transport.ts'

/** Parameters whose values no error may repeat, whatever the authority writes into its answer. */
const SECRET_PARAMETERS = [
  'client_secret',
  'client_assertion',
  'refresh_token',
  'code',
  'code_verifier',
  'device_code',
  'password',
]

export interface AskedWith {
  authorityHost: string
  /** The `client-request-id` that was sent; an authority repeats it as its correlation id. */
  correlationId: string
  form: Readonly<Record<string, string | undefined>>
}

/**
 * The members of a token endpoint's success answer, RFC 6749 §5.1.
 * @throws {TokenRequestError} for a refusal, and for an answer that is not OAuth's
 */
export function successOf(response: TransportResponse, asked: AskedWith): JsonObject {
  const body = parseJsonObject(response.body)
  if (body === undefined) throw notAnAuthority(response, asked)
  if (response.status === 200) return body
  throw refusal(body, response, asked)
}

/**
 * The access token of a success answer. v2.0 counts in numbers, v1.0 in strings of digits. The life is counted from
 * the moment of asking, so that clocks that differ do no harm and a slow answer only shortens it.
 * @throws {TokenRequestError} when the answer has no bearer token or no lifetime
 */
export function accessTokenOf(
  answer: JsonObject,
  { sentAt, status, correlationId }: { sentAt: number; status: number; correlationId: string },
): AccessToken {
  const { access_token: token, token_type: type } = answer
  const lifetime = seconds(answer.expires_in)
  const missing =
    typeof token !== 'string' || token === ''
      ? 'no access_token'
      : typeof type !== 'string' || type.toLowerCase() !== 'bearer'
        ? `no token_type 'Bearer'`
        : lifetime === undefined
          ? 'no expires_in in seconds'
          : undefined
  if (missing !== undefined || typeof token !== 'string' || lifetime === undefined) {
    throw invalidResponse(`The authority answered ${status} with ${missing}.`, status, correlationId)
  }
  const refreshIn = seconds(answer.refresh_in)
  return {
    token,
    expiresOnTimestamp: sentAt + lifetime * 1000,
    ...(refreshIn === undefined ? {} : { refreshAfterTimestamp: sentAt + refreshIn * 1000 }),
    tokenType: 'Bearer',
  }
}

/** `Retry-After` (RFC 9110 §10.2.3), in seconds or as a date; `undefined` when it is absent or is neither. */
export function retryAfterMilliseconds({ headers }: TransportResponse): number | undefined {
  const value = headers['retry-after']
  if (typeof value !== 'string' || value.trim() === '') return undefined
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

/** v1.0 writes its numbers as strings of digits. */
export function seconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined
}

/** Entra's error body: RFC 6749 §5.2 and `error_codes`, `suberror`, `trace_id`, `correlation_id`, `claims`. */
function refusal(body: JsonObject, response: TransportResponse, { form, correlationId }: AskedWith): TokenRequestError {
  const text = (name: string) => {
    const value = body[name]
    return typeof value === 'string' ? withoutSecrets(value, form) : undefined
  }
  const error = text('error') ?? 'invalid_response'
  const description = text('error_description')
  const retryAfter = retryAfterMilliseconds(response)
  const wait = retryAfter === undefined ? '' : ` It asks to wait ${Math.ceil(retryAfter / 1000)} s before the next try.`
  return new TokenRequestError(`${description ?? `${error} (HTTP ${response.status})`}${wait}`, {
    error,
    code: entraCode(body, description),
    description,
    subError: text('suberror'),
    correlationId: text('correlation_id') ?? correlationId,
    traceId: text('trace_id'),
    status: response.status,
    claims: text('claims'),
    retryAfterMilliseconds: retryAfter,
  })
}

function entraCode(body: JsonObject, description: string | undefined): number | undefined {
  const listed: unknown = Array.isArray(body.error_codes) ? body.error_codes[0] : undefined
  if (typeof listed === 'number') return listed
  const written = description === undefined ? null : /^AADSTS(\d+)/.exec(description)
  return written === null ? undefined : Number(written[1])
}

function withoutSecrets(text: string, form: AskedWith['form']): string {
  return SECRET_PARAMETERS.reduce((clean, name) => {
    const secret = form[name]
    return secret ? clean.replaceAll(secret, '[redacted]') : clean
  }, text)
}

function notAnAuthority(response: TransportResponse, { authorityHost, correlationId }: AskedWith): TokenRequestError {
  const type = response.headers['content-type'] ?? 'no content type'
  return invalidResponse(
    `${authorityHost} answered ${response.status} with ${type}, where an authority answers with a JSON object: check authorityHost, and any proxy on the way.`,
    response.status,
    correlationId,
    retryAfterMilliseconds(response),
  )
}

/** An answer that is not what OAuth says. */
export function invalidResponse(
  message: string,
  status: number,
  correlationId: string,
  retryAfter?: number,
): TokenRequestError {
  return new TokenRequestError(message, {
    error: 'invalid_response',
    code: undefined,
    description: undefined,
    subError: undefined,
    correlationId,
    traceId: undefined,
    status,
    claims: undefined,
    retryAfterMilliseconds: retryAfter,
  })
}
