import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, posix, resolve, win32 } from 'node:path'
import type { CommandIO } from '../command.ts'
import { RefusedError } from '../failure.ts'
import type { Config } from './config.ts'

const fileName = 'doorstep.config.yaml'

/** A `doorstep.config.yaml`, and what it says. */
export interface ConfigFile {
  readonly path: string
  readonly config: Config
}

/**
 * Reads the nearest `doorstep.config.yaml`: that of the working folder or of the next one above it, else that of the
 * user's config folder. Reading YAML is loaded only where there is one.
 *
 * @throws {RefusedError} when it belongs to another user or cannot be read
 * @throws {UsageError} naming the key that is wrong
 */
export async function readConfigFile(environment: CommandIO['environment']): Promise<ConfigFile | undefined> {
  const path = findConfigFile(process.cwd(), environment)
  if (path === undefined) return undefined
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new RefusedError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error })
  }
  const { parseConfig } = await import('./config.ts')
  return { path, config: parseConfig(text, path) }
}

/** Path of the nearest `doorstep.config.yaml`. Synchronous: `token` looks for it each time. */
export function findConfigFile(workingFolder: string, environment: CommandIO['environment']): string | undefined {
  for (const folder of [...upwards(workingFolder), userConfigFolder(environment)]) {
    const path = join(folder, fileName)
    const owner = ownerOfFile(path)
    if (owner === undefined) continue
    refuseOfOthers(path, owner)
    return path
  }
  return undefined
}

function ownerOfFile(path: string): number | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found?.isFile() ? found.uid : undefined
  } catch {
    return undefined // a folder that nobody may look into
  }
}

/** Where a user's own settings are: `$XDG_CONFIG_HOME/doorstep`, `~/Library/Application Support/Doorstep`, `%APPDATA%\Doorstep`. */
function userConfigFolder(environment: CommandIO['environment'], platform: NodeJS.Platform = process.platform): string {
  const home = environment.HOME || environment.USERPROFILE || homedir()
  if (platform === 'win32') return win32.join(environment.APPDATA || win32.join(home, 'AppData', 'Roaming'), 'Doorstep')
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Doorstep')
  const shared = environment.XDG_CONFIG_HOME
  return posix.join(shared?.startsWith('/') ? shared : posix.join(home, '.config'), 'doorstep')
}

function upwards(folder: string): string[] {
  const parent = dirname(resolve(folder))
  return parent === resolve(folder) ? [parent] : [resolve(folder), ...upwards(parent)]
}

/** It says which application a person signs in to: nobody else may say that, from a folder such as /tmp. */
function refuseOfOthers(path: string, owner: number): void {
  const user = process.getuid?.()
  if (user === undefined || user === 0 || owner === user || owner === 0) return
  throw new RefusedError(`${path} belongs to another user, who could choose what you sign in to. Move it, or copy it.`)
}
