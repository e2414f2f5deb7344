import type { RoleAssignment, Subscription } from './role-assignment.ts'

/**
 * Whether a role assignment lets its holder see a subscription: it counts there when it was given at the subscription
 * or above it, and what was given below, at a resource group or a resource, shows the way to it ("Understand scope for
 * Azure RBAC").
 */
export function showsSubscription({ resourceScope, tenantId }: RoleAssignment, subscription: Subscription): boolean {
  if (tenantId !== subscription.tenantId) return false
  const scope = subscriptionScope(subscription)
  return isAtOrBelow(scope, resourceScope) || isAtOrBelow(resourceScope, scope)
}

/** The resource scope of a whole subscription. */
export function subscriptionScope({ id }: Pick<Subscription, 'id'>): string {
  return `/subscriptions/${id}`
}

/** Whether `scope` is `ancestor` or lies below it; scopes are compared by whole segments, in any case. */
export function isAtOrBelow(scope: string, ancestor: string): boolean {
  const [inner, outer] = [segmentsOf(scope), segmentsOf(ancestor)]
  return outer.every((segment, position) => segment === inner[position])
}

function segmentsOf(scope: string): readonly string[] {
  return scope
    .toLowerCase()
    .split('/')
    .filter((segment) => segment !== '')
}
