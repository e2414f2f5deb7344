import { isGuid } from '../../directory/guid.ts'
import { showsSubscription, subscriptionScope } from '../../rbac/evaluate.ts'
import type { RoleAssignment, Subscription } from '../../rbac/role-assignment.ts'
import type { Caller } from './access-token.ts'
import type { ManagementCall } from './call.ts'
import { authorizationFailed, invalidSubscriptionId, subscriptionNotFound, wrongTenant } from './errors.ts'
import type { ManagementParts } from './management-parts.ts'

/** `GET /subscriptions`: those of the caller's tenant at which, above or below which he holds a role; maybe none. */
export async function listSubscriptions({ caller, parts }: ManagementCall): Promise<object> {
  const [ofTenant, held] = await Promise.all([
    parts.subscriptions.byTenant(caller.tenantId),
    roleAssignmentsOf(caller, parts),
  ])
  const value = ofTenant
    .filter((subscription) => held.some((assignment) => showsSubscription(assignment, subscription)))
    .map(subscriptionDescription)
  return { value, count: { type: 'Total', value: value.length } }
}

/** `GET /subscriptions/{id}` */
export async function getSubscription(call: ManagementCall): Promise<object> {
  return subscriptionDescription(await readableSubscription(call, 'Microsoft.Resources/subscriptions/read'))
}

/**
 * The subscription that the path names, when the caller may read it.
 *
 * @param action what the refusal says that he may not do
 * @throws {ManagementError} 400 for an id that is none, 404 when there is no such subscription, 401 when it belongs to
 * another tenant than the token, 403 without a role
 */
export async function readableSubscription(call: ManagementCall, action: string): Promise<Subscription> {
  const { caller, parts, authority } = call
  const id = call.params.subscriptionId ?? ''
  if (!isGuid(id)) throw invalidSubscriptionId(id)
  const subscription = await parts.subscriptions.byId(id)
  if (!subscription) throw subscriptionNotFound(id)
  if (subscription.tenantId !== caller.tenantId) throw wrongTenant(caller.tenantId, subscription.tenantId, authority)
  const held = await roleAssignmentsOf(caller, parts)
  if (held.some((assignment) => showsSubscription(assignment, subscription))) return subscription
  throw authorizationFailed({ ...caller, action, scope: subscriptionScope(subscription) })
}

/** What the caller holds himself and through groups, as far down as groups go. */
async function roleAssignmentsOf(
  { objectId, tenantId }: Caller,
  { groups, roleAssignments }: ManagementParts,
): Promise<readonly RoleAssignment[]> {
  const groupIds = await groups.transitiveSecurityGroupsOf(objectId)
  const held = await roleAssignments.byPrincipals([objectId, ...groupIds])
  return held.filter((assignment) => assignment.tenantId === tenantId)
}

function subscriptionDescription({ id, tenantId, displayName, state }: Subscription): object {
  return {
    id: `/subscriptions/${id}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: id,
    tenantId,
    displayName,
    state,
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  }
}
