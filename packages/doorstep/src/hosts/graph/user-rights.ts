import type { UserRights } from '../../rbac/directory-roles.ts'
import type { Caller } from './authorize.ts'
import type { GraphParts } from './graph-parts.ts'

/** Template ids of the directory roles that the caller holds, through groups too; none when it is gone or disabled. */
export async function directoryRolesOf(
  { kind, tenantId, objectId }: Caller,
  { users, servicePrincipals, directoryRoles }: GraphParts,
): Promise<readonly string[]> {
  const [holder, held] = await Promise.all([
    kind === 'app' ? servicePrincipals.byId(objectId) : users.byId(objectId),
    directoryRoles.heldBy(tenantId, objectId),
  ])
  if (!holder?.accountEnabled || holder.tenantId !== tenantId) return []
  return held.map(({ roleTemplateId }) => roleTemplateId)
}

/** The rights of the user whom an application acts for; undefined for an application itself, and without an account. */
export async function rightsOf(
  { kind, tenantId, objectId }: Caller,
  { users, directoryRoles, tenants }: GraphParts,
): Promise<UserRights | undefined> {
  if (kind === 'app') return undefined
  const [user, roles, tenant] = await Promise.all([
    users.byId(objectId),
    directoryRoles.heldBy(tenantId, objectId),
    tenants.byId(tenantId),
  ])
  if (!user?.accountEnabled || user.tenantId !== tenantId || !tenant) return undefined
  return {
    directoryRoleIds: roles.map(({ roleTemplateId }) => roleTemplateId),
    userType: user.userType,
    usersCanRegisterApplications: tenant.usersCanRegisterApplications,
  }
}
