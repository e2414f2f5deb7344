import type { ResourceGroup, RoleAssignment, Subscription } from './role-assignment.ts'

/** What a decision about subscriptions and roles wants written; committed like the directory's changes. */
export type AzureChange =
  | { readonly change: 'createSubscription'; readonly subscription: Subscription }
  | { readonly change: 'putResourceGroup'; readonly resourceGroup: ResourceGroup }
  | { readonly change: 'createRoleAssignment'; readonly assignment: RoleAssignment }
  | { readonly change: 'deleteRoleAssignment'; readonly id: string }
