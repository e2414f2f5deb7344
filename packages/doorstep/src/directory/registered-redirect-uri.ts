/** Where a redirect URI is registered decides how the client proves itself when it comes back with a code. */
export type RedirectPlatform = 'web' | 'spa' | 'publicClient'

const longestRedirectUri = 256

/**
 * A native application cannot know which port will be free. Entra ignores the port of the name localhost; for
 * 127.0.0.1 its documents point to RFC 8252 §7.3, which says the same, though exact comparison has been reported.
 */
export const hostsOfAnyPort = ['localhost', '127.0.0.1']
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' }

/**
 * What redirect URIs share that comparison may take for one another: in lower case, without the port of localhost and
 * 127.0.0.1, without a default port, a host alone with its slash. Registrations are looked up by it; whether two URIs
 * are equal is another question.
 */
export function redirectUriKey(uri: string): string {
  const lower = uri.toLowerCase()
  const [, scheme = '', host = '', port = '', path, query = ''] =
    /^(https?):\/\/([^/?#@:]+)(?::(\d*))?(\/[^?]*)?(\?.*)?$/s.exec(lower) ?? []
  if (scheme === '') return lower
  const keepsPort = port !== '' && port !== defaultPorts[scheme] && !hostsOfAnyPort.includes(host)
  return `${scheme}://${host}${keepsPort ? `:${port}` : ''}${path ?? '/'}${query}`
}

/** A browser runs these where it should only go somewhere. */
const forbiddenSchemes = ['javascript:', 'data:', 'vbscript:', 'blob:', 'file:']

/**
 * Why a redirect URI cannot be registered on a platform, or undefined when it can. RFC 6749 §3.1.2 (absolute, without
 * fragment) and Microsoft's "Redirect URI (reply URL) restrictions and limitations".
 */
export function redirectUriProblem(uri: string, platform: RedirectPlatform): string | undefined {
  if (uri.length > longestRedirectUri) return `A redirect URI has at most ${longestRedirectUri} characters.`
  if (uri.includes('#')) return `The redirect URI '${uri}' has a fragment; leave out '#' and what follows.`
  const character = uri.match(/[\s\\!$'(),;]/)?.[0]
  if (character !== undefined) return `The redirect URI '${uri}' has the character '${character}'; percent-encode it.`
  if (!URL.canParse(uri)) {
    return `'${uri}' is no absolute URI; expected one such as https://app.contoso.example/callback.`
  }
  return schemeProblem(uri, new URL(uri), platform)
}

function schemeProblem(uri: string, { protocol, hostname }: URL, platform: RedirectPlatform): string | undefined {
  if (protocol === 'https:') return undefined
  if (protocol === 'http:') {
    if (hostname === 'localhost' || hostname === '127.0.0.1') return undefined
    return `The redirect URI '${uri}' uses http, which is for localhost and 127.0.0.1 only; use https.`
  }
  if (forbiddenSchemes.includes(protocol)) return `The scheme '${protocol}' is never allowed in a redirect URI.`
  if (platform === 'publicClient') return undefined
  return `The scheme '${protocol}' is for publicClient.redirectUris; here use https, or http on localhost.`
}
