import type { ApplicationStore } from '../directory/application.ts'
import type { DirectoryChange } from '../directory/changes.ts'
import type { CloudSettingsStore } from '../directory/cloud-settings.ts'
import type { DeletedItemStore } from '../directory/deleted-item.ts'
import type { GroupStore } from '../directory/group.ts'
import type { OwnedObjectStore } from '../directory/owned-object.ts'
import type { PasswordCredentialStore } from '../directory/password-credential.ts'
import type {
  AppRoleAssignmentStore,
  DirectoryRoleAssignmentStore,
  PermissionGrantStore,
} from '../directory/permission.ts'
import type { ServicePrincipalStore } from '../directory/service-principal.ts'
import type { TenantStore } from '../directory/tenant.ts'
import type { UserStore } from '../directory/user.ts'
import type {
  AuthorizationCodeStore,
  DeviceCodeStore,
  RefreshTokenStore,
  SessionStore,
  SignInChange,
  SignInRecordStore,
} from '../protocol/sign-in-records.ts'
import type { AzureChange } from '../rbac/changes.ts'
import type { RoleAssignmentStore, SubscriptionStore } from '../rbac/role-assignment.ts'
import type { SigningKeyChange, SigningKeyStore } from '../tokens/signing-keys.ts'

export type Change = DirectoryChange | AzureChange | SigningKeyChange | SignInChange

/** Everything that is kept, on either database. */
export interface Stores {
  readonly tenants: TenantStore
  readonly applications: ApplicationStore
  readonly servicePrincipals: ServicePrincipalStore
  readonly passwordCredentials: PasswordCredentialStore
  readonly users: UserStore
  readonly groups: GroupStore
  readonly ownedObjects: OwnedObjectStore
  readonly deletedItems: DeletedItemStore
  readonly permissionGrants: PermissionGrantStore
  readonly appRoleAssignments: AppRoleAssignmentStore
  readonly directoryRoles: DirectoryRoleAssignmentStore
  readonly subscriptions: SubscriptionStore
  readonly roleAssignments: RoleAssignmentStore
  readonly signingKeys: SigningKeyStore
  readonly settings: CloudSettingsStore
  readonly authorizationCodes: AuthorizationCodeStore
  readonly refreshTokens: RefreshTokenStore
  readonly deviceCodes: DeviceCodeStore
  readonly sessions: SessionStore
  readonly signInRecords: SignInRecordStore
  /**
   * Writes all changes in one transaction, in their order, durably, or none of them.
   * @throws {AlreadyExists} {ConcurrentChange} {NoSuchRecord} as `directory/changes.ts` says.
   */
  commit(changes: readonly Change[]): Promise<void>
  /** Calls back after changes were committed, here or by another process on the same database. */
  onChange(listener: (changes: 'settings' | 'signingKeys') => void): void
  /**
   * Removes every record but the signing keys, so that published keys stay true, and writes `changes`: in one
   * transaction, so that nobody meets an empty local cloud.
   */
  reset(changes: readonly Change[]): Promise<void>
  close(): Promise<void>
}
