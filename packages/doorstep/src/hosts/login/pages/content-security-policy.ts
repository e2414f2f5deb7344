/** What one page may do beyond showing itself. All are addresses: URLs, origins or scheme URIs such as `msal123://auth`. */
export interface PagePermissions {
  /**
   * Pages loaded in hidden frames: the front-channel sign-out addresses.
   */
  readonly frames?: readonly string[]
  /** Origins that may show this page in a frame of theirs; nobody otherwise. */
  readonly framedBy?: readonly string[]
}

/**
 * The Content-Security-Policy of a sign-in page (CSP Level 3): nothing is loaded; style and script run by `nonce` only;
 * forms go to our own origin and to `formActions`. Chromium applies form-action also to every redirect that follows a
 * form, those of the application included: a page whose form may end at an application needs `any`, and so does the
 * form_post page, because its receiver may send the browser anywhere.
 * @param nonce base64 or base64url, fresh for every response
 * @throws TypeError when the nonce could leave its place in the header
 */
export function contentSecurityPolicy(
  nonce: string,
  formActions: readonly string[] | 'any',
  { frames = [], framedBy = [] }: PagePermissions = {},
): string {
  if (!/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(nonce))
    throw new TypeError('The nonce of a page must be base64 of at least 8 characters; make a fresh one per response.')
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    'img-src data:',
    ...(formActions === 'any' ? [] : [`form-action ${["'self'", ...sources(formActions)].join(' ')}`]),
    ...(frames.length > 0 ? [`frame-src ${sources(frames).join(' ') || "'none'"}`] : []),
    `frame-ancestors ${sources(framedBy).join(' ') || "'none'"}`,
    "base-uri 'none'",
  ].join('; ')
}

/** The addresses as source expressions, each once. */
function sources(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses.flatMap((address) => sourceExpression(address) ?? []))]
}

/**
 * The narrowest source expression that covers an address: its origin for http and https, else its scheme. A host that
 * the grammar of source expressions cannot name (an IPv6 address, a wildcard) is covered by its scheme. A scheme that
 * carries a document or a script is never allowed.
 */
function sourceExpression(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  if (!/^[a-z][a-z0-9+.-]*:$/.test(url.protocol)) return undefined
  if (/^(javascript|data|blob|filesystem|vbscript|about):$/.test(url.protocol)) return undefined
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
  return isWeb && /^[a-z0-9.-]+(:\d+)?$/.test(url.host) ? url.origin : url.protocol
}
