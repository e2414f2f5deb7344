import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { join, parse, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadyLine } from '../config.ts'
import { dataFolderInUse } from '../data-folder.ts'
import { type JoinedRun, joinRun, type RunRequest, readLocalCloud } from './control-client.ts'
import { RefusedError, UnreachableError } from './failure.ts'
import { launcherPath } from './installed-files.ts'

/** How a run wants its local cloud. */
export interface CloudRequest extends RunRequest {
  /** The data folder, or undefined for a local cloud of this run alone that keeps nothing. */
  readonly dataDirectory: string | undefined
  readonly seed: string | undefined
  /** Folder of this run, where a local cloud that it starts writes what it has to say. */
  readonly runDirectory: string
}

/** A local cloud that a run has joined. */
export interface RunCloud {
  readonly dataDirectory: string
  readonly joined: JoinedRun
  /** Ends the run. With a local cloud that keeps nothing, waits until it has removed its data folder. */
  leave(): Promise<void>
}

/** Bound on the wait for somebody else's start or stop, and for our own start. */
const patienceMilliseconds = 120_000

/**
 * Joins the local cloud of a data folder, else starts one that ends after its last run. Of several runs that start at
 * the same time one takes the folder; the others wait until they can join it.
 *
 * @throws {RefusedError} when it cannot be started, or is running already while a seed was given
 */
export async function joinOrStart(request: CloudRequest): Promise<RunCloud> {
  const { dataDirectory } = request
  if (dataDirectory === undefined) return startAndJoin(request)
  const deadline = performance.now() + patienceMilliseconds
  for (;;) {
    const cloud = (await joinRunning(dataDirectory, request)) ?? (await startUnlessTaken(dataDirectory, request))
    if (cloud) return cloud
    if (performance.now() > deadline) {
      throw new RefusedError(`The data folder ${dataDirectory} is held by a process that does not become ready.`)
    }
    await sleep(40)
  }
}

/** What of a request the local cloud is told. */
function runRequest({ offline, upstream, signInAs, consent }: CloudRequest): RunRequest {
  return { offline, upstream, ...(signInAs === undefined ? {} : { signInAs, consent }) }
}

async function joinRunning(dataDirectory: string, request: CloudRequest): Promise<RunCloud | undefined> {
  const cloud = await readLocalCloud(dataDirectory)
  if (!cloud) return undefined
  const joined = await joinRun(cloud, runRequest(request)).catch((error) => {
    // Stale, just stopping, or not listening yet: whoever holds the folder decides what is next.
    if (error instanceof UnreachableError) return undefined
    throw error
  })
  if (!joined) return undefined
  if (request.seed !== undefined) {
    joined.leave()
    throw new RefusedError(
      `A local cloud is running already for ${dataDirectory} (${cloud.instance.url}), and a seed is applied only when one starts. Leave --seed out, stop it first, or use --ephemeral.`,
    )
  }
  return { dataDirectory, joined, leave: async () => joined.leave() }
}

/** Starts one, unless somebody holds the folder already or takes it first. */
async function startUnlessTaken(dataDirectory: string, request: CloudRequest): Promise<RunCloud | undefined> {
  if (await dataFolderInUse(dataDirectory)) return undefined
  try {
    return await startAndJoin(request)
  } catch (error) {
    if (await dataFolderInUse(dataDirectory)) return undefined
    throw error
  }
}

async function startAndJoin(request: CloudRequest): Promise<RunCloud> {
  const { dataDirectory: wanted } = request
  const { ready, child } = await startDetached(request)
  const cloud = await readLocalCloud(ready.dataDirectory)
  if (!cloud) throw new UnreachableError('The local cloud of this run ended as soon as it had started.')
  const joined = await joinRun(cloud, runRequest(request))
  return {
    dataDirectory: ready.dataDirectory,
    joined,
    async leave() {
      joined.leave()
      if (wanted === undefined) await Promise.race([exitOf(child), sleep(10_000, undefined, { ref: false })])
    },
  }
}

interface StartedCloud {
  readonly ready: ReadyLine
  readonly child: ChildProcess
}

/** A process of its own: it outlives this run when another one has joined it. */
async function startDetached({ dataDirectory, seed, runDirectory }: CloudRequest): Promise<StartedCloud> {
  const words = ['up', '--port', '0', '--proxy-port', '0', '--json', '--until-idle']
  words.push(...(dataDirectory === undefined ? ['--ephemeral'] : ['--data', dataDirectory]))
  if (seed !== undefined) words.push('--seed', resolve(seed))
  const logPath = join(runDirectory, 'cloud.log')
  const log = await open(logPath, 'a', 0o600)
  try {
    const child = spawn(process.execPath, [launcherPath, ...words], {
      detached: true,
      stdio: ['ignore', 'pipe', log.fd],
      // It would hold a folder that somebody wants to remove or unmount.
      cwd: parse(process.cwd()).root,
      env: environmentOfCloud(process.env),
      windowsHide: true,
    })
    const ready = await readyLineOf(child)
    child.unref()
    if (ready) return { ready, child }
  } finally {
    await log.close()
  }
  const said = (await readFile(logPath, 'utf8')).trim().replace(/^error: /, '')
  throw new RefusedError(`The local cloud of this run did not start.\n${said || 'It said nothing.'}`)
}

/** Inside another run, this Node process must not be led to that run's cloud, nor read its clock. */
function environmentOfCloud(inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...inherited, DOORSTEP_INTERCEPT: undefined }
}

/** The ready line, or undefined when the process ended without one. */
async function readyLineOf(child: ChildProcess): Promise<ReadyLine | undefined> {
  const { stdout } = child
  if (!stdout) return undefined
  const lines = createInterface({ input: stdout })
  const timer = setTimeout(() => child.kill(), patienceMilliseconds)
  const line = await new Promise<string | undefined>((settle) => {
    lines.once('line', settle)
    lines.once('close', () => settle(undefined))
    child.once('error', () => settle(undefined))
  })
  clearTimeout(timer)
  lines.close()
  stdout.destroy()
  return line === undefined ? undefined : (JSON.parse(line) as ReadyLine)
}

async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.ref()
    await once(child, 'exit')
  }
}
