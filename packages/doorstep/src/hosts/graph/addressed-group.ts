import type { Group } from '../../directory/group.ts'
import { mayManageRoleAssignableGroup } from '../../rbac/directory-roles.ts'
import { type GraphCall, requiredParam, requireOwnership } from './call.ts'
import { insufficientPrivileges, resourceNotFound } from './errors.ts'
import { parseObjectKey, requireIdOrAppId } from './object-key.ts'

/** The group that the path names, in the caller's tenant. @throws {GraphError} 404 */
export async function foundGroup(call: GraphCall): Promise<Group> {
  const { value } = requireIdOrAppId(parseObjectKey(requiredParam(call, 'key')))
  const group = await call.parts.groups.byId(value)
  if (group?.tenantId !== call.caller.tenantId) throw resourceNotFound(value)
  return group
}

/** The same, when the caller may change it. @throws {GraphError} 404, 403 */
export async function groupToChange(call: GraphCall): Promise<Group> {
  const group = await foundGroup(call)
  if (group.isAssignableToRole) requireRoleManagement(group.owners.includes(call.caller.objectId), call)
  else requireOwnership(call, group.owners)
  return group
}

/** Through a group that roles can be given to, whoever fills it could give himself roles. @throws {GraphError} 403 */
export function requireRoleManagement(ownsGroup: boolean, { caller, rights, directoryRoleIds }: GraphCall): void {
  const permissions = ['RoleManagement.ReadWrite.Directory', ...(rights ? ['Directory.AccessAsUser.All'] : [])]
  const isPermitted = permissions.some((permission) => caller.permissions.includes(permission))
  const isAllowed = rights
    ? isPermitted && mayManageRoleAssignableGroup(rights, ownsGroup)
    : isPermitted || mayManageRoleAssignableGroup({ directoryRoleIds }, false)
  if (!isAllowed) throw insufficientPrivileges()
}
