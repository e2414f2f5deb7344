import { randomUUID } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { DoorstepConfig } from './config.ts'
import { type DataFolder, readBootstrap } from './data-folder.ts'
import { AlreadyExists } from './directory/changes.ts'
import type { CloudSettings } from './directory/cloud-settings.ts'
import { defaultDomain } from './directory/tenant.ts'
import { bootstrapAppId, firstPartyUpgrade, firstStart, newBootstrapCredential } from './first-start.ts'
import type { MasterKey } from './secrets/master-key.ts'
import type { SecretKeeper } from './secrets/secret-keeper.ts'
import type { Stores } from './stores/stores.ts'
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
  const { stores, folder } = parts
  const application = await stores.applications.byAppId(bootstrapAppId)
  if (!application) return makeFirstStart(parts)
  if (!(await holdsBootstrapCredential(application.id, parts))) {
    const { changes, bootstrap } = newBootstrapCredential(application, { ...parts, ...makers(parts) })
    await stores.commit(changes)
    await folder.write('bootstrap.json', JSON.stringify(bootstrap))
  }
  await upgrade(parts)
  return readIdentity(application.tenantId, stores)
}

/** Whether the data folder's credential is one of the bootstrap application's; a restored folder may hold another. */
async function holdsBootstrapCredential(applicationId: string, parts: IdentityParts): Promise<boolean> {
  const bootstrap = await readBootstrap(parts.folder.path)
  if (!bootstrap) return false
  for (const { keyId, secretHash } of await parts.stores.passwordCredentials.byOwner(applicationId)) {
    if (await parts.secrets.matches(bootstrap.clientSecret, { id: keyId, secretHash })) return true
  }
  return false
}

const makers = ({ secrets }: IdentityParts) => ({
  newId: () => randomUUID(),
  newSecret: () => secrets.newSecret(),
  newPassword: () => secrets.newPassword(),
  hashPassword: (password: string) => secrets.hashChosen(password),
})

async function makeFirstStart(parts: IdentityParts): Promise<CloudIdentity> {
  const { stores, folder, clock } = parts
  const first = await firstStart({ clock, ...makers(parts) })
  try {
    const settings: CloudSettings = { ...(await stores.settings.read()), writtenBy: version }
    await stores.commit([...first.changes, { change: 'setCloudSettings', settings }])
  } catch (error) {
    // Another replica on the same database was a moment earlier: its tenant is the one.
    if (error instanceof AlreadyExists) return prepareIdentity(parts)
    throw error
  }
  await folder.write('bootstrap.json', JSON.stringify(first.bootstrap))
  const { tenant, subscription, administrator } = first
  return { tenantId: tenant.id, subscriptionId: subscription.id, administrator }
}

/** Once after each update of Doorstep: first-party applications that the store does not know yet. */
async function upgrade({ stores, clock }: IdentityParts): Promise<void> {
  const settings = await stores.settings.read()
  if (settings.writtenBy === version) return
  const changes = await firstPartyUpgrade(stores, { clock, newId: () => randomUUID() })
  await stores.commit([...changes, { change: 'setCloudSettings', settings: { ...settings, writtenBy: version } }])
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

/** Applies the seed, and what the command line says of propagation, as one commit. Resolves to the seed's notices. */
export async function applySeed(
  { seed, propagationInSeconds }: Pick<DoorstepConfig, 'seed' | 'propagationInSeconds'>,
  parts: IdentityParts,
): Promise<readonly string[]> {
  let notices: readonly string[] = []
  if (seed) {
    const { parseSeed, planSeed } = await import('./seed.ts')
    const plan = await planSeed(parseSeed(seed.text, seed.name), parts.stores, {
      ...makers(parts),
      clock: parts.clock,
      hashChosen: parts.secrets.hashChosen,
      matches: parts.secrets.matches,
      keyedHash: (text) => parts.masterKey.keyedHash(text, 'seed'),
    })
    if (plan.changes.length > 0) await parts.stores.commit(plan.changes)
    notices = plan.notices
  }
  if (propagationInSeconds !== undefined) {
    const settings = await parts.stores.settings.read()
    const delay = propagationInSeconds
    const propagation = { roleAssignments: delay, consents: delay, servicePrincipals: delay }
    await parts.stores.commit([
      { change: 'setCloudSettings', settings: { ...settings, propagationInSeconds: propagation } },
    ])
  }
  return notices
}
