import { chmod, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'
import { CredentialOptionError } from '../errors.ts'
import { makeFolder } from './make-folder.ts'
import { reasonOf } from './system-error.ts'

/** Which folder is meant where none was named, and whether the operating system's keychain may hold its key. */
export interface DefaultStore {
  readonly directory: string
  /** Why not; `undefined` when it may. */
  readonly withoutKeychain: string | undefined
}

/**
 * The store of a program that names no folder: that of the variable `DOORSTEP_CLIENT_STORE`, else the user's own.
 * `doorstep run` sets the variable, so that what a local cloud gives under the real names does not mix with the user's
 * real tokens, and these do not travel to it. The key of a folder named so lies in it, and goes when it goes.
 * @throws {CredentialOptionError} `DOORSTEP_CLIENT_STORE`, unless it is an absolute path
 */
export function defaultStore(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): DefaultStore {
  const named = environment.DOORSTEP_CLIENT_STORE
  if (!named) return { directory: defaultStoreFolder(environment, platform), withoutKeychain: undefined }
  const { isAbsolute } = platform === 'win32' ? win32 : posix
  if (!isAbsolute(named)) {
    throw new CredentialOptionError(
      'DOORSTEP_CLIENT_STORE',
      `DOORSTEP_CLIENT_STORE must be the absolute path of a folder, and is '${named}': correct the variable, or unset it for the user's own store.`,
    )
  }
  return {
    directory: named,
    withoutKeychain: 'The keychain is not used for the folder that DOORSTEP_CLIENT_STORE names',
  }
}

/**
 * Where a user's tokens are kept: `$XDG_DATA_HOME/doorstep/client`, `~/Library/Application Support/doorstep/client` or
 * `%LOCALAPPDATA%\doorstep\client`. A folder of its own, since a local cloud keeps its data one level above.
 */
export function defaultStoreFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = environment.HOME || environment.USERPROFILE || homedir()
  if (platform === 'win32') {
    return win32.join(environment.LOCALAPPDATA || win32.join(home, 'AppData', 'Local'), 'doorstep', 'client')
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'doorstep', 'client')
  // The XDG base directory specification: a relative path is invalid and has to be ignored.
  const shared = environment.XDG_DATA_HOME
  return posix.join(shared?.startsWith('/') ? shared : posix.join(home, '.local', 'share'), 'doorstep', 'client')
}

/**
 * Makes the folder (0700) when it is not there, and closes it to other users when it is a store's already.
 * @returns why the folder cannot be used at all; `undefined` when it can
 * @throws {CredentialOptionError} `directory`, when others could change what is in it
 */
export async function prepareStoreFolder(directory: string): Promise<string | undefined> {
  try {
    await makeFolder(directory)
    const found = await stat(directory)
    if (process.platform !== 'win32') await closeToOthers(directory, found)
    return undefined
  } catch (error) {
    if (error instanceof CredentialOptionError) throw error
    return `The folder ${directory} cannot be used: ${reasonOf(error)}.`
  }
}

async function closeToOthers(directory: string, found: { uid: number; mode: number }): Promise<void> {
  const user = process.getuid?.()
  // Root in a container often works on a folder that belongs to the user outside.
  if (user !== undefined && user !== 0 && found.uid !== user) {
    throw new CredentialOptionError(
      'directory',
      `directory ${directory} belongs to another user, who could take the tokens in it: choose a folder of your own.`,
    )
  }
  if ((found.mode & 0o077) === 0) return
  const entries = await readdir(directory)
  if (entries.length === 0 || entries.includes('key') || entries.some((name) => name.startsWith('tokens'))) {
    await chmod(directory, 0o700)
    return
  }
  if ((found.mode & 0o022) === 0) return // others may look at the names, and the files themselves are 0600
  throw new CredentialOptionError(
    'directory',
    `Other users may write to directory ${directory}, which holds other things too: choose a folder for the store alone, or run chmod 700 ${directory}.`,
  )
}
