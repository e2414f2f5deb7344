import type { ChangeName } from './changes.ts'
import type { CachedKind } from './read-cache.ts'

/**
 * Which kept answers a change makes wrong. A creation makes none wrong by itself, since nothing keeps "not found";
 * but lists grow, and an identifier URI may be answered by a nearer application than before.
 */
export const staleAfter: Readonly<Record<ChangeName, readonly CachedKind[]>> = {
  createTenant: [],
  updateTenant: ['tenants'],
  createApplication: ['servicePrincipals'],
  updateApplication: ['applications', 'servicePrincipals'],
  deleteApplication: ['applications', 'servicePrincipals'],
  createServicePrincipal: ['servicePrincipals'],
  updateServicePrincipal: ['servicePrincipals'],
  deleteServicePrincipal: ['servicePrincipals'],
  addPasswordCredential: ['passwordCredentials'],
  removePasswordCredential: ['passwordCredentials'],
  createUser: [],
  updateUser: ['users'],
  deleteUser: ['users'],
  setUserPassword: [],
  revokeSignInSessions: ['users'],
  createGroup: [],
  updateGroup: [],
  // Directory roles are held through groups too.
  deleteGroup: ['directoryRoles'],
  addGroupMember: ['directoryRoles'],
  removeGroupMember: ['directoryRoles'],
  createPermissionGrant: ['permissionGrants'],
  updatePermissionGrant: ['permissionGrants'],
  deletePermissionGrant: ['permissionGrants'],
  createAppRoleAssignment: ['appRoleAssignments'],
  deleteAppRoleAssignment: ['appRoleAssignments'],
  addDirectoryRole: ['directoryRoles'],
  removeDirectoryRole: ['directoryRoles'],
  activateDirectoryRole: [],
  setCloudSettings: ['settings'],
  createSubscription: [],
  putResourceGroup: [],
  createRoleAssignment: [],
  deleteRoleAssignment: [],
  addSigningKey: ['signingKeys'],
  addAuthorizationCode: [],
  consumeAuthorizationCode: [],
  addRefreshToken: [],
  addDeviceCode: [],
  answerDeviceCode: [],
  consumeDeviceCode: [],
  putSession: [],
  updateSession: [],
  deleteSession: [],
  addSignInRecord: [],
}
