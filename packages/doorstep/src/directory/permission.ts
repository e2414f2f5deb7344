import type { CountQuery, DirectoryQuery, Page } from './query.ts'

/**
 * Recorded consent to delegated permissions (Microsoft Graph `oauth2PermissionGrant`). `clientId` and `resourceId`
 * are object ids of service principals, whatever their names suggest.
 */
export interface PermissionGrant {
  readonly id: string
  readonly tenantId: string
  readonly clientId: string
  readonly consentType: 'AllPrincipals' | 'Principal'
  /** Object id of the user; null when consent is for everybody. */
  readonly principalId: string | null
  readonly resourceId: string
  /** Scope values, separated by blanks. */
  readonly scope: string
}

/** An app role given to a user, a group or a service principal (Microsoft Graph `appRoleAssignment`). */
export interface AppRoleAssignment {
  readonly id: string
  readonly tenantId: string
  /** The all-zero GUID stands for default access. */
  readonly appRoleId: string
  readonly principalId: string
  readonly principalType: 'User' | 'Group' | 'ServicePrincipal'
  readonly resourceId: string
  readonly createdDateTime: string
}

/** A directory role (by its template id, the `wids` claim) that a principal holds in its tenant. */
export interface DirectoryRoleAssignment {
  readonly tenantId: string
  readonly principalId: string
  readonly roleTemplateId: string
}

export interface PermissionGrantStore {
  /** What is recorded in a tenant, client by client; filtered by client, user, API and kind of consent. */
  list(query: DirectoryQuery): Promise<Page<PermissionGrant>>
  count(query: CountQuery): Promise<number>
  byId(id: string): Promise<PermissionGrant | undefined>
  byClient(clientId: string): Promise<readonly PermissionGrant[]>
  /** What was consented to for one user; what is for everybody is not among it. */
  byPrincipal(principalId: string): Promise<readonly PermissionGrant[]>
}

export interface AppRoleAssignmentStore {
  byId(id: string): Promise<AppRoleAssignment | undefined>
  /** What a principal holds directly. */
  byPrincipal(principalId: string): Promise<readonly AppRoleAssignment[]>
  byResource(resourceId: string): Promise<readonly AppRoleAssignment[]>
  /** What several principals hold directly, of each at most so many. */
  byPrincipals(principalIds: readonly string[], atMost: number): Promise<readonly AppRoleAssignment[]>
  /** Who holds roles of several APIs, of each at most so many. */
  byResources(resourceIds: readonly string[], atMost: number): Promise<readonly AppRoleAssignment[]>
}

export interface DirectoryRoleAssignmentStore {
  /** What was given to the principal itself; `heldBy` says what it may do. */
  assignedTo(tenantId: string, principalId: string): Promise<readonly DirectoryRoleAssignment[]>
  /** The same, and what it holds as a direct member of groups: `principalId` is that of who was given the role. */
  heldBy(tenantId: string, principalId: string): Promise<readonly DirectoryRoleAssignment[]>
  byRole(tenantId: string, roleTemplateId: string): Promise<readonly DirectoryRoleAssignment[]>
  byTenant(tenantId: string): Promise<readonly DirectoryRoleAssignment[]>
  /** Template ids of the roles that were activated in the tenant or are assigned there. */
  activated(tenantId: string): Promise<readonly string[]>
  /** What was given to several principals themselves. */
  assignedToEach(tenantId: string, principalIds: readonly string[]): Promise<readonly DirectoryRoleAssignment[]>
}
