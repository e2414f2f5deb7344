import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { changeSettings } from './change-settings.ts'
import type { Clock } from './clock.ts'
import type { DoorstepConfig } from './config.ts'
import { type DataFolder, readBootstrap } from './data-folder.ts'
import { guidFrom } from './derived-id.ts'
import { AlreadyExists, ConcurrentChange } from './directory/changes.ts'
import { defaultCloudSettings } from './directory/cloud-settings.ts'
import { bootstrapAppId, firstPartyAppIds, microsoftServicesTenantId } from './directory/first-party-ids.ts'
import { personalAccountsTenantId } from './directory/personal-accounts.ts'
import { defaultDomain, type Tenant } from './directory/tenant.ts'
import {
  bootstrapPresence,
  defaultTenantDomain,
  type FirstStart,
  firstPartyUpgrade,
  firstStart,
  newBootstrapApplication,
  newBootstrapCredential,
} from './first-start.ts'
import type { MasterKey } from './secrets/master-key.ts'
import type { SecretKeeper } from './secrets/secret-keeper.ts'
import type { Seed } from './seed.ts'
import type { Change, Stores } from './stores/stores.ts'
import { version } from './version.ts'

/** Who lives in this local cloud, as far as its ready line tells. */
export interface CloudIdentity {
  readonly tenantId: string
  readonly subscriptionId: string
  /** The password only at a first start: it is shown once. */
  readonly administrator: { readonly userPrincipalName: string; readonly password?: string }
}

export interface IdentityParts {
  readonly stores: Stores
  readonly folder: DataFolder
  readonly secrets: SecretKeeper
  readonly masterKey: MasterKey
  readonly clock: Clock
}

/**
 * Makes the store what this start needs: the first start's tenant and administrator, a bootstrap credential for this
 * data folder, and what a newer Doorstep knows more. The database decides whether it is a first start.
 */
export async function prepareIdentity(parts: IdentityParts): Promise<CloudIdentity> {
  const { stores } = parts
  const application = await stores.applications.byAppId(bootstrapAppId)
  if (!application) return (await repairBootstrap(parts)) ?? makeFirstStart(parts)
  await holdBootstrapCredential(application, parts)
  await upgrade(parts)
  return readIdentity(application.tenantId, stores)
}

/**
 * Where there is the tenant of a first start but no bootstrap application, somebody deleted it: it is made anew.
 * Undefined where there is no such tenant, which makes this a first start.
 */
async function repairBootstrap(parts: IdentityParts): Promise<CloudIdentity | undefined> {
  const { stores, folder, clock } = parts
  const tenant = await stores.tenants.byDomain(defaultTenantDomain)
  if (!tenant) return undefined
  const graph = await stores.servicePrincipals.byAppId(tenant.id, firstPartyAppIds.microsoftGraph)
  const [subscription] = await stores.subscriptions.byTenant(tenant.id)
  if (!graph || !subscription) return undefined
  const made = newBootstrapApplication(tenant, subscription, graph, { clock, ...makers(parts) })
  await stores.commit(made.changes)
  await folder.write('bootstrap.json', JSON.stringify(made.credential))
  return readIdentity(tenant.id, stores)
}

/** Empties the local cloud and makes it as after its first start, in one commit. */
export async function resetIdentity(parts: IdentityParts): Promise<CloudIdentity> {
  const first = await firstStart({ clock: parts.clock, ...makers(parts) })
  await parts.stores.reset(changesOf(first))
  return settle(first, parts)
}

const makers = ({ secrets }: IdentityParts) => ({
  newId: () => randomUUID(),
  newSecret: () => secrets.newSecret(),
  newPassword: () => secrets.newPassword(),
  hashPassword: (password: string) => secrets.hashChosen(password),
})

const changesOf = ({ changes }: FirstStart): readonly Change[] => [
  ...changes,
  { change: 'setCloudSettings', settings: { ...defaultCloudSettings, writtenBy: version } },
]

async function makeFirstStart(parts: IdentityParts): Promise<CloudIdentity> {
  const first = await firstStart({ clock: parts.clock, ...makers(parts) })
  try {
    await parts.stores.commit(changesOf(first))
  } catch (error) {
    // Another replica on the same database was a moment earlier: its tenant is the one.
    if (wasRaced(error) && (await parts.stores.applications.byAppId(bootstrapAppId))) return prepareIdentity(parts)
    throw error
  }
  return settle(first, parts)
}

async function settle({ bootstrap, tenant, subscription, administrator }: FirstStart, { folder }: IdentityParts) {
  await folder.write('bootstrap.json', JSON.stringify(bootstrap))
  return { tenantId: tenant.id, subscriptionId: subscription.id, administrator }
}

const wasRaced = (error: unknown) => error instanceof AlreadyExists || error instanceof ConcurrentChange

/**
 * Sees to it that the data folder's credential is one of the bootstrap application's; a restored folder may hold
 * another. A new one replaces the one that this folder had before, so that none is left behind that nobody knows.
 */
async function holdBootstrapCredential(
  application: { readonly id: string; readonly appId: string; readonly tenantId: string },
  parts: IdentityParts,
): Promise<void> {
  const { stores, folder, secrets } = parts
  const kept = await stores.passwordCredentials.byOwner(application.id)
  const held = await readBootstrap(folder.path)
  const hashes = kept.map(({ secretHash }) => secretHash)
  if (held?.tenantId === application.tenantId && (await secrets.matchesAny(held.clientSecret, hashes))) return
  const keyId = guidFrom(`bootstrap credential of ${folder.path} on ${hostname()}`)
  const { changes, bootstrap } = newBootstrapCredential(application, { ...parts, ...makers(parts), newId: () => keyId })
  const before = kept.filter((credential) => credential.keyId === keyId)
  await stores.commit([
    ...before.map(() => ({ change: 'removePasswordCredential' as const, ownerId: application.id, keyId })),
    ...changes,
  ])
  await folder.write('bootstrap.json', JSON.stringify(bootstrap))
}

/** Once after each update of Doorstep: first-party applications and tenants that the store does not know yet. */
async function upgrade(parts: IdentityParts): Promise<void> {
  const { stores, clock } = parts
  const settings = await stores.settings.read()
  const isComplete = (await stores.tenants.byId(personalAccountsTenantId)) !== undefined
  if (settings.writtenBy === version && isComplete) return
  try {
    const changes = await firstPartyUpgrade(stores, { clock, newId: () => randomUUID() })
    await stores.commit([...changes, { change: 'setCloudSettings', settings: { ...settings, writtenBy: version } }])
  } catch (error) {
    // Another replica of the same version did it, or something else was changed: look again.
    if (wasRaced(error)) return upgrade(parts)
    throw error
  }
}

async function readIdentity(tenantId: string, stores: Stores): Promise<CloudIdentity> {
  const [tenant, subscriptions] = await Promise.all([
    stores.tenants.byId(tenantId),
    stores.subscriptions.byTenant(tenantId),
  ])
  return {
    tenantId,
    subscriptionId: subscriptions[0]?.id ?? '',
    administrator: { userPrincipalName: `admin@${tenant ? defaultDomain(tenant) : tenantId}` },
  }
}

/** Reads the seed file of a configuration. @throws {SeedError} with every problem in it. */
export async function seedOf({ seed }: Pick<DoorstepConfig, 'seed'>): Promise<Seed | undefined> {
  if (!seed) return undefined
  const { parseSeed } = await import('./seed.ts')
  return parseSeed(seed.text, seed.name)
}

/**
 * Applies the seed as one commit, then what the command line says of propagation. Resolves to sentences that a person
 * should read once.
 */
export async function applySeed(
  seed: Seed | undefined,
  propagationInSeconds: number | undefined,
  parts: IdentityParts,
): Promise<readonly string[]> {
  const notices = seed ? [...(await commitSeed(seed, parts))] : []
  await administerEveryTenant(parts)
  if (propagationInSeconds === undefined) return notices
  const delay = propagationInSeconds
  const propagation = { roleAssignments: delay, consents: delay, servicePrincipals: delay }
  await changeSettings(parts.stores, (before) => ({ ...before, propagationInSeconds: propagation }))
  return [...notices, 'Propagation delays are kept and have no effect yet: changes take effect at once.']
}

/** The tenants that people make; those of Microsoft's applications and of personal accounts belong to the platform. */
export async function organizations({ tenants }: Pick<Stores, 'tenants'>): Promise<readonly Tenant[]> {
  const ofPlatform: readonly string[] = [personalAccountsTenantId, microsoftServicesTenantId]
  return (await tenants.list()).filter(({ id }) => !ofPlatform.includes(id))
}

/** The command line works in every tenant: where its application is not yet, it comes. */
async function administerEveryTenant(parts: IdentityParts): Promise<void> {
  const { stores } = parts
  const application = await stores.applications.byAppId(bootstrapAppId)
  if (!application) return
  const arrivals = (await organizations(stores)).map(async (tenant) => {
    const graph = await stores.servicePrincipals.byAppId(tenant.id, firstPartyAppIds.microsoftGraph)
    const isThere = (await stores.servicePrincipals.byAppId(tenant.id, bootstrapAppId)) !== undefined
    return graph && !isThere
      ? bootstrapPresence(application, tenant, graph, { ...parts, ...makers(parts) }).changes
      : []
  })
  const changes = (await Promise.all(arrivals)).flat()
  try {
    if (changes.length > 0) await stores.commit(changes)
  } catch (error) {
    // Another replica did it at the same moment: look again.
    if (wasRaced(error)) return administerEveryTenant(parts)
    throw error
  }
}

async function commitSeed(seed: Seed, parts: IdentityParts): Promise<readonly string[]> {
  const { planSeed } = await import('./seed.ts')
  const plan = await planSeed(seed, parts.stores, {
    ...makers(parts),
    clock: parts.clock,
    hashChosen: parts.secrets.hashChosen,
    matches: parts.secrets.matches,
    keyedHash: (text) => parts.masterKey.keyedHash(text, 'seed'),
  })
  try {
    if (plan.changes.length > 0) await parts.stores.commit(plan.changes)
  } catch (error) {
    // Somebody wrote at the same time; what is left to change is decided anew.
    if (error instanceof ConcurrentChange) return commitSeed(seed, parts)
    throw error
  }
  return plan.notices
}
