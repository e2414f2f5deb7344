import { join, resolve } from 'node:path'
import type { TokenCache, WaitForTurn } from '../cache/token-cache.ts'
import { CredentialOptionError } from '../errors.ts'
import { type OptionNames, requireOptionNames } from '../options/option-names.ts'
import type { SignInStore } from '../person/sign-in.ts'
import { turnsInMemory } from '../person/turns.ts'
import { type EncryptionKey, encryptionKey } from './encryption-key.ts'
import { keptTokens } from './kept-tokens.ts'
import { prepareLeases, underLease, underTurn } from './lease.ts'
import { type NoticeListener, warnOfNotice } from './notice.ts'
import { removeOldFiles } from './old-files.ts'
import { sealedFile } from './sealed-file.ts'
import { type DefaultStore, defaultStore, prepareStoreFolder } from './store-folder.ts'

export interface FileStoreOptions {
  /**
   * Folder for the store alone. Default that of the environment variable `DOORSTEP_CLIENT_STORE`, which `doorstep run`
   * sets for its programs, so that tokens of a local cloud stay apart; else `$XDG_DATA_HOME/doorstep/client` (`~/.local/share/doorstep/client`),
   * `~/Library/Application Support/doorstep/client`, `%LOCALAPPDATA%\doorstep\client`.
   */
  directory?: string
  /**
   * `'off'` keeps the key in a file even where the operating system has a keychain. Default `'auto'`, but `'off'` for a
   * folder that `DOORSTEP_CLIENT_STORE` names.
   */
  keychain?: 'auto' | 'off'
  /** The present, in milliseconds since 1970. Default `Date.now`. */
  now?: () => number
  /** Most access tokens in the file. Default 1,000; above it those that expire soonest go. */
  maximumEntries?: number
  /** Told what went wrong without stopping anything. Default: a warning on stderr. */
  onNotice?: NoticeListener
}

/** Tokens and sign-ins of one user, shared by all processes that open the same folder. */
export interface FileStore {
  /** For `cached(credential, store.tokens)`. */
  readonly tokens: TokenCache
  /**
   * For the `signIns` option of credentials that sign people in. To sign in as somebody else also forgets all access
   * tokens of the store, so that nobody acts as the person before; so does to delete one, unless it is said whose tokens
   * go (`partition`).
   */
  readonly signIns: SignInStore
  /** Absolute path of the encrypted file, which exists from the first token on. */
  readonly path: string
  /** Where the key is. `memory`: nowhere, and nothing is written to the disk. */
  readonly keyPlace: 'keychain' | 'keyFile' | 'memory'
  /** Why it is there, in a sentence. */
  readonly keyPlaceReason: string
  /** Forgets all access tokens; sign-ins stay. Rejects when the file cannot be written. */
  deleteTokens(): Promise<void>
  /**
   * Forgets the access tokens of some partitions, and the sign-ins that have such a name for their key. All others
   * stay. Rejects when the file cannot be written.
   */
  forget(isMeant: (partition: string) => boolean): Promise<void>
}

/**
 * Opens a user's token store: one file, 0600 in a 0700 folder, encrypted with AES-256-GCM. The key is in the operating
 * system's keychain where the optional package `@napi-rs/keyring` is installed and a keychain answers, else in a key
 * file beside it. The file of either key has a name of its own, so that sessions with and without a keychain do not
 * disturb each other.
 *
 * Any number of processes may use it at once: a change is made under a lock and replaces the file as a whole; changes
 * of others are seen; of all that ask for one token, one sends the request. Trouble with the disk withholds no token:
 * it is kept in memory, and `onNotice` is told.
 * @throws {CredentialOptionError} when an option is wrong, or other users could change what is in the folder
 */
export async function fileStore(options: FileStoreOptions = {}): Promise<FileStore> {
  const { directory, withoutKeychain, now, maximumEntries, onNotice } = checked(options)
  const unusable = await prepareStoreFolder(directory)
  const key: EncryptionKey =
    unusable === undefined
      ? await encryptionKey(directory, withoutKeychain, onNotice)
      : { place: 'memory', reason: unusable, bytes: undefined }
  const path = join(directory, key.place === 'keychain' ? 'tokens-keychain' : 'tokens')
  if (key.bytes === undefined) {
    onNotice({ kind: 'inMemory', path, message: `Tokens are kept in memory alone. ${key.reason}` })
  }
  const file = key.bytes && sealedFile(path, key.bytes, onNotice)
  const kept = keptTokens({ file, path, now, maximumEntries, onNotice })
  return {
    path,
    keyPlace: key.place,
    keyPlaceReason: key.reason,
    tokens: {
      get: kept.token,
      set: kept.setToken,
      ...(file && { exclusively: leases(directory) }),
    },
    signIns: {
      get: kept.signIn,
      set: kept.setSignIn,
      delete: kept.deleteSignIn,
      list: kept.signIns,
      ...(file && {
        inTurn: turns(directory),
        cachePartition: `file:${path}`,
      }),
    },
    deleteTokens: kept.deleteTokens,
    forget: kept.forget,
  }
}

/** Of a request without a person. */
const LONGEST_WAIT: WaitForTurn = { withinMilliseconds: 15_000, abortSignal: new AbortController().signal }

/** The folder is made at the first lease: a token that is there needs none. */
function leases(directory: string): NonNullable<TokenCache['exclusively']> {
  const folder = join(directory, 'leases')
  let prepared: Promise<unknown> | undefined
  return async (key, work, meanwhile, wait = LONGEST_WAIT) => {
    prepared ??= prepareLeases(folder)
      .then(() => removeOldFiles(directory, (name) => name.endsWith('.tmp')))
      .catch(() => undefined) // a lease then cannot be had either, and is done without
    await prepared
    return underLease(folder, key, work, meanwhile, wait)
  }
}

/** Turns of processes, and of stores of one process that have the same folder. */
function turns(directory: string): NonNullable<SignInStore['inTurn']> {
  const folder = join(directory, 'leases')
  const here = turnsInMemory()
  let prepared: Promise<unknown> | undefined
  return async (key, work) => {
    prepared ??= prepareLeases(folder).catch(() => undefined)
    await prepared
    return here(key, () => underTurn(folder, key, work))
  }
}

const OPTION_NAMES: OptionNames<FileStoreOptions> = {
  directory: true,
  keychain: true,
  now: true,
  maximumEntries: true,
  onNotice: true,
}

function checked(options: FileStoreOptions): Required<Omit<FileStoreOptions, 'keychain'>> & DefaultStore {
  requireOptionNames('fileStore', options, OPTION_NAMES)
  const { maximumEntries = 1_000, onNotice = warnOfNotice, now = Date.now, keychain } = options
  const named = options.directory
  const { directory, withoutKeychain } =
    named === undefined ? defaultStore() : { directory: named, withoutKeychain: undefined }
  if (typeof directory !== 'string' || directory === '') {
    throw new CredentialOptionError('directory', 'directory is empty: name a folder, or leave it out for the default.')
  }
  if (keychain !== undefined && keychain !== 'auto' && keychain !== 'off') {
    throw new CredentialOptionError('keychain', `keychain must be 'auto' or 'off', and is '${String(keychain)}'.`)
  }
  if (!Number.isInteger(maximumEntries) || maximumEntries < 1) {
    throw new CredentialOptionError(
      'maximumEntries',
      `maximumEntries must be a whole number above 0, for example 1000, and is ${maximumEntries}.`,
    )
  }
  const turnedOff = keychain === 'off' ? "The keychain is turned off by keychain: 'off'" : undefined
  return {
    directory: resolve(directory),
    withoutKeychain: keychain === undefined ? withoutKeychain : turnedOff,
    now,
    maximumEntries,
    onNotice,
  }
}
