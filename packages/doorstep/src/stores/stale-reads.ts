import type { ChangeName } from './changes.ts'
import type { CachedKind } from './read-cache.ts'

/** What goes with an object that is removed for ever; every deletion removes those whose time is over. */
const ofObjects = ['passwordCredentials', 'permissionGrants', 'appRoleAssignments', 'directoryRoles'] as const

/**
 * Which kept answers a change makes wrong. A creation makes none wrong by itself, since nothing keeps "not found";
 * but lists grow, and an identifier URI may be answered by a nearer application than before.
 */
export const staleAfter: Readonly<Record<ChangeName, readonly CachedKind[]>> = {
  createTenant: [],
  updateTenant: ['tenants'],
  createApplication: ['servicePrincipals'],
  updateApplication: ['applications', 'servicePrincipals'],
  deleteApplication: ['applications', 'servicePrincipals', ...ofObjects],
  restoreApplication: ['servicePrincipals'],
  createServicePrincipal: ['servicePrincipals'],
  updateServicePrincipal: ['servicePrincipals'],
  deleteServicePrincipal: ['servicePrincipals', ...ofObjects],
  restoreServicePrincipal: ['servicePrincipals'],
  addPasswordCredential: ['passwordCredentials'],
  removePasswordCredential: ['passwordCredentials'],
  createUser: [],
  updateUser: ['users'],
  deleteUser: ['users', ...ofObjects],
  restoreUser: [],
  setUserPassword: [],
  revokeSignInSessions: ['users'],
  createGroup: [],
  updateGroup: [],
  deleteGroup: [...ofObjects],
  // Directory roles are held through groups too.
  restoreGroup: ['directoryRoles'],
  removeDeletedItem: [...ofObjects],
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
