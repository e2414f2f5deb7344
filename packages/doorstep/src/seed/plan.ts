import { guidFrom } from '../derived-id.ts'
import type { Application } from '../directory/application.ts'
import { cdfApi } from '../directory/first-party.ts'
import { microsoftServicesTenantId } from '../directory/first-party-ids.ts'
import { addEverywhere } from '../first-start.ts'
import { timestamp } from '../new-tenant.ts'
import type { Change } from '../stores/stores.ts'
import type { Seed } from './form.ts'
import { type IdentifiedTenant, identifyPersonalAccounts, identifyTenant } from './identities.ts'
import { applicationChanges, planRegistrations } from './plan-applications.ts'
import { planSubscriptions } from './plan-azure.ts'
import { planConsent } from './plan-consent.ts'
import { type Planning, type SeedParts, type SeedReads, together } from './plan-parts.ts'
import { planGroups, planGuests, planMembers, planTenant, planUsers } from './plan-people.ts'
import { planSecrets, seedSecretsHash } from './plan-secrets.ts'
import { noticesForLater, planSettings } from './plan-settings.ts'

export type { SeedParts, SeedReads } from './plan-parts.ts'

export interface SeedPlan {
  /** To be committed as one list; empty when everything is as the seed file says. */
  readonly changes: readonly Change[]
  /** Sentences a person should read once. */
  readonly notices: readonly string[]
}

/**
 * Decides what has to change for everything to be as a seed file says: what is missing is made, what differs is
 * changed, what the file does not mention stays. Tenants are matched by domain, users by user principal name, groups
 * by display name, applications by client id where it is given, else by display name, subscriptions likewise.
 * @throws {SeedError} when the file does not fit what is there: an id that belongs to something else.
 */
export async function planSeed(seed: Seed, reads: SeedReads, parts: SeedParts): Promise<SeedPlan> {
  const settings = await reads.settings.read()
  const secretsHash = seedSecretsHash(seed, parts)
  const secretsUnchanged = settings.seedSecretsHash === secretsHash
  const planning: Planning = { reads, parts, now: timestamp(parts.clock), secretsUnchanged }

  const clusters = await planClusters(seed, planning)
  const tenants: IdentifiedTenant[] = []
  for (const [index, form] of (seed.tenants ?? []).entries()) {
    tenants.push(await identifyTenant(form, `tenants[${index}]`, clusters.firstParty, planning))
  }
  const personal = await planPersonalAccounts(seed, clusters.firstParty, planning)
  const homes = [...tenants, ...personal]
  const registrations = planRegistrations(tenants, clusters.firstParty, planning)
  const consent = await planConsent(registrations, clusters.firstParty, planning)

  const changes = [
    ...clusters.changes,
    ...homes.flatMap(planTenant),
    ...(await together(homes.map((tenant) => planUsers(tenant, planning)))),
    ...tenants.flatMap((tenant) => planGuests(tenant, homes, planning)),
    ...tenants.flatMap((tenant) => planGroups(tenant, planning)),
    ...applicationChanges(registrations, planning),
    ...(await together(registrations.map((registration) => planSecrets(registration, planning)))),
    ...consent.changes,
    ...(await together(tenants.map((tenant) => planMembers(tenant, planning)))),
    ...(await together(tenants.map((tenant, index) => planSubscriptions(tenant, `tenants[${index}]`, planning)))),
    ...planSettings(seed, settings, secretsHash),
  ]
  return { changes, notices: [...consent.notices, ...noticesForLater(seed)] }
}

/** The tenant of personal accounts, where the seed file has any. */
async function planPersonalAccounts(
  { personalAccounts = [] }: Seed,
  firstParty: readonly Application[],
  planning: Planning,
): Promise<readonly IdentifiedTenant[]> {
  return personalAccounts.length === 0 ? [] : [await identifyPersonalAccounts(personalAccounts, firstParty, planning)]
}

/** The CDF APIs of clusters that the seed file names, and all first-party applications there will be. */
async function planClusters(seed: Seed, { reads, parts }: Planning) {
  const kept = await reads.applications.list({ tenantId: microsoftServicesTenantId, top: 999 })
  const missing: readonly Application[] = (seed.cdf ?? [])
    .map(({ cluster }) => cdfApi(cluster, guidFrom))
    .filter(({ appId }) => !kept.items.some((application) => application.appId === appId))
  return {
    firstParty: [...kept.items, ...missing],
    changes: missing.length === 0 ? [] : await addEverywhere(missing, reads.tenants, parts),
  }
}
