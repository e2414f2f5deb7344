import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, posix, resolve, win32 } from 'node:path'
import { CredentialOptionError } from '../errors.ts'
import { requireProfileName } from './profile-name.ts'

const FILE_NAME = 'doorstep.config.yaml'

/**
 * Path of the nearest `doorstep.config.yaml`: that of the working folder or of the next one above it, else that of the
 * user's config folder. Synchronous: `doorstep token` looks for it each time.
 * @throws {CredentialOptionError} `profile`, when it belongs to another user
 */
export function findConfigFile(
  workingFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  for (const folder of [...upwards(workingFolder), userConfigFolder(environment)]) {
    const path = join(folder, FILE_NAME)
    const owner = ownerOfFile(path)
    if (owner === undefined) continue
    refuseOfOthers(path, owner)
    return path
  }
  return undefined
}

/**
 * The `defaultProfile` of a `doorstep.config.yaml`, which stands on a line of its own; undefined when it has none.
 * @throws {CredentialOptionError} `profile`, when the file cannot be read, or says it in a way that only a reader of
 *   YAML understands: a guess could sign in as somebody else
 */
export function readDefaultProfile(path: string): string | undefined {
  const lines = linesOf(path).filter((line) => !/^\s*#/.test(line) && line.includes('defaultProfile'))
  const [line] = lines
  if (line === undefined) return undefined
  const [, , name] = /^defaultProfile\s*:\s+(["']?)([^\s"'#]+)\1\s*(?:\s#.*)?$/.exec(line) ?? []
  if (name !== undefined && lines.length === 1) return requireProfileName('defaultProfile', name)
  throw new CredentialOptionError(
    'profile',
    `Which profile ${path} means cannot be told: write defaultProfile: NAME there, once and on a line of its own, or pass profile, or set DOORSTEP_PROFILE.`,
  )
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/)
  } catch (error) {
    const code = error instanceof Error ? Reflect.get(error, 'code') : undefined
    throw new CredentialOptionError(
      'profile',
      `${path} cannot be read (${String(code)}): make it readable, or pass profile, or set DOORSTEP_PROFILE.`,
    )
  }
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
function userConfigFolder(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
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
  throw new CredentialOptionError(
    'profile',
    `${path} belongs to another user, who could choose what you sign in to. Move it, or copy it.`,
  )
}
