import { decodeJwt } from './client-authentication/jwt.ts'
import { entraError } from './errors.ts'

/** A POST to a token endpoint, as it came. */
export interface TokenHttpRequest {
  readonly endpoint: 'v1' | 'v2'
  readonly contentType: string | undefined
  readonly authorization: string | undefined
  readonly body: string
}

/** How the client says who it is, before anybody checks it. */
export type PresentedCredential =
  | { readonly method: 'none' }
  /** Several candidates are readings of one secret: form-decoded, and as it stands. */
  | { readonly method: 'secret'; readonly candidates: readonly string[] }
  /** A JWT that the client has signed (RFC 7523). */
  | { readonly method: 'assertion'; readonly assertion: string }

/** The parameters of a form. */
export interface Form {
  /** A parameter's value without surrounding blanks and line breaks; an empty value counts as absent. */
  parameter(name: string): string | undefined
  /** @throws {EntraError} 900144 when it is absent. */
  required(name: string): string
}

/** A token request in one form, whichever dialect it came in. */
export interface TokenRequest extends Form {
  readonly endpoint: 'v1' | 'v2'
  readonly grantType: string
  readonly clientId: string
  readonly credential: PresentedCredential
}

/** A parameter that may not be repeated (RFC 6749 §3.2); telemetry that clients add may. */
const meaningful = new Set([
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'scope',
  'resource',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'device_code',
  'username',
  'password',
  'assertion',
  'requested_token_use',
])

const formMediaType = 'application/x-www-form-urlencoded'

/** Whether a content type says form; one that says nothing counts as one. */
function isForm(contentType: string): boolean {
  if (contentType === formMediaType) return true
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase()
  return mediaType === '' || mediaType === formMediaType
}

/**
 * One name or value of a form (WHATWG URL, application/x-www-form-urlencoded parsing). Most need no decoding; what is
 * encoded wrongly is left to URLSearchParams, which takes everything.
 */
function formDecoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  return percentDecoded(text) ?? new URLSearchParams(`_=${text}`).get('_') ?? text
}

/**
 * Reads a form body. Names and values lose surrounding blanks and line breaks, since bodies are pasted from pages
 * that print a parameter a line. Any other content type, JSON above all, counts as having no parameters.
 */
function readForm({ contentType, body }: Pick<TokenHttpRequest, 'contentType' | 'body'>): Map<string, string> {
  const parameters = new Map<string, string>()
  if (contentType !== undefined && !isForm(contentType)) return parameters
  for (const pair of body.split('&')) {
    const equals = pair.indexOf('=')
    const name = formDecoded(equals < 0 ? pair : pair.slice(0, equals)).trim()
    const value = equals < 0 ? '' : formDecoded(pair.slice(equals + 1)).trim()
    if (value === '') continue
    if (parameters.has(name) && meaningful.has(name)) throw entraError('requestMalformed')
    parameters.set(name, value)
  }
  return parameters
}

function formOf(parameters: ReadonlyMap<string, string>): Form {
  return {
    parameter: (name) => parameters.get(name),
    required(name) {
      const value = parameters.get(name)
      if (value === undefined) throw entraError('parameterMissing', { parameter: name })
      return value
    },
  }
}

/** Reads a form as `parseTokenRequest` does, for an endpoint that has no grants. @throws {EntraError} 9002313 */
export function parseForm(http: Pick<TokenHttpRequest, 'contentType' | 'body'>): Form {
  return formOf(readForm(http))
}

const basicHeader = /^basic +([A-Za-z0-9+/]+=*) *$/i

/** application/x-www-form-urlencoded decoding of one value (RFC 6749 §2.3.1); undefined when it cannot be decoded. */
function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/**
 * Reads HTTP Basic credentials. RFC 6749 §2.3.1 has both parts form-encoded, but widely used libraries send them as
 * they are: the decoded reading comes first, then the raw one.
 */
function readBasic(header: string): { clientId: string; candidates: string[] } {
  const encoded = basicHeader.exec(header)?.[1]
  const text = encoded && Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text?.indexOf(':') ?? -1
  if (!text || colon < 1) throw entraError('requestMalformed')
  const secret = text.slice(colon + 1)
  const decoded = percentDecoded(secret)
  return {
    clientId: percentDecoded(text.slice(0, colon)) ?? text.slice(0, colon),
    candidates: secret === '' ? [] : decoded === undefined || decoded === secret ? [secret] : [decoded, secret],
  }
}

/**
 * Turns a POST to the v1.0 or v2.0 token endpoint into a `TokenRequest`; the two dialects of naming the API end in
 * `scopes.ts`.
 * @throws {EntraError} 900144 without grant_type, client_id or the type of an assertion, 9002313 for repeated parameters, an unreadable Basic
 * header, or two different clients named in header and body.
 */
export function parseTokenRequest(http: TokenHttpRequest): TokenRequest {
  const parameters = readForm(http)
  const { parameter, required } = formOf(parameters)
  const grantType = required('grant_type')
  const header = http.authorization
  const basic = header && /^basic\b/i.test(header) ? readBasic(header) : undefined
  const named = parameters.get('client_id')
  if (basic && named && named.toLowerCase() !== basic.clientId.toLowerCase()) throw entraError('requestMalformed')
  const assertion = readAssertion(parameters)
  const clientId = basic?.clientId ?? named ?? (assertion && subjectOf(assertion)) ?? required('client_id')
  const inBody = parameters.get('client_secret')
  const candidates = inBody === undefined ? (basic?.candidates ?? []) : [inBody]
  return {
    endpoint: http.endpoint,
    grantType,
    clientId,
    credential: presented(assertion, candidates),
    parameter,
    required,
  }
}

function presented(assertion: string | undefined, candidates: readonly string[]): PresentedCredential {
  if (assertion !== undefined) return { method: 'assertion', assertion }
  return candidates.length === 0 ? { method: 'none' } : { method: 'secret', candidates }
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** @throws {EntraError} 900144 without the type of the assertion, 9002313 for another one. */
function readAssertion(parameters: ReadonlyMap<string, string>): string | undefined {
  const assertion = parameters.get('client_assertion')
  if (assertion === undefined) return undefined
  const type = parameters.get('client_assertion_type')
  if (type === undefined) throw entraError('parameterMissing', { parameter: 'client_assertion_type' })
  if (type !== assertionType) throw entraError('requestMalformed')
  return assertion
}

/** An assertion says who it is about (RFC 7521 §4.2), so that `client_id` may be left out. */
function subjectOf(assertion: string): string | undefined {
  const subject = decodeJwt(assertion)?.claims.sub
  return typeof subject === 'string' && subject !== '' ? subject : undefined
}
