import { stringify } from 'yaml'
import type { Application, RequiredAccess } from './application.ts'
import { type Api, permissionName } from './permission.ts'

/** Members of Graph's application that a seed file takes under the same name. */
const members = [
  'displayName',
  'appId',
  'description',
  'notes',
  'signInAudience',
  'identifierUris',
  'isFallbackPublicClient',
  'groupMembershipClaims',
  'optionalClaims',
  'tags',
  'web',
  'spa',
  'publicClient',
  'api',
  'appRoles',
  'info',
] as const

/**
 * An application as a `doorstep.yaml` names it, permissions by their names. Secrets and certificates are none of it.
 *
 * @param apis of the permissions, by appId; those of an API that is not there keep their ids
 */
export function seedFragment(application: Application, apis: ReadonlyMap<string, Api>, grantsConsent: boolean): string {
  const source = application as unknown as Readonly<Record<string, unknown>>
  const entry: Record<string, unknown> = {}
  for (const member of members) {
    const value = withoutDefaults(source[member])
    if (value !== undefined) entry[member] = value
  }
  const { permissions, applicationPermissions, nameless } = permissionsByName(application, apis)
  if (permissions.length > 0) entry.permissions = permissions
  if (applicationPermissions.length > 0) entry.applicationPermissions = applicationPermissions
  if (nameless.length > 0) entry.requiredResourceAccess = nameless
  if (grantsConsent) entry.adminConsent = true
  return stringify({ applications: [entry] }, { lineWidth: 0 })
}

function permissionsByName({ requiredResourceAccess = [] }: Application, apis: ReadonlyMap<string, Api>) {
  const named = (type: 'Scope' | 'Role') =>
    requiredResourceAccess.flatMap(({ resourceAppId, resourceAccess }) => {
      const api = apis.get(resourceAppId)
      return api
        ? resourceAccess
            .filter((access) => access.type === type)
            .map((access) => permissionName(api, resourceAppId, access))
        : []
    })
  const nameless: readonly RequiredAccess[] = requiredResourceAccess.filter(
    ({ resourceAppId }) => !apis.has(resourceAppId),
  )
  return { permissions: named('Scope'), applicationPermissions: named('Role'), nameless }
}

/** Without members that say nothing: null, false, nothing inside. `origin` and the mirror of redirect URIs are Graph's own. */
function withoutDefaults(value: unknown): unknown {
  if (value === null || value === undefined || value === false) return undefined
  if (Array.isArray(value)) {
    return value.length === 0 ? undefined : value.map((entry) => (isObject(entry) ? withoutNulls(entry) : entry))
  }
  if (!isObject(value)) return value
  const kept = Object.entries(value).flatMap(([name, member]) => {
    const rest = name === 'redirectUriSettings' ? undefined : withoutDefaults(member)
    return rest === undefined ? [] : [[name, rest] as const]
  })
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

function withoutNulls(entry: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(Object.entries(entry).filter(([name, value]) => value !== null && name !== 'origin'))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
