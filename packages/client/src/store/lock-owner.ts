import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { codeOf } from './system-error.ts'

/** Who holds a lock. */
export interface LockOwner {
  readonly id: string
  readonly processId: number
  /** Names the machine, or the container, in which the process id means something. */
  readonly machine: string
}

/** Of an owner of whom nothing can be asked: some heartbeats are missing. */
const SILENCE_OF_UNKNOWN_MILLISECONDS = 1_500

/** Of an owner that runs: it was stopped, or its process id is another's by now. A busy machine delays heartbeats. */
const SILENCE_OF_RUNNING_MILLISECONDS = 5_000

let machine: Promise<string> | undefined

/** Linux: this boot of the kernel and the container's process ids. Elsewhere the machine's name. */
export function thisMachine(): Promise<string> {
  machine ??= Promise.all([readFile('/proc/sys/kernel/random/boot_id', 'utf8'), readlink('/proc/self/ns/pid')]).then(
    ([boot, processes]) => `${boot.trim()} ${processes}`,
    hostname,
  )
  return machine
}

/** Whether the owner of a lock lets it lie, given for how long its lock has not changed. */
export async function isGone(owner: LockOwner | undefined, silentMilliseconds: number): Promise<boolean> {
  switch (owner === undefined ? 'unknown' : await stateOf(owner)) {
    case 'ended':
      return true
    case 'running':
      return silentMilliseconds > SILENCE_OF_RUNNING_MILLISECONDS
    case 'unknown':
      return silentMilliseconds > SILENCE_OF_UNKNOWN_MILLISECONDS
  }
}

async function stateOf(owner: LockOwner): Promise<'ended' | 'running' | 'unknown'> {
  if (owner.machine !== (await thisMachine())) return 'unknown'
  try {
    process.kill(owner.processId, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return 'ended'
  }
  return (await isZombie(owner.processId)) ? 'ended' : 'running'
}

/** Linux: ended, but not yet collected by its parent, which in a container may never happen. proc(5), `stat`. */
async function isZombie(processId: number): Promise<boolean> {
  const status = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => '')
  return /^[ZX]/.test(status.slice(status.lastIndexOf(')') + 2))
}
