/** A verified domain of a tenant (Microsoft Graph `verifiedDomain`). */
export interface VerifiedDomain {
  readonly name: string
  readonly isDefault: boolean
  readonly isInitial: boolean
}

/** A directory: the home of users, groups and registrations (Microsoft Graph `organization`). */
export interface Tenant {
  /** GUID; the `tid` claim. */
  readonly id: string
  readonly displayName: string
  readonly verifiedDomains: readonly VerifiedDomain[]
  readonly createdDateTime: string
  readonly countryLetterCode: string | null
  /** Whether a user without a directory role may register applications. */
  readonly usersCanRegisterApplications: boolean
  /** Whether a user may consent for himself to permissions that need no administrator. */
  readonly usersCanConsent: boolean
}

/** The domain a tenant's new objects get, for example as `publisherDomain`. */
export function defaultDomain(tenant: Tenant): string {
  const domain = tenant.verifiedDomains.find((candidate) => candidate.isDefault) ?? tenant.verifiedDomains[0]
  return domain?.name ?? tenant.id
}

export interface TenantStore {
  byId(id: string): Promise<Tenant | undefined>
  /** By a verified domain's name, in any case. */
  byDomain(name: string): Promise<Tenant | undefined>
  list(): Promise<readonly Tenant[]>
}
