import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes what the store's processes told each other of failed requests: the authority's words, with ids of clients and
 * people.
 */
export async function forgetFailures(storeFolder: string): Promise<void> {
  const folder = join(storeFolder, 'leases')
  const names = await readdir(folder).catch(() => [])
  const failures = names.filter((name) => name.endsWith('.failure'))
  await Promise.all(failures.map((name) => rm(join(folder, name), { force: true })))
}
