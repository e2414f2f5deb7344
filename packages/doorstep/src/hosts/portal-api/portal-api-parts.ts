import type { VerifiedToken } from '@doorstep/guard'
import type { Clock } from '../../clock.ts'
import type { ApplicationStore } from '../../directory/application.ts'
import type { CommitDirectory } from '../../directory/changes.ts'
import type {
  AppRoleAssignmentStore,
  DirectoryRoleAssignmentStore,
  PermissionGrantStore,
} from '../../directory/permission.ts'
import type { ServicePrincipalStore } from '../../directory/service-principal.ts'
import type { UserStore } from '../../directory/user.ts'

/** What the portal's own backend is made of. */
export interface PortalApiParts {
  readonly applications: ApplicationStore
  readonly servicePrincipals: ServicePrincipalStore
  readonly users: UserStore
  readonly permissionGrants: PermissionGrantStore
  readonly appRoleAssignments: AppRoleAssignmentStore
  readonly directoryRoles: DirectoryRoleAssignmentStore
  readonly commit: CommitDirectory
  /** Accepts tokens for this API that were signed with our own keys. @throws {TokenRefused} */
  readonly guard: { verify(token: string): Promise<VerifiedToken> }
  readonly clock: Clock
  /** A new GUID. */
  readonly newId: () => string
  /** Tells a person about a fault of Doorstep itself, with the id of the request. */
  readonly reportFault?: (fault: unknown, requestId: string) => void
}
