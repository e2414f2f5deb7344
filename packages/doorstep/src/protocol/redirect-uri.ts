import type { Application } from '../directory/application.ts'
import { hostsOfAnyPort } from '../directory/registered-redirect-uri.ts'
import { entraError } from './errors.ts'
import type { RedirectUriType } from './sign-in-records.ts'

/** A redirect URI and the platform under which it is registered. */
export interface TypedRedirectUri {
  readonly uri: string
  readonly type: RedirectUriType
}

/** Every registered redirect URI; web comes first, as where one URI of several is chosen. */
export function registeredRedirectUris(application: Application): readonly TypedRedirectUri[] {
  const types = ['web', 'spa', 'publicClient'] as const
  return types.flatMap((type) => application[type].redirectUris.map((uri) => ({ uri, type })))
}

/**
 * Where the answer goes, and by which rules it is redeemed. Without a request for one it is the first registered URI;
 * Entra takes any.
 * @throws {EntraError} 90102 for what is no absolute URI, 500113 when none is registered, 50011 when this one is not.
 * All three are shown as a page: until the redirect URI is known to be right nothing is sent to it.
 */
export function redirectUriFor(requested: string | undefined, application: Application): TypedRedirectUri {
  if (requested !== undefined && !isAbsoluteUri(requested)) throw entraError('redirectUriInvalid')
  const registered = registeredRedirectUris(application)
  if (registered.length === 0) throw entraError('redirectUriNoneRegistered')
  if (requested === undefined) {
    const first = registered.find(({ uri }) => !uri.includes('://*.'))
    if (!first) throw entraError('redirectUriNoneRegistered')
    return first
  }
  const found = findRedirectUri(requested, application)
  if (!found) throw entraError('redirectUriMismatch', { redirectUri: requested, appId: application.appId })
  return found
}

/** Whether a text is an absolute URI (RFC 6749 §3.1.2); blanks and control characters make it none. */
export function isAbsoluteUri(text: string): boolean {
  return !/[\s\p{Cc}]/u.test(text) && URL.canParse(text)
}

/**
 * The registration behind a requested redirect URI; `uri` is where the answer goes: as requested, without query and
 * fragment where a wildcard matched. An equal URI is preferred to one that differs in what is not compared.
 * Microsoft's "Redirect URI (reply URL) best practices and limitations", RFC 9700 §2.1.
 */
export function findRedirectUri(requested: string, application: Application): TypedRedirectUri | undefined {
  const registered = registeredRedirectUris(application)
  const equal = registered.find(({ uri }) => uri === requested)
  if (equal) return equal
  const asked = parseWebAddress(requested)
  const alike = asked && registered.find(({ uri }) => isSameAddress(asked, parseWebAddress(uri)))
  if (alike) return { uri: requested, type: alike.type }
  return findWildcard(requested, registered, application)
}

interface WebAddress {
  readonly scheme: string
  readonly host: string
  readonly port: string
  readonly path: string
  readonly query: string
}

const webAddress = /^(https?):\/\/([^/?#@:[\]\\]+)(?::(\d*))?(\/[^?#]*)?(\?[^#]*)?$/i
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' }

/**
 * The parts of an http(s) URI as they are written: normalizing would take `/a/../cb` for `/cb`. Schemes and hosts know
 * no case, a URI of a host alone has the path `/`. Undefined for other schemes, user names, IPv6 and fragments:
 * those are equal letter for letter or not at all.
 */
function parseWebAddress(uri: string): WebAddress | undefined {
  const parts = webAddress.exec(uri)
  if (!parts) return undefined
  const [, scheme = '', host = '', port, path = '/', query = ''] = parts
  const lowerScheme = scheme.toLowerCase()
  return {
    scheme: lowerScheme,
    host: host.toLowerCase(),
    port: port || (defaultPorts[lowerScheme] ?? ''),
    path,
    query,
  }
}

function isSameAddress(asked: WebAddress, registered: WebAddress | undefined): boolean {
  return (
    registered !== undefined &&
    asked.scheme === registered.scheme &&
    asked.host === registered.host &&
    (asked.port === registered.port || hostsOfAnyPort.includes(asked.host)) &&
    asked.path === registered.path &&
    asked.query === registered.query
  )
}

/** `https://*.contoso.com`: only for applications without personal accounts, and never for a whole top level. */
function findWildcard(
  requested: string,
  registered: readonly TypedRedirectUri[],
  { signInAudience }: Application,
): TypedRedirectUri | undefined {
  if (signInAudience.includes('PersonalMicrosoftAccount')) return undefined
  const [uri = ''] = requested.split(/[?#]/, 1)
  const asked = parseWebAddress(uri)
  const found = asked && registered.find((candidate) => matchesWildcard(asked, parseWebAddress(candidate.uri)))
  return found && { uri, type: found.type }
}

function matchesWildcard(asked: WebAddress, registered: WebAddress | undefined): boolean {
  if (!registered || !/^\*\.[a-z0-9-]+\.[a-z0-9.-]+$/.test(registered.host)) return false
  const suffix = registered.host.slice(1)
  return (
    asked.scheme === 'https' &&
    registered.scheme === 'https' &&
    /^[a-z0-9.-]+$/.test(asked.host) &&
    asked.host.endsWith(suffix) &&
    asked.host.length > suffix.length &&
    asked.port === registered.port &&
    (registered.path.endsWith('/*')
      ? asked.path.startsWith(registered.path.slice(0, -1))
      : asked.path === registered.path)
  )
}
