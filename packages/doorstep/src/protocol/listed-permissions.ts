import type { Application, PermissionScope } from '../directory/application.ts'
import { firstPartyAppIds } from '../directory/first-party-ids.ts'
import type { PermissionGrant } from '../directory/permission.ts'
import type { ResourceInTenant } from './granted-scopes.ts'

/** A permission that consent is about, with the words in which a person is asked. */
export interface ConsentPermission {
  /** The id of the scope or app role. */
  readonly id: string
  /** What becomes a word of `scp` or an entry of `roles`. */
  readonly value: string
  readonly kind: 'delegated' | 'application'
  readonly name: string
  readonly description: string
  readonly needsAdministrator: boolean
  /** Display name of the API. */
  readonly resource: string
  readonly resourceAppId: string
  /** Object id of the API's service principal. */
  readonly resourceId: string
  /** Who is to hold it, when that is not the application that asks but an API it calls: the next hop. */
  readonly holder?: PermissionHolder
}

/** A service principal that permissions are granted to. */
export interface PermissionHolder {
  readonly appId: string
  /** Object id. */
  readonly servicePrincipalId: string
  /** All recorded consent of it as a client. */
  readonly permissionGrants: readonly PermissionGrant[]
}

/** A delegated permission, in the words for users, or in those for administrators where there are no others. */
export function delegatedPermission(api: ResourceInTenant, scope: PermissionScope): ConsentPermission {
  return {
    id: scope.id,
    value: scope.value,
    kind: 'delegated',
    name: scope.userConsentDisplayName || scope.adminConsentDisplayName || scope.value,
    description: scope.userConsentDescription || scope.adminConsentDescription || '',
    needsAdministrator: scope.type === 'Admin',
    ...resourceOf(api),
  }
}

function resourceOf({ application, servicePrincipalId }: ResourceInTenant) {
  return { resource: application.displayName, resourceAppId: application.appId, resourceId: servicePrincipalId }
}

/**
 * The permissions a registration lists (`requiredResourceAccess`), of the APIs that are in the tenant, as far as those
 * still have them.
 */
export function listedPermissions(
  { requiredResourceAccess }: Application,
  apis: readonly ResourceInTenant[],
  kinds: readonly ConsentPermission['kind'][],
): readonly ConsentPermission[] {
  return requiredResourceAccess.flatMap(({ resourceAppId, resourceAccess }) => {
    const api = apis.find(({ application }) => application.appId === resourceAppId)
    return api ? resourceAccess.flatMap((access) => listedPermission(api, access, kinds)) : []
  })
}

function listedPermission(
  api: ResourceInTenant,
  { id, type }: { readonly id: string; readonly type: 'Scope' | 'Role' },
  kinds: readonly ConsentPermission['kind'][],
): readonly ConsentPermission[] {
  const { oauth2PermissionScopes } = api.application.api
  if (type === 'Scope') {
    const scope = oauth2PermissionScopes.find((candidate) => candidate.id === id && candidate.isEnabled)
    return scope && kinds.includes('delegated') ? [delegatedPermission(api, scope)] : []
  }
  const role = api.application.appRoles.find((candidate) => candidate.id === id && candidate.isEnabled)
  if (!role || !kinds.includes('application')) return []
  const { displayName: name, description, value } = role
  const permission = { id, name, description, value: value ?? name, needsAdministrator: true }
  return [{ ...permission, kind: 'application', ...resourceOf(api) }]
}

/** Each permission once, the first of equal ones. */
export function withoutRepeats(permissions: readonly ConsentPermission[]): readonly ConsentPermission[] {
  const byKey = new Map<string, ConsentPermission>()
  for (const permission of permissions) {
    const key = `${permission.holder?.servicePrincipalId ?? ''} ${permission.resourceId} ${permission.id}`
    if (!byKey.has(key)) byKey.set(key, permission)
  }
  return [...byKey.values()]
}

/**
 * What a page shows: signing in and reading the profile is one wish to a person, and a permission is one whoever is to
 * hold it.
 */
export function shownPermissions(permissions: readonly ConsentPermission[]): readonly ConsentPermission[] {
  const isGraphs = ({ resourceAppId }: ConsentPermission, values: readonly string[], value: string) =>
    resourceAppId === firstPartyAppIds.microsoftGraph && values.includes(value)
  const shown = withoutRepeats(permissions.map(({ holder: _holder, ...permission }) => permission))
  if (!shown.some((permission) => isGraphs(permission, ['User.Read'], permission.value))) return shown
  return shown.filter((permission) => !isGraphs(permission, ['openid', 'profile'], permission.value))
}
