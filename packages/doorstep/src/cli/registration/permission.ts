import { sameValue, splitPermission } from '../../seed/permission-name.ts'
import { suggestion } from '../../seed/problem.ts'
import { RefusedError, UsageError } from '../failure.ts'
import type { ExposedRole, ExposedScope, RequiredAccess, ResourceAccess } from './application.ts'

export type PermissionKind = 'delegated' | 'application'

/** A permission as a person writes it: `Microsoft Graph/User.Read`. */
export interface WantedPermission {
  readonly api: string
  readonly value: string
  readonly kind: PermissionKind
}

/** An API that has permissions to give: its service principal in the tenant. */
export interface Api {
  /** Object id of the service principal. */
  readonly id: string
  readonly appId: string
  readonly displayName: string
  readonly oauth2PermissionScopes: readonly ExposedScope[]
  readonly appRoles: readonly ExposedRole[]
}

/** @throws {UsageError} with the right form */
export function parsePermission(text: string, kind: PermissionKind): WantedPermission {
  const split = splitPermission(text)
  if (split) return { ...split, kind }
  throw new UsageError(
    `'${text}' is no permission: write the API, a slash and the permission, such as 'Microsoft Graph/User.Read' or 'CDF westeurope-1/user_impersonation'.`,
  )
}

/** Permissions of both kinds, in the order in which they were said. @throws {UsageError} */
export function parsePermissions(
  delegated: readonly string[],
  application: readonly string[],
): readonly WantedPermission[] {
  return [
    ...delegated.map((text) => parsePermission(text, 'delegated')),
    ...application.map((text) => parsePermission(text, 'application')),
  ]
}

/**
 * The entry of `requiredResourceAccess` that stands for a permission of an API; the permission may be its value or id.
 *
 * @throws {RefusedError} when the API has none of that name: the message says which is near, or that the other kind has it
 */
export function resourceAccessFor(api: Api, { value, kind }: WantedPermission): ResourceAccess {
  const scopes = api.oauth2PermissionScopes.filter(isOffered)
  const roles = api.appRoles.filter((role) => isOffered(role) && isForApplications(role))
  const [wanted, other] = kind === 'delegated' ? [scopes, roles] : [roles, scopes]
  const isMeant = (permission: ExposedScope | ExposedRole) =>
    sameValue(permission.value, value) || permission.id.toLowerCase() === value.toLowerCase()
  const found = wanted.find(isMeant)
  if (found) return { id: found.id, type: kind === 'delegated' ? 'Scope' : 'Role' }
  if (other.some(isMeant)) {
    throw new RefusedError(
      kind === 'delegated'
        ? `'${value}' is an application permission of ${api.displayName}, for programs without a person: say --application for it (app create: --application-permission).`
        : `'${value}' is a delegated permission of ${api.displayName}, for programs that act for a person: leave --application out (app create: --permission).`,
    )
  }
  const values = wanted.flatMap((permission) => permission.value ?? [])
  throw new RefusedError(`${api.displayName} has no ${kind} permission '${value}'.${suggestion(value, values)}`)
}

const isOffered = ({ isEnabled = true, value }: ExposedScope | ExposedRole) => isEnabled && value !== null
const isForApplications = ({ allowedMemberTypes = [] }: ExposedRole) => allowedMemberTypes.includes('Application')

/** `requiredResourceAccess` with these permissions of an API added; those that are there already stay as they are. */
export function withAccess(
  required: readonly RequiredAccess[],
  resourceAppId: string,
  added: readonly ResourceAccess[],
): readonly RequiredAccess[] {
  const before = required.find((entry) => entry.resourceAppId === resourceAppId)
  if (!before) return [...required, { resourceAppId, resourceAccess: added }]
  const missing = added.filter((access) => !holds(before.resourceAccess, access))
  const after = { ...before, resourceAccess: [...before.resourceAccess, ...missing] }
  return required.map((entry) => (entry === before ? after : entry))
}

/** `requiredResourceAccess` without these permissions of an API; an API of which none is left goes too. */
export function withoutAccess(
  required: readonly RequiredAccess[],
  resourceAppId: string,
  removed: readonly ResourceAccess[],
): readonly RequiredAccess[] {
  return required.flatMap((entry) => {
    if (entry.resourceAppId !== resourceAppId) return [entry]
    const resourceAccess = entry.resourceAccess.filter((access) => !holds(removed, access))
    return resourceAccess.length === 0 ? [] : [{ ...entry, resourceAccess }]
  })
}

export function holds(list: readonly ResourceAccess[], { id, type }: ResourceAccess): boolean {
  return list.some((entry) => entry.id === id && entry.type === type)
}

/** Whether an application lists a permission of an API. */
export function lists(required: readonly RequiredAccess[], resourceAppId: string, access: ResourceAccess): boolean {
  return required.some((entry) => entry.resourceAppId === resourceAppId && holds(entry.resourceAccess, access))
}

/** A permission by the names that people know, its id where the API has no name for it. */
export function permissionName(api: Api | undefined, resourceAppId: string, { id, type }: ResourceAccess): string {
  const permissions = type === 'Scope' ? api?.oauth2PermissionScopes : api?.appRoles
  const value = permissions?.find((permission) => permission.id === id)?.value
  return `${api?.displayName ?? resourceAppId}/${value ?? id}`
}
