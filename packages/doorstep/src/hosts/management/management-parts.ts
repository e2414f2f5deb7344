import type { VerifiedToken } from '@doorstep/guard'
import type { Clock } from '../../clock.ts'
import type { GroupStore } from '../../directory/group.ts'
import type { TenantStore } from '../../directory/tenant.ts'
import type { UserStore } from '../../directory/user.ts'
import type { RoleAssignmentStore, SubscriptionStore } from '../../rbac/role-assignment.ts'

/** What Azure Resource Manager is made of. */
export interface ManagementParts {
  readonly tenants: TenantStore
  readonly users: UserStore
  readonly groups: GroupStore
  readonly subscriptions: SubscriptionStore
  readonly roleAssignments: RoleAssignmentStore
  /** Accepts tokens for Azure Resource Manager that were signed with our own keys. @throws {TokenRefused} */
  readonly guard: { verify(token: string): Promise<VerifiedToken> }
  readonly clock: Clock
  /** A new GUID. */
  readonly newId: () => string
  /** Tells a person about a fault of Doorstep itself, with the `x-ms-request-id` that the caller was given. */
  readonly reportFault?: (fault: unknown, requestId: string) => void
}
