import type { EntraError } from './errors.ts'
import type { ResponseMode } from './response-type.ts'

/** An answer to the client, before it has the form of a redirect or a page that posts itself. */
export interface AuthorizationResponse {
  readonly mode: ResponseMode
  /** The registered address, as the request wrote it. */
  readonly redirectUri: string
  /** In the order in which Entra sends them. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

/** Where an answer goes. */
export interface ResponseTarget {
  readonly mode: ResponseMode
  readonly redirectUri: string
  /** Returned letter for letter. */
  readonly state: string | undefined
}

export interface IssuedAccessToken {
  readonly token: string
  /** Seconds. */
  readonly expiresIn: number
  /** As `scopeEcho` writes it. */
  readonly scope: string
}

/** What the request was granted: a code, tokens, or both. */
export interface Issued {
  readonly code?: string
  readonly idToken?: string
  readonly accessToken?: IssuedAccessToken
  /** base64url JSON of `uid` and `utid`, where the request wanted it. */
  readonly clientInfo?: string
  /** GUID of the browser session. */
  readonly sessionState: string
  /** Whether the hosts of the cloud are named (`instance_aware=true`). */
  readonly isInstanceAware?: boolean
  /** After `prompt=admin_consent`. */
  readonly hasAdminConsent?: boolean
}

/** What an `instance_aware` client learns about the cloud that answered. */
const publicCloud = [
  ['cloud_instance_name', 'microsoftonline.com'],
  ['cloud_instance_host_name', 'login.microsoftonline.com'],
  ['cloud_graph_host_name', 'graph.windows.net'],
  ['msgraph_host', 'graph.microsoft.com'],
] as const

/** A granted request (RFC 6749 §4.1.2 and §4.2.2, OpenID Connect Core §3.3.2.5). */
export function successResponse({ mode, redirectUri, state }: ResponseTarget, issued: Issued): AuthorizationResponse {
  const { code, accessToken, idToken, clientInfo } = issued
  const parameters = [
    ...present('code', code),
    ...(accessToken ? accessTokenParameters(accessToken) : []),
    ...present('id_token', idToken),
    ...(issued.isInstanceAware ? publicCloud : []),
    ...present('client_info', clientInfo),
    ...present('admin_consent', issued.hasAdminConsent ? 'True' : undefined),
    ...present('state', state),
    ...present('session_state', issued.sessionState),
  ]
  return { mode, redirectUri, parameters }
}

function accessTokenParameters({ token, expiresIn, scope }: IssuedAccessToken): (readonly [string, string])[] {
  return [
    ['access_token', token],
    ['token_type', 'Bearer'],
    ['expires_in', String(expiresIn)],
    ['scope', scope],
  ]
}

/** What ties a refusal to the log. */
export interface RefusalContext {
  readonly traceId: string
  readonly correlationId: string
  /** `yyyy-MM-dd HH:mm:ssZ`. */
  readonly timestamp: string
  /** The origin that was asked; the look-up page of the code is there. */
  readonly origin: string
  /** Whether an administrator's consent was asked for: the answer says so, refused or not. */
  readonly isAdminConsent?: boolean
}

/**
 * A refusal that the client hears of (RFC 6749 §4.1.2.1). Here the parts of the description are still on lines of
 * their own; the token endpoint puts them on one.
 */
export function errorResponse(
  { mode, redirectUri, state }: ResponseTarget,
  refusal: EntraError,
  { traceId, correlationId, timestamp, origin, isAdminConsent = false }: RefusalContext,
): AuthorizationResponse {
  const lines = [refusal.message, `Trace ID: ${traceId}`, `Correlation ID: ${correlationId}`, `Timestamp: ${timestamp}`]
  const parameters = [
    ...present('error', refusal.error),
    ...present('error_description', lines.join('\r\n')),
    ...present('error_uri', refusal.page ? `${origin}/error?code=${refusal.code}` : undefined),
    ...present('admin_consent', isAdminConsent ? 'True' : undefined),
    ...present('state', state),
  ]
  return { mode, redirectUri, parameters }
}

/** What an administrator has granted for everybody ("Admin consent on the Microsoft identity platform"). */
export function adminConsentResponse(
  { mode, redirectUri, state }: ResponseTarget,
  { tenantId, scope }: { readonly tenantId: string; readonly scope: string | undefined },
): AuthorizationResponse {
  const parameters = [
    ...present('admin_consent', 'True'),
    ...present('tenant', tenantId),
    ...present('scope', scope),
    ...present('state', state),
  ]
  return { mode, redirectUri, parameters }
}

/** The person left the sign-in; that has no number of its own. */
export function cancelledResponse({ mode, redirectUri, state }: ResponseTarget): AuthorizationResponse {
  const parameters = [
    ...present('error', 'access_denied'),
    ...present('error_subcode', 'cancel'),
    ...present('state', state),
  ]
  return { mode, redirectUri, parameters }
}

function present(name: string, value: string | undefined): (readonly [string, string])[] {
  return value === undefined ? [] : [[name, value]]
}

/**
 * The `Location` of an answer in the query or the fragment. A query of the redirect URI's own is kept. The `#` at the
 * end of a query answer keeps the browser from handing on the fragment of the page before (RFC 9700 §4.1.3).
 */
export function redirectLocation({ mode, redirectUri, parameters }: AuthorizationResponse): string {
  const address = withPath(redirectUri)
  const encoded = parameters.map(([name, value]) => `${name}=${formEncoded(value)}`).join('&')
  if (mode === 'fragment') return `${address}#${encoded}`
  return `${address}${querySeparator(address)}${encoded}#`
}

function querySeparator(address: string): '' | '?' | '&' {
  if (!address.includes('?')) return '?'
  return address.endsWith('?') || address.endsWith('&') ? '' : '&'
}

/** Entra puts a slash behind a web address of a host alone; what is not ASCII cannot stand in a header. */
function withPath(redirectUri: string): string {
  return redirectUri
    .replace(/^(https?:\/\/[^/?#]+)(?=\?|$)/i, '$1/')
    .replace(/[^\x21-\x7e]+/g, (text) => encodeURIComponent(text))
}

/** application/x-www-form-urlencoded as .NET writes it, in lower-case hexadecimal: clients' tests compare it. */
function formEncoded(value: string): string {
  return encodeURIComponent(value)
    .replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase())
    .replaceAll('%20', '+')
    .replaceAll("'", '%27')
    .replaceAll('~', '%7e')
}

/** The hidden fields of a `form_post` page (OAuth 2.0 Form Post Response Mode); its target is the redirect URI as is. */
export function formPostFields({ parameters }: AuthorizationResponse): Readonly<Record<string, string>> {
  return Object.fromEntries(parameters)
}
