import type { AppRoleAssignment } from '../directory/permission.ts'
import type { ServicePrincipal } from '../directory/service-principal.ts'
import type { User } from '../directory/user.ts'
import { entraError } from './errors.ts'

/**
 * Whether a user may use an application that demands assignment. Groups count as far as they are assigned themselves:
 * Entra looks at direct members only ("Manage users and groups assignment to an application").
 * @param assignments - of the application's service principal, to anybody.
 * @param directGroupIds - object ids of the groups the user is a direct member of.
 * @throws {EntraError} 50105 when neither the user nor one of the groups is assigned.
 */
export function refuseUnassignedUser(
  servicePrincipal: ServicePrincipal,
  user: User,
  assignments: readonly AppRoleAssignment[],
  directGroupIds: readonly string[],
): void {
  if (!servicePrincipal.appRoleAssignmentRequired) return
  const isAssigned = assignments.some(
    ({ principalId, resourceId }) =>
      resourceId === servicePrincipal.id && (principalId === user.id || directGroupIds.includes(principalId)),
  )
  if (isAssigned) return
  const { appId, displayName: name } = servicePrincipal
  throw entraError('userNotAssigned', { appId, name, userPrincipalName: user.userPrincipalName })
}
