/** A subscription (Azure Resource Manager). */
export interface Subscription {
  /** GUID; the segment of `/subscriptions/{id}`. */
  readonly id: string
  readonly tenantId: string
  readonly displayName: string
  readonly state: 'Enabled' | 'Disabled'
}

export interface ResourceGroup {
  readonly subscriptionId: string
  readonly name: string
  readonly location: string
  readonly tags: Readonly<Record<string, string>>
}

/** Who may do what where: a role given to a principal at a resource scope (Azure Resource Manager). */
export interface RoleAssignment {
  /** GUID; the name of the assignment. */
  readonly id: string
  readonly tenantId: string
  /** Canonical resource scope, for example `/subscriptions/{id}/resourceGroups/rg-001`. */
  readonly resourceScope: string
  /** GUID of the role definition; compared by this alone. */
  readonly roleDefinitionId: string
  readonly principalId: string
  readonly principalType: 'User' | 'Group' | 'ServicePrincipal'
  /** ISO 8601. */
  readonly createdOn: string
}

export interface SubscriptionStore {
  byId(id: string): Promise<Subscription | undefined>
  byTenant(tenantId: string): Promise<readonly Subscription[]>
  resourceGroups(subscriptionId: string): Promise<readonly ResourceGroup[]>
}

export interface RoleAssignmentStore {
  byPrincipal(principalId: string): Promise<readonly RoleAssignment[]>
  /** Of a caller and his groups, in one look. */
  byPrincipals(principalIds: readonly string[]): Promise<readonly RoleAssignment[]>
  byTenant(tenantId: string): Promise<readonly RoleAssignment[]>
}
