import { constants } from 'node:fs'
import { access, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { partitionOfToken } from '../cache/token-key.ts'
import { existingKey } from './encryption-key.ts'
import { unseal } from './sealed-text.ts'
import { defaultStore } from './store-folder.ts'
import { readStoredTokens, type StoredTokens, tokenOf } from './stored-tokens.ts'
import { codeOf, reasonOf } from './system-error.ts'

/** What a look at a token store finds. */
export interface StoreLook {
  readonly directory: string
  /** `empty`: nothing is kept yet. `damaged`: what is kept cannot be read. `unusable`: nothing can be kept. */
  readonly state: 'good' | 'empty' | 'damaged' | 'unusable'
  /** Why, in a sentence; where the store is good, where its key is. */
  readonly reason: string
  /** Paths of files that could not be read, and were set aside. */
  readonly setAside: readonly string[]
  /** What is kept under a partition's name. */
  holds(partition: string): 'signIn' | 'token' | undefined
}

/** Looks at the store that `fileStore()` opens. It makes nothing, changes nothing and sets nothing aside. */
export async function lookAtStore(): Promise<StoreLook> {
  const { directory, withoutKeychain } = defaultStore()
  const nothing = { directory, setAside: [], holds: () => undefined }
  try {
    const names = await namesIn(directory)
    if (names === undefined) return { ...nothing, state: 'empty', reason: 'The first login makes it.' }
    await access(directory, constants.W_OK)
    const setAside = names.filter((name) => name.includes('.corrupt-')).map((name) => join(directory, name))
    return { ...nothing, setAside, ...(await lookInside(directory, withoutKeychain)) }
  } catch (error) {
    return { ...nothing, state: 'unusable', reason: `The folder ${directory} cannot be used: ${reasonOf(error)}.` }
  }
}

type Inside = Pick<StoreLook, 'state' | 'reason'> & Partial<Pick<StoreLook, 'holds'>>

async function lookInside(directory: string, withoutKeychain: string | undefined): Promise<Inside> {
  const key = await existingKey(directory, withoutKeychain)
  const text = await textOf(join(directory, key.place === 'keychain' ? 'tokens-keychain' : 'tokens'))
  if (key.bytes === undefined) {
    const isLost = text !== undefined || key.place === 'keyFile'
    return { state: isLost ? 'damaged' : 'empty', reason: key.reason }
  }
  if (text === undefined) return { state: 'good', reason: key.reason }
  const unsealed = unseal(text, key.bytes)
  if (unsealed.state === 'newer') return { state: 'damaged', reason: `Its format ${unsealed.version} is newer.` }
  if (unsealed.state === 'damaged') return { state: 'damaged', reason: `It cannot be read: ${unsealed.reason}.` }
  const holds = holdings(readStoredTokens(unsealed.content))
  return { state: 'good', reason: key.reason, holds }
}

function holdings({ tokens, signIns }: StoredTokens): StoreLook['holds'] {
  const good = [...tokens].filter(([, entry]) => tokenOf(entry, Date.now()) !== undefined)
  const partitions = new Set(good.map(([key]) => partitionOfToken(key)))
  return (partition) => (signIns.has(partition) ? 'signIn' : partitions.has(partition) ? 'token' : undefined)
}

/** Undefined where the folder is not there yet. @throws when it is not one, or could not be made either */
async function namesIn(directory: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    await requireWritableParent(dirname(directory))
    return undefined
  }
}

async function requireWritableParent(folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    await requireWritableParent(dirname(folder))
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
