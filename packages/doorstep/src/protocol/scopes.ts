import { entraError } from './errors.ts'
import type { TokenRequest } from './token-request.ts'

/** OpenID Connect scopes; clients add them to everything, and an application's own token ignores them. */
const openIdScopes = new Set(['openid', 'profile', 'email', 'offline_access'])

/** The API that a scope without a resource belongs to. */
const microsoftGraph = 'https://graph.microsoft.com'
const everythingGranted = '/.default'

/**
 * The resource whose `.default` is asked for. Exactly `/.default` is cut off, so that a resource identifier which
 * ends in a slash keeps it: `https://management.core.windows.net//.default`.
 * @throws {EntraError} 70011 for a scope of a wrong form, 1002012 for a named permission.
 */
function resourceOfDefaultScope(scope: string): string {
  const asked = scope.split(/\s+/).filter((value) => value !== '' && !openIdScopes.has(value.toLowerCase()))
  const [only, ...others] = asked
  if (only === undefined) throw entraError('scopeNotDefault', { scope })
  if (others.length > 0) throw entraError('scopeInvalid', { scope })
  const lower = only.toLowerCase()
  if (lower === '.default') return microsoftGraph
  if (lower.length > everythingGranted.length && lower.endsWith(everythingGranted)) {
    return only.slice(0, -everythingGranted.length)
  }
  if (lower.endsWith('.default')) throw entraError('scopeInvalid', { scope: only })
  throw entraError('scopeNotDefault', { scope: only })
}

const withoutSlash = (identifier: string) => identifier.replace(/\/$/, '').toLowerCase()

/**
 * The resource identifier of an application's own token request, as it was written: `resource` on v1.0, where
 * `scope` is ignored; the API of the one `.default` scope on v2.0, where a `resource` must agree.
 * @throws {EntraError} 900144, 70011, 1002012 or 9010010.
 */
export function requestedResource(request: TokenRequest): string {
  if (request.endpoint === 'v1') return request.required('resource')
  const resource = resourceOfDefaultScope(request.required('scope'))
  const alsoNamed = request.parameter('resource')
  if (alsoNamed !== undefined && withoutSlash(alsoNamed) !== withoutSlash(resource)) {
    throw entraError('resourceDoesNotMatchScope')
  }
  return resource
}
