import { chmod, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from './atomic-write.ts'
import { keychainEntry } from './keychain.ts'
import { takeLock } from './lock-file.ts'
import type { NoticeListener } from './notice.ts'
import { codeOf, reasonOf } from './system-error.ts'

/** Where the key is, and why there. `bytes` is `undefined` where there is no place for one. */
export type EncryptionKey =
  | { readonly place: 'keychain' | 'keyFile'; readonly reason: string; readonly bytes: Buffer }
  | { readonly place: 'memory'; readonly reason: string; readonly bytes: undefined }

const KEY_BYTES = 32
const LOCK_WAIT_MILLISECONDS = 10_000

/**
 * The key of the store in this folder: from the operating system's keychain, else from a key file beside the store,
 * which keeps others out by its mode alone. One is made where there is none; processes that do so at the same time
 * agree on one.
 * @param withoutKeychain why the keychain is not to be used, as the beginning of a sentence; `undefined` when it is
 */
export async function encryptionKey(
  directory: string,
  withoutKeychain: string | undefined,
  onNotice: NoticeListener,
): Promise<EncryptionKey> {
  const found = withoutKeychain ?? (await keyInKeychain(directory))
  if (typeof found !== 'string') return { place: 'keychain', reason: 'The keychain holds the key.', bytes: found }
  try {
    const bytes = await keyInFile(join(directory, 'key'), onNotice)
    return { place: 'keyFile', reason: `${found}, so the key lies in ${join(directory, 'key')}.`, bytes }
  } catch (error) {
    const reason = `${found}, and ${join(directory, 'key')} cannot be used: ${reasonOf(error)}.`
    return { place: 'memory', reason, bytes: undefined }
  }
}

/**
 * The key of the store as it is: none is made, and nothing is set aside. Place and reason without bytes say where it
 * should be: `keyFile` for a file that holds no key, `memory` where there is none yet.
 */
export async function existingKey(
  directory: string,
  withoutKeychain: string | undefined,
): Promise<EncryptionKey | { place: 'keyFile'; reason: string; bytes: undefined }> {
  const entry = withoutKeychain ?? (await keychainEntry(directory))
  if (typeof entry !== 'string') {
    const bytes = parseKey(await entry.read().catch(() => undefined))
    if (bytes !== undefined) return { place: 'keychain', reason: 'The keychain holds the key.', bytes }
  }
  const path = join(directory, 'key')
  const text = await readIfThere(path)
  if (text === undefined) return { place: 'memory', reason: `There is no key in ${path}.`, bytes: undefined }
  const bytes = parseKey(text)
  if (bytes === undefined) return { place: 'keyFile', reason: `The key file ${path} holds no key.`, bytes }
  const why = typeof entry === 'string' ? entry : 'The keychain does not have the key'
  return { place: 'keyFile', reason: `${why}, so the key lies in ${path}.`, bytes }
}

/** The key, or why the keychain does not have it. */
async function keyInKeychain(directory: string): Promise<Buffer | string> {
  const entry = await keychainEntry(directory)
  if (typeof entry === 'string') return entry
  try {
    const key = parseKey(await entry.read())
    if (key !== undefined) return key
    return await alone(join(directory, 'key.lock'), async () => {
      const others = parseKey(await entry.read())
      if (others !== undefined) return others
      const made = makeKey()
      await entry.write(made.toString('base64'))
      const kept = parseKey(await entry.read())
      return kept?.equals(made) ? kept : 'The keychain does not give back what it is given'
    })
  } catch (error) {
    return `The keychain cannot be used (${error instanceof Error ? error.message : String(error)})`
  }
}

async function keyInFile(path: string, onNotice: NoticeListener): Promise<Buffer> {
  return (
    (await readKeyFile(path, onNotice)) ??
    alone(`${path}.lock`, async () => {
      const others = await readKeyFile(path, onNotice)
      if (others !== undefined) return others
      await setDamagedAside(path, onNotice)
      const made = makeKey()
      await writeAtomically(path, `${made.toString('base64')}\n`)
      return made
    })
  )
}

async function readKeyFile(path: string, onNotice: NoticeListener): Promise<Buffer | undefined> {
  const text = await readIfThere(path)
  if (text !== undefined && process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) {
    await chmod(path, 0o600).catch(() => undefined)
    const message = `Other users could read the key file ${path}; it is closed to them now. If they may have, sign in again.`
    onNotice({ kind: 'keyExposed', path, message })
  }
  return parseKey(text)
}

async function setDamagedAside(path: string, onNotice: NoticeListener): Promise<void> {
  if ((await readIfThere(path)) === undefined) return
  const aside = `${path}.corrupt-${new Date().toISOString().replaceAll(/[-:.]/g, '')}`
  await rename(path, aside)
  onNotice({ kind: 'setAside', path: aside, message: `The key file held no key. It was moved to ${aside}.` })
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function parseKey(text: string | undefined): Buffer | undefined {
  const key = Buffer.from(text?.trim() ?? '', 'base64')
  return key.length === KEY_BYTES ? key : undefined
}

function makeKey(): Buffer {
  return process.getBuiltinModule('node:crypto').randomBytes(KEY_BYTES)
}

async function alone<Result>(lockPath: string, work: () => Promise<Result>): Promise<Result> {
  const taken = await takeLock(lockPath, { withinMilliseconds: LOCK_WAIT_MILLISECONDS })
  if (taken === undefined || !('lock' in taken)) throw new Error('another process makes a key and does not finish')
  try {
    return await work()
  } finally {
    await taken.lock.release()
  }
}
