import {
  type AccountChange,
  type AccountProtection,
  mayManageAccount,
  mayManageAccountByPermission,
} from '../../rbac/directory-roles.ts'
import type { GraphCall } from './call.ts'
import { insufficientPrivileges } from './errors.ts'

/**
 * Nobody changes, deletes or brings back the account of somebody who may do more.
 * @throws {GraphError} 403
 */
export async function requireManageable(
  userId: string,
  changes: readonly AccountChange[],
  call: GraphCall,
): Promise<void> {
  const protection = await protectionOf(userId, call)
  const { isPermitted, directoryRoleIds } = call
  const isAllowed = (change: AccountChange) =>
    mayManageAccount({ directoryRoleIds }, protection, change) ||
    (isPermitted && mayManageAccountByPermission(protection, change))
  if (!changes.every(isAllowed)) throw insufficientPrivileges()
}

async function protectionOf(userId: string, { parts, caller }: GraphCall): Promise<AccountProtection> {
  const [held, groupIds] = await Promise.all([
    parts.directoryRoles.heldBy(caller.tenantId, userId),
    parts.groups.roleAssignableGroupsOf(userId),
  ])
  return {
    roleIds: held.map(({ roleTemplateId }) => roleTemplateId),
    inRoleAssignableGroup: groupIds.length > 0,
  }
}
