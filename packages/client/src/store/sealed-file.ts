import { open, rename, stat } from 'node:fs/promises'
import type { JsonObject } from '../json-object.ts'
import { writeAtomically } from './atomic-write.ts'
import { type FileSignature, sameFile, signatureOf } from './file-signature.ts'
import { takeLock } from './lock-file.ts'
import type { NoticeListener } from './notice.ts'
import { seal, unseal } from './sealed-text.ts'
import { NOTHING_STORED, readStoredTokens, type StoredTokens, writeStoredTokens } from './stored-tokens.ts'
import { codeOf, reasonOf } from './system-error.ts'

/** The encrypted file of a store, which other processes read and change too. */
export interface SealedFile {
  /** What it holds now. It is read only when it has changed. What cannot be read counts as empty, and is noticed. */
  read(): Promise<StoredTokens>
  /** Replaces the content by what `make` makes of it, while no other process does. Rejects when it cannot be written. */
  change(make: (stored: StoredTokens) => StoredTokens): Promise<void>
}

interface Content {
  readonly signature: FileSignature | undefined
  readonly stored: StoredTokens
  readonly envelope: JsonObject
}

type Loaded =
  | ({ readonly state: 'open' } & Content)
  | { readonly state: 'newer'; readonly version: number }
  | { readonly state: 'damaged'; readonly reason: string }

const LOCK_WAIT_MILLISECONDS = 10_000

/** @param key 32 bytes */
export function sealedFile(path: string, key: Buffer, onNotice: NoticeListener): SealedFile {
  let last: Content | undefined
  let told = '' // the notice that reading gave last, so that it is not given at each look

  function tellOnce(kind: 'newerFormat' | 'notSaved', message: string): void {
    if (message !== told) onNotice({ kind, path, message })
    told = message
  }

  async function load(): Promise<Loaded> {
    const file = await open(path, 'r').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    })
    if (file === undefined) return { state: 'open', signature: undefined, stored: NOTHING_STORED, envelope: {} }
    try {
      const signature = signatureOf(await file.stat({ bigint: true }))
      const unsealed = unseal(await file.readFile('utf8'), key)
      if (unsealed.state !== 'open') return unsealed
      const { content, envelope } = unsealed
      return { state: 'open', signature, stored: readStoredTokens(content), envelope }
    } finally {
      await file.close()
    }
  }

  async function underLock<Result>(work: (stillMine: () => Promise<boolean>) => Promise<Result>): Promise<Result> {
    const taken = await takeLock(`${path}.lock`, { withinMilliseconds: LOCK_WAIT_MILLISECONDS })
    if (taken === undefined || !('lock' in taken)) throw new Error('another process holds its lock')
    try {
      return await work(taken.lock.isMine)
    } finally {
      await taken.lock.release()
    }
  }

  /** Under the lock: the content to change; a damaged file goes out of the way, and is kept. */
  async function loadToChange(): Promise<Content> {
    const loaded = await load()
    if (loaded.state === 'open') return loaded
    if (loaded.state === 'newer') throw new Error(newerMessage(loaded.version))
    const aside = `${path}.corrupt-${new Date().toISOString().replaceAll(/[-:.]/g, '')}`
    await rename(path, aside)
    const message = `The token store ${path} cannot be read: ${loaded.reason}. It was moved to ${aside}, and a new one begins; people have to sign in again.`
    onNotice({ kind: 'setAside', path: aside, message })
    return { signature: undefined, stored: NOTHING_STORED, envelope: {} }
  }

  const newerMessage = (version: number) =>
    `The token store ${path} has format ${version}, which this release does not know; it is left as it is. Update @doorstep/client, or give fileStore another directory.`

  async function readAgain(): Promise<StoredTokens> {
    const loaded = await load()
    if (loaded.state === 'newer') {
      tellOnce('newerFormat', newerMessage(loaded.version))
      return NOTHING_STORED
    }
    // Under the lock, since another process may be about to put a good file in its place.
    last = loaded.state === 'open' ? loaded : await underLock(loadToChange)
    return last.stored
  }

  return {
    async read() {
      try {
        const status = await stat(path, { bigint: true }).catch((error: unknown) => {
          if (codeOf(error) === 'ENOENT') return undefined
          throw error
        })
        if (last !== undefined && sameFile(last.signature, status && signatureOf(status))) return last.stored
        return await readAgain()
      } catch (error) {
        tellOnce('notSaved', `The token store ${path} cannot be read: ${reasonOf(error)}. Tokens are kept in memory.`)
        return NOTHING_STORED
      }
    },
    change: (make) =>
      underLock(async (stillMine) => {
        const { stored, envelope } = await loadToChange()
        const next = make(stored)
        const signature = await writeAtomically(path, seal(writeStoredTokens(next), envelope, key), stillMine)
        if (signature === undefined) throw new Error('this process was stopped for so long that it lost its lock')
        last = { signature, stored: next, envelope }
      }),
  }
}
