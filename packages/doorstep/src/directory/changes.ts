import type { Application } from './application.ts'
import type { CloudSettings } from './cloud-settings.ts'
import type { DeletableKind } from './deleted-item.ts'
import type { Group, GroupMember } from './group.ts'
import type { StoredPasswordCredential } from './password-credential.ts'
import type { AppRoleAssignment, DirectoryRoleAssignment, PermissionGrant } from './permission.ts'
import type { ServicePrincipal } from './service-principal.ts'
import type { Tenant } from './tenant.ts'
import type { User, UserPassword } from './user.ts'

/**
 * What a decision wants written, as plain data. A list of changes is committed as a whole or not at all, so nothing
 * is ever half done: a registration with its service principal and secret is one list.
 *
 * An `update…` carries the whole new record; its `version` is the one it was decided on, and the commit is refused
 * with `ConcurrentChange` when the record has moved on since. The kept version is then one higher.
 */
export type DirectoryChange =
  | { readonly change: 'createTenant'; readonly tenant: Tenant }
  /** Tenants have no version: `before` is the one it was decided on, and `ConcurrentChange` says that it has moved on. */
  | { readonly change: 'updateTenant'; readonly tenant: Tenant; readonly before: Tenant }
  | { readonly change: 'createApplication'; readonly application: Application }
  | { readonly change: 'updateApplication'; readonly application: Application }
  /** Soft: the record stays, with its `deletedDateTime`; its service principal in the home tenant goes with it. */
  | { readonly change: 'deleteApplication'; readonly id: string; readonly deletedDateTime: string }
  /** Brings a deleted one back as it was, with the service principal that was deleted with it. */
  | { readonly change: 'restoreApplication'; readonly application: Application }
  | { readonly change: 'createServicePrincipal'; readonly servicePrincipal: ServicePrincipal }
  | { readonly change: 'updateServicePrincipal'; readonly servicePrincipal: ServicePrincipal }
  | { readonly change: 'deleteServicePrincipal'; readonly id: string; readonly deletedDateTime: string }
  /** Not while the application of the same tenant that it stands for is deleted. */
  | { readonly change: 'restoreServicePrincipal'; readonly id: string }
  | { readonly change: 'addPasswordCredential'; readonly credential: StoredPasswordCredential }
  | { readonly change: 'removePasswordCredential'; readonly ownerId: string; readonly keyId: string }
  | { readonly change: 'createUser'; readonly user: User }
  | { readonly change: 'updateUser'; readonly user: User }
  | { readonly change: 'deleteUser'; readonly id: string; readonly deletedDateTime: string }
  | { readonly change: 'restoreUser'; readonly id: string }
  | { readonly change: 'setUserPassword'; readonly password: UserPassword }
  /** From `validFrom` on (ISO 8601) only later sign-ins count. */
  | { readonly change: 'revokeSignInSessions'; readonly userId: string; readonly validFrom: string }
  | { readonly change: 'createGroup'; readonly group: Group }
  | { readonly change: 'updateGroup'; readonly group: Group }
  | { readonly change: 'deleteGroup'; readonly id: string; readonly deletedDateTime: string }
  | { readonly change: 'restoreGroup'; readonly id: string }
  /** Removes for ever what is deleted already, and all that refers to it. */
  | { readonly change: 'removeDeletedItem'; readonly kind: DeletableKind; readonly id: string }
  | { readonly change: 'addGroupMember'; readonly member: GroupMember }
  | { readonly change: 'removeGroupMember'; readonly groupId: string; readonly memberId: string }
  | { readonly change: 'createPermissionGrant'; readonly grant: PermissionGrant }
  /** Grants have no version: `before` is the one it was decided on, and `ConcurrentChange` says that it has moved on. */
  | { readonly change: 'updatePermissionGrant'; readonly grant: PermissionGrant; readonly before: PermissionGrant }
  | { readonly change: 'deletePermissionGrant'; readonly id: string }
  | { readonly change: 'createAppRoleAssignment'; readonly assignment: AppRoleAssignment }
  | { readonly change: 'deleteAppRoleAssignment'; readonly id: string }
  | { readonly change: 'addDirectoryRole'; readonly assignment: DirectoryRoleAssignment }
  | { readonly change: 'removeDirectoryRole'; readonly assignment: DirectoryRoleAssignment }
  /** Again is no harm. */
  | { readonly change: 'activateDirectoryRole'; readonly tenantId: string; readonly roleTemplateId: string }
  | { readonly change: 'setCloudSettings'; readonly settings: CloudSettings }

/**
 * Writes all changes or none, durably: when it resolves, they survive the death of the process.
 * @throws {AlreadyExists} when a unique value is taken; @throws {ConcurrentChange} when a record has moved on;
 * @throws {NoSuchRecord} when a record to be changed or removed is not there;
 * @throws {NoHomeApplication} when a service principal is restored whose application is deleted;
 * @throws {LastAdministrator} when a role or an account is removed that the tenant cannot do without.
 */
export type CommitDirectory = (changes: readonly DirectoryChange[]) => Promise<void>

/** A value that must be unique is taken already. */
export class AlreadyExists extends Error {
  override readonly name = 'AlreadyExists'
  readonly record: string
  readonly property: string
  constructor(record: string, property: string) {
    super(`Another ${record} has the same ${property}.`)
    this.record = record
    this.property = property
  }
}

/** The record was changed by somebody else between decision and commit; decide again. */
export class ConcurrentChange extends Error {
  override readonly name = 'ConcurrentChange'
}

/** A tenant would be left without a Global Administrator. */
export class LastAdministrator extends Error {
  override readonly name = 'LastAdministrator'
}

/** A service principal cannot come back before the application of its own tenant that it stands for. */
export class NoHomeApplication extends Error {
  override readonly name = 'NoHomeApplication'
}

/** The record to be changed is not there (any more). */
export class NoSuchRecord extends Error {
  override readonly name = 'NoSuchRecord'
}
