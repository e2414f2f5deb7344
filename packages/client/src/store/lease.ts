import { join } from 'node:path'
import type { WaitForTurn } from '../cache/token-cache.ts'
import type { AccessToken } from '../credential.ts'
import { AbortError } from '../errors.ts'
import { takeLock } from './lock-file.ts'
import { makeFolder } from './make-folder.ts'
import { removeOldFiles } from './old-files.ts'
import { failureOf, leaveFailure } from './shared-failure.ts'

/**
 * Runs `work` for a key in one process at a time.
 * @param folder where leases lie
 * @param key any text
 * @param meanwhile asked while another process works; a token ends the wait
 * @param wait how long: while another process lives that has the lease, a person whom it asks is not asked here too
 * @returns what `work` or `meanwhile` gave. When the other process's request failed, this rejects as that did. Where
 *   no lease can be had, in the time or at all, `work` runs without one
 * @throws {AbortError} when the signal fires before the lease is had
 */
export async function underLease(
  folder: string,
  key: string,
  work: () => Promise<AccessToken>,
  meanwhile: () => Promise<AccessToken | undefined>,
  wait: WaitForTurn,
): Promise<AccessToken> {
  const path = join(folder, `${nameOf(key)}.lease`)
  const failurePath = join(folder, `${nameOf(key)}.failure`)
  const howItEnded = async (owner: string | undefined) => {
    const failure = owner === undefined ? undefined : await failureOf(failurePath, owner)
    return failure && { failure }
  }
  const taken = await takeLock(path, {
    ...wait,
    whileWaiting: async (gone) => {
      const token = await meanwhile()
      return token === undefined ? howItEnded(gone) : { token }
    },
  }).catch((error: unknown) => {
    if (error instanceof AbortError) throw error
    return undefined
  })
  if (taken === undefined) return work()
  if ('early' in taken) {
    if ('failure' in taken.early) throw taken.early.failure
    return taken.early.token
  }
  const { lock, before } = taken
  try {
    const ended = await howItEnded(before)
    if (ended !== undefined) throw ended.failure
    return await workAndTell(work, (error) => leaveFailure(failurePath, lock.id, error))
  } finally {
    await lock.release()
  }
}

/** How long a turn is waited for whose owner lives: a request takes no longer. */
const LONGEST_TURN_MILLISECONDS = 15_500

/** Runs `work` for a key in one process at a time; where no turn can be had, in the time or at all, without one. */
export async function underTurn<Value>(folder: string, key: string, work: () => Promise<Value>): Promise<Value> {
  const path = join(folder, `${nameOf(key)}.turn`)
  const taken = await takeLock(path, { withinMilliseconds: LONGEST_TURN_MILLISECONDS }).catch(() => undefined)
  try {
    return await work()
  } finally {
    if (taken !== undefined && 'lock' in taken) await taken.lock.release()
  }
}

/** Makes the folder of the leases, and removes those that were left behind long ago. */
export async function prepareLeases(folder: string): Promise<void> {
  await makeFolder(folder)
  await removeOldFiles(folder, () => true)
}

async function workAndTell(
  work: () => Promise<AccessToken>,
  tell: (error: unknown) => Promise<void>,
): Promise<AccessToken> {
  try {
    return await work()
  } catch (error) {
    await tell(error)
    throw error
  }
}

/** Keys hold addresses and names of any length; files have neither. */
function nameOf(key: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(key).digest('base64url').slice(0, 32)
}
