import { appRoleAssignmentStore } from './app-role-assignments.ts'
import { applicationStore } from './applications.ts'
import { authorizationCodeStore } from './authorization-codes.ts'
import { cloudSettingsStore } from './cloud-settings.ts'
import type { Database } from './database/database.ts'
import { deletedItemStore } from './deleted-items.ts'
import { deviceCodeStore } from './device-codes.ts'
import { directoryRoleStore } from './directory-roles.ts'
import { groupStore } from './groups.ts'
import { ownedObjectStore } from './owned-objects.ts'
import { passwordCredentialStore } from './password-credentials.ts'
import { permissionGrantStore } from './permission-grants.ts'
import type { ReadCache } from './read-cache.ts'
import { refreshTokenStore } from './refresh-tokens.ts'
import { roleAssignmentStore } from './role-assignments.ts'
import { servicePrincipalStore } from './service-principals.ts'
import { sessionStore } from './sessions.ts'
import { signInRecordStore } from './sign-in-records.ts'
import { signingKeyStore } from './signing-keys.ts'
import type { Stores } from './stores.ts'
import { subscriptionStore } from './subscriptions.ts'
import { tenantStore } from './tenants.ts'
import { userStore } from './users.ts'

export type ReadStores = Omit<Stores, 'commit' | 'onChange' | 'reset' | 'close'>

/** Every store's reads; those that a token request makes are answered from the cache when they were made before. */
export function cachedStores(database: Database, cache: ReadCache): ReadStores {
  const tenants = tenantStore(database)
  const applications = applicationStore(database)
  const servicePrincipals = servicePrincipalStore(database)
  const users = userStore(database)
  const permissionGrants = permissionGrantStore(database)
  const appRoleAssignments = appRoleAssignmentStore(database)
  const directoryRoles = directoryRoleStore(database)
  return {
    tenants: {
      ...tenants,
      byId: cache.byKey('tenants', tenants.byId),
      byDomain: cache.byKey('tenants', tenants.byDomain),
    },
    applications: {
      ...applications,
      byId: cache.byKey('applications', applications.byId),
      byAppId: cache.byKey('applications', applications.byAppId),
    },
    servicePrincipals: {
      ...servicePrincipals,
      byId: cache.byKey('servicePrincipals', servicePrincipals.byId),
      byAppId: cache.byKeys('servicePrincipals', servicePrincipals.byAppId),
      byResourceIdentifier: cache.byKeys('servicePrincipals', servicePrincipals.byResourceIdentifier),
    },
    passwordCredentials: {
      byOwner: cache.byKey('passwordCredentials', passwordCredentialStore(database).byOwner),
    },
    users: {
      ...users,
      byId: cache.byKey('users', users.byId),
      byPrincipalName: cache.byKeys('users', users.byPrincipalName),
    },
    groups: groupStore(database),
    ownedObjects: ownedObjectStore(database),
    deletedItems: deletedItemStore(database),
    permissionGrants: {
      ...permissionGrants,
      byClient: cache.byKey('permissionGrants', permissionGrants.byClient),
    },
    appRoleAssignments: {
      ...appRoleAssignments,
      byPrincipal: cache.byKey('appRoleAssignments', appRoleAssignments.byPrincipal),
    },
    directoryRoles: {
      ...directoryRoles,
      assignedTo: cache.byKeys('directoryRoles', directoryRoles.assignedTo),
      heldBy: cache.byKeys('directoryRoles', directoryRoles.heldBy),
    },
    subscriptions: subscriptionStore(database),
    roleAssignments: roleAssignmentStore(database),
    signingKeys: { list: cache.whole('signingKeys', signingKeyStore(database).list) },
    settings: { read: cache.whole('settings', cloudSettingsStore(database).read) },
    // What a sign-in leaves behind is read once or twice, and must be read as it is.
    authorizationCodes: authorizationCodeStore(database),
    refreshTokens: refreshTokenStore(database),
    deviceCodes: deviceCodeStore(database),
    sessions: sessionStore(database),
    signInRecords: signInRecordStore(database),
  }
}
