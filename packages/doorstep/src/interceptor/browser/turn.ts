import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const pollMilliseconds = 50

/**
 * Waits until no other process of this machine has the turn, and takes it: an exclusive lock of SQLite, which the
 * system lets go of when its holder dies.
 *
 * @param path a file for this alone; made with mode 0600 in a folder that is there
 * @param patience how long to wait at most, in milliseconds
 * @returns what ends the turn; undefined when the others took longer
 */
export async function takeTurn(path: string, patience: number): Promise<(() => void) | undefined> {
  // Only ever opened by name when it is new: closing any descriptor of a file drops this process's own locks on it.
  await open(path, 'wx', 0o600).then(
    (made) => made.close(),
    () => undefined,
  )
  const { DatabaseSync } = await import('@photostructure/sqlite')
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    for (let waited = 0; ; waited += pollMilliseconds) {
      try {
        database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
        return () => database.close()
      } catch (error) {
        if (!isBusy(error)) throw error
      }
      if (waited >= patience) break
      await sleep(pollMilliseconds)
    }
  } catch (error) {
    database.close()
    throw error
  }
  database.close()
  return undefined
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && /database is locked|SQLITE_BUSY/i.test(error.message)
}
