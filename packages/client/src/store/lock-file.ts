import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { pause } from '../abort.ts'
import type { AbortSignalLike } from '../credential.ts'
import { parseJsonObject } from '../json-object.ts'
import { isGone, type LockOwner, thisMachine } from './lock-owner.ts'
import { codeOf } from './system-error.ts'

/**
 * A lock between processes: a file that only one of them can create (O_EXCL), with its owner's name in it, whose time
 * of change the owner moves on while it lives.
 *
 * Why a file and not a lock of the operating system: Node has none (flock, LockFileEx) without an addon, a socket as
 * lock does not work in the same way on Windows and across containers that share a folder, and SQLite would be a
 * dependency. What a file lacks, to vanish with its owner, the owner's process id and heartbeat make good: of a
 * process on the same machine one can ask whether it lives, so its lock is free at the next look; elsewhere silence of
 * 1.5 s tells. Silence is counted by the watcher's own steady clock from a change that it saw itself, so neither a
 * clock that is moved nor two that differ do harm.
 *
 * It is no proof against an owner that was stopped for seconds and goes on after its lock was taken: such an owner
 * asks `isMine` before it changes anything. A lease needs not even that; at worst one more request is sent.
 */
export interface LockFile {
  readonly id: string
  isMine(): Promise<boolean>
  release(): Promise<void>
}

/** What a wait for a lock came to: the lock, what `whileWaiting` found first, or nothing in the time. */
export type Taken<Early> =
  | { readonly lock: LockFile /** The owner seen last before. */; readonly before: string | undefined }
  | { readonly early: Early }
  | undefined

export interface WaitForLock<Early> {
  /** Bound on the wait. */
  readonly withinMilliseconds: number
  /** Ends the wait. */
  readonly abortSignal?: AbortSignalLike | undefined
  /** Asked at each look; a result other than `undefined` ends the wait. `gone` is an owner that has just let go. */
  readonly whileWaiting?: (gone: string | undefined) => Promise<Early | undefined>
}

interface Sight {
  readonly owner: LockOwner | undefined
  readonly inode: bigint
  readonly modifiedAt: bigint
}

const HEARTBEAT_MILLISECONDS = 300
const FIRST_LOOK_MILLISECONDS = 10
const LONGEST_BETWEEN_LOOKS_MILLISECONDS = 100

/**
 * Takes the lock as soon as it is free.
 * @throws {AbortError} when the signal fires first
 * @throws the system's error when the folder does not let itself be written to
 */
export async function takeLock<Early = never>(
  path: string,
  { withinMilliseconds, abortSignal, whileWaiting }: WaitForLock<Early>,
): Promise<Taken<Early>> {
  const deadline = performance.now() + withinMilliseconds
  const silentFor = silenceWatch()
  let before: string | undefined
  for (let delay = FIRST_LOOK_MILLISECONDS; ; delay = Math.min(LONGEST_BETWEEN_LOOKS_MILLISECONDS, delay * 1.5)) {
    const lock = await create(path)
    if (lock !== undefined) return { lock, before }
    const sight = await look(path)
    const present = sight?.owner?.id
    const gone = before !== present ? before : undefined
    before = present ?? before
    if (sight !== undefined && (await isGone(sight.owner, silentFor(sight))) && (await removeAbandoned(path, sight)))
      continue
    const early = await whileWaiting?.(gone)
    if (early !== undefined) return { early }
    if (performance.now() >= deadline) return undefined
    await pause(delay * (0.5 + Math.random()), abortSignal)
  }
}

async function create(path: string): Promise<LockFile | undefined> {
  const owner: LockOwner = { id: crypto.randomUUID(), processId: process.pid, machine: await thisMachine() }
  try {
    await writeFile(path, JSON.stringify(owner), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (isTaken(error)) return undefined
    // Made, but not filled: the disk is full. It would be in everybody's way.
    if (error instanceof Error && Reflect.get(error, 'syscall') === 'write') await rm(path, { force: true })
    throw error
  }
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MILLISECONDS)
  heartbeat.unref()
  const isMine = async () => (await look(path))?.owner?.id === owner.id
  return {
    id: owner.id,
    isMine,
    async release() {
      clearInterval(heartbeat)
      if (await isMine()) await rm(path, { force: true }).catch(() => undefined)
    },
  }
}

/** Windows says EPERM or EBUSY of a file that is just being removed. */
function isTaken(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'EEXIST' || (process.platform === 'win32' && (code === 'EPERM' || code === 'EBUSY'))
}

/** By the steady clock: what matters is that the time changes, also where the machine's clock stands still. */
function touch(path: string): void {
  const seconds = (performance.timeOrigin + performance.now()) / 1000
  utimes(path, seconds, seconds).catch(() => undefined)
}

async function look(path: string): Promise<Sight | undefined> {
  try {
    const [status, text] = await Promise.all([stat(path, { bigint: true }), readFile(path, 'utf8')])
    const record = parseJsonObject(text) // empty for a moment, between its creation and its first byte
    const { id, processId, machine } = record ?? {}
    const owner =
      typeof id === 'string' && typeof processId === 'number' && typeof machine === 'string'
        ? { id, processId, machine }
        : undefined
    return { owner, inode: status.ino, modifiedAt: status.mtimeNs }
  } catch {
    return undefined
  }
}

/** Milliseconds since a lock was last seen to change, by a clock that nobody moves. */
function silenceWatch(): (sight: Sight) => number {
  let last: Sight | undefined
  let since = 0
  return (sight) => {
    if (!sameLock(last, sight) || last?.modifiedAt !== sight.modifiedAt) since = performance.now()
    last = sight
    return performance.now() - since
  }
}

function sameLock(one: Sight | undefined, other: Sight | undefined): boolean {
  return one?.inode === other?.inode && one?.owner?.id === other?.owner?.id
}

/**
 * Removes a lock whose owner is gone. It is renamed first, which only one watcher can do, and looked at again: should
 * another watcher have removed it and taken the lock meanwhile, its file is put back.
 */
async function removeAbandoned(path: string, abandoned: Sight): Promise<boolean> {
  const aside = `${path}.${crypto.randomUUID()}.tmp`
  try {
    if (!sameLock(await look(path), abandoned)) return true
    await rename(path, aside)
    if (!sameLock(await look(aside), abandoned)) await link(aside, path)
    await rm(aside, { force: true })
    return true
  } catch {
    await rm(aside, { force: true }).catch(() => undefined)
    return false
  }
}
