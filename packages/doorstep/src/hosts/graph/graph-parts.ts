import type { VerifiedToken } from '@doorstep/guard'
import type { Clock } from '../../clock.ts'
import type { ApplicationStore } from '../../directory/application.ts'
import type { CommitDirectory } from '../../directory/changes.ts'
import type { DeletedItemStore } from '../../directory/deleted-item.ts'
import type { GroupStore } from '../../directory/group.ts'
import type { OwnedObjectStore } from '../../directory/owned-object.ts'
import type { PasswordCredentialStore } from '../../directory/password-credential.ts'
import type {
  AppRoleAssignmentStore,
  DirectoryRoleAssignmentStore,
  PermissionGrantStore,
} from '../../directory/permission.ts'
import type { ServicePrincipalStore } from '../../directory/service-principal.ts'
import type { TenantStore } from '../../directory/tenant.ts'
import type { UserStore } from '../../directory/user.ts'
import type { SignInRecordStore } from '../../protocol/sign-in-records.ts'

/** A client secret that was just made. */
export interface NewSecret {
  /** What the client will present; shown once. */
  readonly secretText: string
  /** What is kept of it. */
  readonly secretHash: string
  /** Its first three characters. */
  readonly hint: string
}

/** What Microsoft Graph is made of. */
export interface GraphParts {
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
  readonly signInRecords: SignInRecordStore
  readonly commit: CommitDirectory
  readonly newSecret: () => NewSecret
  /** What is kept of a password. */
  readonly hashPassword: (password: string) => Promise<string>
  /** Whether a password is the one that was kept so. */
  readonly matchesPassword: (password: string, passwordHash: string) => Promise<boolean>
  /** Accepts tokens for Microsoft Graph that were signed with our own keys. @throws {TokenRefused} */
  readonly guard: { verify(token: string): Promise<VerifiedToken> }
  readonly clock: Clock
  /** A new GUID. */
  readonly newId: () => string
  /** Tells a person about a fault of Doorstep itself, with the `request-id` that the caller was given. */
  readonly reportFault?: (fault: unknown, requestId: string) => void
}
