import { randomBytes, randomUUID } from 'node:crypto'
import { certificatesOf } from './certificates.ts'
import { changeSettings } from './change-settings.ts'
import { type MovableClock, movableClock } from './clock.ts'
import {
  applySeed,
  type CloudIdentity,
  type IdentityParts,
  prepareIdentity,
  resetIdentity,
  seedOf,
} from './cloud-identity.ts'
import type { Doorstep, DoorstepConfig } from './config.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { firstPartyAppIds } from './directory/first-party-ids.ts'
import { type DispatchParts, dispatcher } from './dispatch.ts'
import { reportFault } from './fault-log.ts'
import type { ControlledClock, ControlledSignIns, ControlParts } from './hosts/control/index.ts'
import type { RawRequest, RawResponse } from './hosts/host.ts'
import type { LoginParts } from './hosts/login/login-parts.ts'
import { roomOf } from './interceptor/host-map.ts'
import { secureListener } from './listener/secure-listener.ts'
import { interceptingProxy, type RunDoors, runDoors } from './run-doors.ts'
import { type MasterKey, newMasterKeyText, readMasterKey } from './secrets/master-key.ts'
import { secretKeeper } from './secrets/secret-keeper.ts'
import type { Seed } from './seed.ts'
import { openStores } from './stores/open.ts'
import type { Stores } from './stores/stores.ts'
import { tokenIssuer } from './tokens/issuer.ts'
import { type KeyRing, openKeyRing } from './tokens/key-ring.ts'
import { verificationKeys } from './tokens/verification-keys.ts'
import { version } from './version.ts'

/** Connections that are still busy after this time are cut, so that a stop ends within 5 seconds. */
const graceMilliseconds = 4_000

/** What has to be closed, in the order it was opened. */
type Opened = (() => Promise<unknown> | unknown)[]

/**
 * Starts a local cloud: takes the data folder, opens what is kept, and answers. The only file that knows every part;
 * read it to see what depends on what.
 * @throws {DataFolderError} {SeedError}, or the system's error when a port is taken; nothing is left running then, and
 * a first start that did not come to its end is none.
 */
export async function createDoorstep(config: DoorstepConfig): Promise<Doorstep> {
  const started = performance.now()
  const opened: Opened = []
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= closeAll(opened)
    return closing
  }
  try {
    const seed = await seedOf(config)
    const kept = await openKept(config, opened)
    const answering = await listen(config, kept, seed, opened)
    const identity = await prepareIdentity(kept)
    const notices = await seedOrUndo(config, kept, identity, seed)
    const { url, proxy } = await answering.begin()
    const caCertificate = kept.folder.pathOf('ca.pem')
    const startedInMilliseconds = Math.round(performance.now() - started)
    const dataDirectory = kept.folder.path
    const ready = { url, proxy, ...identity, caCertificate, dataDirectory, startedInMilliseconds }
    return { ready, notices, stopRequested: answering.stopRequested, close }
  } catch (error) {
    // What failed first is what a person has to know.
    await close().catch(reportFault)
    throw error
  }
}

/** Closes everything, the last opened first, whatever fails on the way. @throws the first failure, at the end. */
async function closeAll(opened: Opened): Promise<void> {
  const failures: unknown[] = []
  for (const end of opened.splice(0).reverse()) {
    try {
      await end()
    } catch (failure) {
      failures.push(failure)
    }
  }
  if (failures.length > 0) throw failures[0]
}

/**
 * Applies the seed. When that fails at a first start, the first start is undone too: its password was never shown, so
 * the next start has to be the first. On a database that is shared another replica may live by it already.
 */
async function seedOrUndo(
  { propagationInSeconds, database }: DoorstepConfig,
  kept: Kept,
  { administrator }: CloudIdentity,
  seed: Seed | undefined,
): Promise<readonly string[]> {
  try {
    return await applySeed(seed, propagationInSeconds, kept)
  } catch (error) {
    if (administrator.password !== undefined && database === undefined) await kept.stores.reset([])
    throw error
  }
}

interface Kept extends IdentityParts {
  readonly clock: MovableClock
  readonly keys: KeyRing
  readonly certificates: Awaited<ReturnType<typeof certificatesOf>>
}

/** Opens everything that outlives a process: folder, keys, certificates, store; and the clock, whose offset is kept. */
async function openKept(config: DoorstepConfig, opened: Opened): Promise<Kept> {
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
  // One after another: an answer that was read earlier must not overwrite one that was read later.
  let followed: Promise<void> = Promise.resolve()
  stores.onChange((changed) => {
    followed = followed.then(changed === 'settings' ? followSettings : keys.reload).catch(reportFault)
  })
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

interface Answering {
  readonly stopRequested: Promise<void>
  /** Lets requests in, and writes down where; those that came before wait for it. */
  begin(): Promise<{ readonly url: string; readonly proxy: string }>
}

/** Takes the ports of the listener and the proxy, before anything is written that a taken port would leave half done. */
async function listen(config: DoorstepConfig, kept: Kept, seed: Seed | undefined, opened: Opened): Promise<Answering> {
  const { certificates, folder } = kept
  const addresses = { url: '', proxy: '', tlsPort: 0 }
  const stopping = new AbortController()
  let requestStop = () => {}
  const stopRequested = new Promise<void>((resolve) => {
    requestStop = resolve
  })
  const controlToken = await controlTokenOf(folder)
  const begun = gate()
  const oneByOne = inTurn()
  const doors = runDoors({
    listener: () => listener,
    handle: (request, response) => handle(request, response),
    clockOffset: () => kept.clock.offset(),
    graceMilliseconds,
  })
  const cloud: Cloud = {
    config,
    kept,
    seed,
    oneByOne,
    addresses,
    stopping: stopping.signal,
    requestStop,
    doors,
  }
  const dispatch = dispatcher({
    rooms: roomsOf(cloud, controlToken),
    roomOf,
    runOf: doors.runOf,
    localOrigin: () => addresses.url,
    publicName: config.publicName,
    reportFault,
  })
  const handle: Handle = (request, response) => begun.pass(() => dispatch(request, response))
  const listener = secureListener({
    ownCertificate: certificates.localhost,
    interceptCertificate: certificates.intercept,
    isIntercepted: (host) => roomOf(host) !== undefined,
    handle,
  })
  const proxy = interceptingProxy(listener, handle, { offline: false })
  opened.push(() => Promise.all([proxy.close(graceMilliseconds), listener.close(graceMilliseconds)]))
  addresses.tlsPort = await listener.listen(config.port, config.host)
  addresses.url = `https://localhost:${addresses.tlsPort}`
  addresses.proxy = `http://127.0.0.1:${await proxy.listen(config.proxyPort)}`
  opened.push(() => stopping.abort())
  return {
    stopRequested,
    async begin() {
      const { url, proxy: proxyAddress } = addresses
      const instance = { url, proxy: proxyAddress, processId: process.pid, publicName: config.publicName }
      await folder.write('instance.json', JSON.stringify(instance))
      begun.open()
      // After another replica's reset this one needs a credential of the new bootstrap application.
      if (config.database !== undefined) {
        kept.stores.onChange((changed) => {
          if (changed === 'settings') oneByOne(() => prepareIdentity(kept)).catch(reportFault)
        })
      }
      return { url, proxy: proxyAddress }
    },
  }
}

/** Keeps back what comes too early. */
function gate() {
  let isOpen = false
  const early: (() => void)[] = []
  return {
    pass: (work: () => void) => void (isOpen ? work() : early.push(work)),
    open: () => {
      isOpen = true
      for (const work of early.splice(0)) work()
    },
  }
}

/** What control proves its callers by; made at a first start and kept. */
async function controlTokenOf(folder: DataFolder): Promise<string> {
  const kept = await folder.read('control-token')
  if (kept?.trim()) return kept.trim()
  const made = randomBytes(32).toString('base64url')
  await folder.write('control-token', made)
  return made
}

type Handle = (request: RawRequest, response: RawResponse) => void

/** What the rooms are made from. */
interface Cloud {
  readonly config: DoorstepConfig
  readonly kept: Kept
  readonly seed: Seed | undefined
  /** Resets, and what follows from those of other replicas, one after another. */
  readonly oneByOne: <Result>(work: () => Promise<Result>) => Promise<Result>
  readonly addresses: { readonly url: string; readonly proxy: string; readonly tlsPort: number }
  readonly stopping: AbortSignal
  readonly requestStop: () => void
  readonly doors: RunDoors
}

/** The rooms that are built. Each loads its code and is made at its first request. */
function roomsOf(cloud: Cloud, controlToken: string): DispatchParts['rooms'] {
  const { kept } = cloud
  const { stores, secrets, clock } = kept
  const login = once(() => loginParts(cloud))
  return {
    login: async () => {
      const { loginHost } = await import('./hosts/login/index.ts')
      return loginHost(login())
    },
    graph: async () => {
      const [{ graphHost }, guard] = await Promise.all([import('./hosts/graph/index.ts'), graphGuard(cloud)])
      const makers = { newSecret: () => secrets.newSecret(), newId: () => randomUUID() }
      return graphHost({ ...stores, ...makers, guard, clock, reportFault })
    },
    control: async () => {
      const { controlHost } = await import('./hosts/control/index.ts')
      return controlHost({ ...controlParts(cloud, controlToken), signIns: controlledSignIns(login) })
    },
  }
}

function loginParts({ kept, doors }: Cloud): LoginParts {
  const { stores, secrets, clock, keys, masterKey } = kept
  const purpose = 'sign-in flow'
  const parts: LoginParts = {
    ...stores,
    newId: () => randomUUID(),
    secrets,
    clock,
    keys,
    issuer: tokenIssuer(keys.current),
    pairwiseHash: (text) => masterKey.keyedHash(text, 'pairwise subject'),
    seal: { seal: (text) => masterKey.seal(text, purpose), open: (sealed) => masterKey.open(sealed, purpose) },
    deviceCodeIssued: (issued) => void answerDeviceCode(issued, doors, parts).catch(reportFault),
    reportFault,
  }
  return parts
}

/** Answers a device code for the account that its run signs in as, where it does. */
async function answerDeviceCode(
  { userCode, runId }: { readonly userCode: string; readonly runId: string },
  doors: RunDoors,
  parts: LoginParts,
): Promise<void> {
  const run = doors.byId(runId)
  if (!run?.signIn) return
  const { answerDeviceCodeOfRun } = await import('./hosts/login/device-code-of-run.ts')
  const { userPrincipalName } = run.signIn
  run.report({ ...(await answerDeviceCodeOfRun({ ...run.signIn, userCode }, parts)), userCode, userPrincipalName })
}

/** What control may do in the name of people. */
function controlledSignIns(login: () => LoginParts): ControlledSignIns {
  const signIns = () => import('./hosts/login/sign-in/sign-in-without-person.ts')
  return {
    account: async (name) => (await signIns()).signInAccount(name, login()),
    beginSession: async (name) => (await signIns()).signInWithoutPerson(name, login()),
    async approveDeviceCode(approval) {
      const { approveDeviceCode } = await import('./hosts/login/approve-device-code.ts')
      return approveDeviceCode(approval, login())
    },
  }
}

/** Makes a value when it is first asked for. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** The listener's origin under its public name, where it has one. */
function publicOrigin({ publicName }: DoorstepConfig, localOrigin: string): string[] {
  return publicName ? [localOrigin.replace('localhost', publicName.toLowerCase())] : []
}

/** Our own Graph takes only tokens that this local cloud signed, under its real or its localhost issuer. */
async function graphGuard({ config, kept, addresses }: Cloud) {
  const { createGuard } = await import('@doorstep/guard')
  const keyOf = verificationKeys(kept.keys)
  return createGuard({
    tenants: 'any',
    audience: ['https://graph.microsoft.com', firstPartyAppIds.microsoftGraph],
    authorityHosts: ['https://login.microsoftonline.com', addresses.url, ...publicOrigin(config, addresses.url)],
    clock: () => kept.clock.now(),
    keys: ({ kid }) => keyOf(kid),
  })
}

function controlParts(cloud: Cloud, controlToken: string): Omit<ControlParts, 'signIns'> {
  const { kept, addresses } = cloud
  const startedAt = new Date(performance.timeOrigin).toISOString()
  return {
    controlToken,
    async describe() {
      const { tenantId, subscriptionId, administrator } = await prepareIdentity(kept)
      return {
        ...addresses,
        tenantId,
        subscriptionId,
        administrator: { userPrincipalName: administrator.userPrincipalName },
        caCertificate: kept.folder.pathOf('ca.pem'),
        dataDirectory: kept.folder.path,
        processId: process.pid,
        version,
        startedAt,
      }
    },
    clock: controlledClock(kept),
    reset: () => cloud.oneByOne(() => resetCloud(cloud)),
    requestStop: cloud.requestStop,
    openRun: cloud.doors.open,
    stopping: cloud.stopping,
    reportFault,
  }
}

/** Runs one piece of work after another, however many ask at once. */
function inTurn() {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work, work)
    last = next.catch(() => {})
    return next
  }
}

/** Moves the clock and keeps its offset, so that a restart does not travel back in time. */
function controlledClock({ stores, clock }: Kept): ControlledClock {
  const moveTo = async (offsetFrom: (before: number) => number) => {
    const { clockOffsetMilliseconds } = await changeSettings(stores, (before) => ({
      ...before,
      clockOffsetMilliseconds: offsetFrom(before.clockOffsetMilliseconds),
    }))
    clock.moveTo(clockOffsetMilliseconds)
  }
  return {
    read: () => ({ now: clock.now(), offsetMilliseconds: clock.offset() }),
    advance: (milliseconds) => moveTo((before) => before + milliseconds),
    setTo: (now) => moveTo(() => now - Date.now()),
    reset: () => moveTo(() => 0),
  }
}

/** Makes the local cloud as after its first start, and applies the seed again. Published keys stay true. */
async function resetCloud({ config, kept, seed }: Cloud): Promise<CloudIdentity> {
  kept.clock.moveTo(0)
  const identity = await resetIdentity(kept)
  await applySeed(seed, config.propagationInSeconds, kept)
  return identity
}
