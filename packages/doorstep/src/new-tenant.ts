import type { Clock } from './clock.ts'
import type { Application } from './directory/application.ts'
import type { DirectoryChange } from './directory/changes.ts'
import { firstPartyAppIds } from './directory/first-party-ids.ts'
import { personalAccountsTenantId, personalAccountsTenantName } from './directory/personal-accounts.ts'
import { newServicePrincipal, type ServicePrincipal } from './directory/service-principal.ts'
import type { Tenant } from './directory/tenant.ts'

/** What decisions about new objects are given: time and ids. */
export interface NewObjectParts {
  readonly clock: Clock
  /** A random GUID. */
  newId(): string
}

export interface TenantDescription {
  /** GUID; a random one when left out. */
  readonly id?: string | undefined
  readonly displayName: string
  /** Left out where no domain is verified, as for personal accounts. */
  readonly domain?: string
  readonly countryLetterCode?: string | null | undefined
  readonly usersCanRegisterApplications?: boolean | undefined
  readonly usersCanConsent?: boolean | undefined
}

export interface NewTenant {
  readonly tenant: Tenant
  /** The presence of every first-party application in it. */
  readonly servicePrincipals: readonly ServicePrincipal[]
  readonly changes: readonly DirectoryChange[]
}

/** ISO 8601 of the clock's now. */
export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString()
}

/** A tenant in which all of `firstParty` can be used at once, as in a tenant of the real platform. */
export function newTenant(
  description: TenantDescription,
  firstParty: readonly Application[],
  { clock, newId }: NewObjectParts,
): NewTenant {
  const createdDateTime = timestamp(clock)
  const tenant: Tenant = {
    id: description.id ?? newId(),
    displayName: description.displayName,
    verifiedDomains: description.domain ? [{ name: description.domain, isDefault: true, isInitial: true }] : [],
    createdDateTime,
    countryLetterCode: description.countryLetterCode ?? null,
    usersCanRegisterApplications: description.usersCanRegisterApplications ?? true,
    usersCanConsent: description.usersCanConsent ?? true,
  }
  const servicePrincipals = firstParty.map((application) =>
    newServicePrincipal(application, { id: newId(), tenantId: tenant.id, createdDateTime }),
  )
  return {
    tenant,
    servicePrincipals,
    changes: [
      { change: 'createTenant', tenant },
      ...servicePrincipals.map((servicePrincipal) => ({ change: 'createServicePrincipal' as const, servicePrincipal })),
    ],
  }
}

/** The tenant of personal accounts: no organization, without a domain; of Microsoft's APIs it has Graph alone. */
export function newPersonalAccountsTenant(firstParty: readonly Application[], parts: NewObjectParts): NewTenant {
  const graph = firstParty.filter(({ appId }) => appId === firstPartyAppIds.microsoftGraph)
  return newTenant({ id: personalAccountsTenantId, displayName: personalAccountsTenantName }, graph, parts)
}
