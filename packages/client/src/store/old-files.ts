import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const DAY_MILLISECONDS = 24 * 3600_000

/** Removes files that nobody has changed for a day: what processes that died have left behind. */
export async function removeOldFiles(folder: string, isOurs: (name: string) => boolean): Promise<void> {
  const limit = performance.timeOrigin + performance.now() - DAY_MILLISECONDS
  for (const name of await readdir(folder)) {
    if (!isOurs(name)) continue
    const status = await stat(join(folder, name)).catch(() => undefined)
    if (status?.isFile() && status.mtimeMs < limit) await rm(join(folder, name), { force: true })
  }
}
