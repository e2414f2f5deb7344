import { certificatesOf } from './certificates.ts'
import { type MovableClock, movableClock } from './clock.ts'
import type { IdentityParts } from './cloud-identity.ts'
import type { DoorstepConfig } from './config.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { reportFault } from './fault-log.ts'
import { followChanges } from './follow-changes.ts'
import { type MasterKey, newMasterKeyText, readMasterKey } from './secrets/master-key.ts'
import { secretKeeper } from './secrets/secret-keeper.ts'
import { openStores } from './stores/open.ts'
import type { Stores } from './stores/stores.ts'
import { type KeyRing, openKeyRing } from './tokens/key-ring.ts'

/** What has to be closed, in the order it was opened. */
export type Opened = (() => Promise<unknown> | unknown)[]

/** All that outlives a process. */
export interface Kept extends IdentityParts {
  readonly clock: MovableClock
  readonly keys: KeyRing
  readonly certificates: Awaited<ReturnType<typeof certificatesOf>>
}

/** Opens everything that outlives a process: folder, keys, certificates, store; and the clock, whose offset is kept. */
export async function openKept(config: DoorstepConfig, opened: Opened): Promise<Kept> {
  const folder = await openDataFolder(config.dataDirectory)
  opened.push(() => folder.close())
  const masterKey = await masterKeyOf(folder, config)
  const [stores, certificates] = await Promise.all([
    openStores({ directory: folder.path, database: config.database }),
    certificatesOf(folder, config.publicName),
  ])
  opened.push(() => stores.close())
  const clock = movableClock()
  const followSettings = async () => clock.moveTo((await stores.settings.read()).clockOffsetMilliseconds)
  await followSettings()
  const keys = await keyRingOf(stores, masterKey)
  const followers = {
    settings: followChanges(followSettings, reportFault),
    signingKeys: followChanges(keys.reload, reportFault),
  }
  stores.onChange((changed) => followers[changed].changed())
  for (const follower of Object.values(followers)) opened.push(follower.stop)
  return { folder, stores, certificates, clock, keys, masterKey, secrets: secretKeeper(masterKey) }
}

/** The master key of the configuration, else of the data folder, where a first start makes it. */
async function masterKeyOf(folder: DataFolder, { masterKey }: DoorstepConfig): Promise<MasterKey> {
  if (masterKey !== undefined) return readMasterKey(masterKey, 'DOORSTEP_MASTER_KEY')
  const kept = await folder.read('master-key')
  if (kept !== undefined) return readMasterKey(kept, folder.pathOf('master-key'))
  const made = newMasterKeyText()
  await folder.write('master-key', made)
  return readMasterKey(made, folder.pathOf('master-key'))
}

function keyRingOf(stores: Stores, masterKey: MasterKey): Promise<KeyRing> {
  const purpose = 'signing key'
  return openKeyRing({
    store: stores.signingKeys,
    commit: stores.commit,
    seal: (privateKey) => masterKey.seal(privateKey, purpose),
    open: (sealed) => masterKey.open(sealed, purpose),
    machineTime: Date.now,
    reportFault,
  })
}
