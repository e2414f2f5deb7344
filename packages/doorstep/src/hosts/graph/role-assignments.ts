import { AlreadyExists, LastAdministrator, NoSuchRecord } from '../../directory/changes.ts'
import { roleTemplateId } from '../../directory/directory-role.ts'
import type { DirectoryRoleAssignment } from '../../directory/permission.ts'
import type { GraphCall } from './call.ts'
import { type GraphError, requestBadRequest, resourceNotFound } from './errors.ts'
import type { Principal } from './principals.ts'

/**
 * Gives a directory role and activates it with that.
 * @throws {GraphError} 400 when the principal cannot hold one, or `held` when he holds it already
 */
export async function assignRole(
  templateId: string,
  { type, object }: Principal,
  { parts, caller }: GraphCall,
  held: () => GraphError,
): Promise<DirectoryRoleAssignment> {
  if (type === 'Group' && !object.isAssignableToRole) {
    throw requestBadRequest(
      `The group '${object.id}' cannot hold a directory role: it was not created with isAssignableToRole true.`,
    )
  }
  const assignment = { tenantId: caller.tenantId, principalId: object.id, roleTemplateId: templateId }
  try {
    await parts.commit([
      { change: 'activateDirectoryRole', tenantId: caller.tenantId, roleTemplateId: templateId },
      { change: 'addDirectoryRole', assignment },
    ])
  } catch (error) {
    throw error instanceof AlreadyExists ? held() : error
  }
  return assignment
}

/** Takes a directory role away. @throws {GraphError} 404; 400 when nobody would be left to administrate the tenant */
export async function removeRole(
  { principalId, roleTemplateId: templateId }: Omit<DirectoryRoleAssignment, 'tenantId'>,
  { parts, caller }: GraphCall,
): Promise<void> {
  const assignment = { tenantId: caller.tenantId, principalId, roleTemplateId: templateId }
  if (principalId === caller.objectId && templateId === roleTemplateId('Global Administrator')) {
    throw requestBadRequest('Removing self from Global Administrator built-in role is not allowed.')
  }
  try {
    await parts.commit([{ change: 'removeDirectoryRole', assignment }])
  } catch (error) {
    if (error instanceof NoSuchRecord) throw resourceNotFound(principalId)
    if (error instanceof LastAdministrator) throw lastAdministrator()
    throw error
  }
}

/** A tenant without a Global Administrator could not be administrated any more. */
export function lastAdministrator(): GraphError {
  return requestBadRequest('The last Global Administrator of a tenant cannot be removed or disabled.')
}
