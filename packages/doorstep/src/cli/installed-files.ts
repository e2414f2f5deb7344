import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the built bundle, where all its chunks lie. */
const dist = dirname(fileURLToPath(import.meta.url))

/** The script that starts this command line; run it by `process.execPath`. */
export const launcherPath = join(dist, '..', 'bin', 'doorstep.cjs')

/** What Node programs inside `run` load first. */
export const nodePreloadPath = join(dist, 'node-preload.cjs')
