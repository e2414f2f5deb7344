import { certificatesOf } from './certificates.ts'
import { type Clock, type MovableClock, movableClock } from './clock.ts'
import type { IdentityParts } from './cloud-identity.ts'
import type { DoorstepConfig } from './config.ts'
import { type DataFolder, openDataFolder, writeClockOffset } from './data-folder.ts'
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
  readonly clock: Clock & Pick<MovableClock, 'offset'>
  /** Moves the clock, and notes in the data folder how far, for commands that judge tokens by it. */
  moveClockTo(offsetMilliseconds: number): Promise<void>
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
  const moveClockTo = clockMover(clock, folder)
  const followSettings = async () => {
    const { clockOffsetMilliseconds } = await stores.settings.read()
    if (clockOffsetMilliseconds !== clock.offset()) await moveClockTo(clockOffsetMilliseconds)
  }
  await moveClockTo((await stores.settings.read()).clockOffsetMilliseconds)
  const keys = await keyRingOf(stores, masterKey)
  const followers = {
    settings: followChanges(followSettings, reportFault),
    signingKeys: followChanges(keys.reload, reportFault),
  }
  stores.onChange((changed) => followers[changed].changed())
  for (const follower of Object.values(followers)) opened.push(follower.stop)
  return { folder, stores, certificates, clock, moveClockTo, keys, masterKey, secrets: secretKeeper(masterKey) }
}

function clockMover(clock: MovableClock, folder: DataFolder): Kept['moveClockTo'] {
  let written: Promise<void> = Promise.resolve()
  return (offsetMilliseconds) => {
    clock.moveTo(offsetMilliseconds)
    // In turn, so that what is written last is where the clock stands.
    written = written.catch(() => {}).then(() => writeClockOffset(folder, clock.offset()))
    return written
  }
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
