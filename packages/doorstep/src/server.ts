import { randomBytes } from 'node:crypto'
import { applySeed, type CloudIdentity, prepareIdentity, seedOf } from './cloud-identity.ts'
import type { Doorstep, DoorstepConfig } from './config.ts'
import type { DataFolder } from './data-folder.ts'
import { dispatcher } from './dispatch.ts'
import { reportFault } from './fault-log.ts'
import { followChanges } from './follow-changes.ts'
import type { RawRequest, RawResponse } from './hosts/host.ts'
import { roomOf } from './interceptor/host-map.ts'
import { type Kept, type Opened, openKept } from './kept.ts'
import { isLoopback, secureListener } from './listener/secure-listener.ts'
import { type Cloud, roomsOf } from './rooms.ts'
import { interceptingProxy, runDoors } from './run-doors.ts'
import type { Seed } from './seed.ts'

/** Connections that are still busy after this time are cut, so that a stop ends within 5 seconds. */
const graceMilliseconds = 4_000

/**
 * Starts a local cloud: takes the data folder, opens what is kept, and answers. With `kept.ts` and `rooms.ts` beside it
 * the only file that knows every part; read them to see what depends on what.
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
    loopbackOnly: config.host === undefined || isLoopback(config.host),
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
        const identity = followChanges(async () => void (await oneByOne(() => prepareIdentity(kept))), reportFault)
        opened.push(identity.stop)
        kept.stores.onChange((changed) => {
          if (changed === 'settings') identity.changed()
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

/** Runs one piece of work after another, however many ask at once. */
function inTurn() {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work, work)
    last = next.catch(() => {})
    return next
  }
}
