import { partitionOfToken } from '../cache/token-key.ts'
import type { AccessToken } from '../credential.ts'
import type { SignIn } from '../person/sign-in.ts'
import type { NoticeListener } from './notice.ts'
import type { SealedFile } from './sealed-file.ts'
import {
  applyChanges,
  isDropped,
  NOTHING_STORED,
  type StoredTokens,
  signInOf,
  type TokenChanges,
  tokenOf,
  withoutPartitions,
} from './stored-tokens.ts'
import { reasonOf } from './system-error.ts'

/** The tokens and sign-ins of a store: those in its file, and before them the changes that are not there yet. */
export interface KeptTokens {
  token(key: string): Promise<AccessToken | undefined>
  setToken(key: string, token: AccessToken): Promise<void>
  signIn(key: string): Promise<SignIn | undefined>
  /** Another account than before means another person: no access token of before is kept. */
  setSignIn(key: string, signIn: SignIn): Promise<void>
  signIns(): Promise<readonly SignIn[]>
  /**
   * Forgets the access tokens of the partition too, and all of them where none is named. Rejects when the file cannot be
   * written: what it still holds is not gone.
   */
  deleteSignIn(key: string, partition?: string): Promise<void>
  /** Rejects when the file cannot be written. */
  deleteTokens(): Promise<void>
  /** Forgets tokens and sign-ins of some partitions. Rejects when the file cannot be written. */
  forget(isMeant: (partition: string) => boolean): Promise<void>
}

export interface KeptTokensSettings {
  /** `undefined`: everything stays in memory. */
  readonly file: SealedFile | undefined
  readonly path: string
  readonly now: () => number
  readonly maximumEntries: number
  readonly onNotice: NoticeListener
}

export function keptTokens({ file, path, now, maximumEntries, onNotice }: KeptTokensSettings): KeptTokens {
  const tokens: TokenChanges['tokens'] = new Map()
  const signIns: TokenChanges['signIns'] = new Map()
  /** Stored tokens that are to go: those of a partition, or all (`undefined`). */
  let drops: readonly (string | undefined)[] = []
  let waiting: Promise<string | undefined> | undefined
  let running: Promise<unknown> = Promise.resolve()
  let told = false

  const read = async (): Promise<StoredTokens> => (file === undefined ? NOTHING_STORED : file.read())

  /** Saves all changes so far; those that come while another save runs share the next. @returns why it failed */
  function save(): Promise<string | undefined> {
    waiting ??= running.then(() => {
      waiting = undefined
      const saving = saveNow().then(() => undefined, failed)
      running = saving
      return saving
    })
    return waiting
  }

  async function saveNow(): Promise<void> {
    if (file === undefined) return
    const changes = { tokens: new Map(tokens), signIns: new Map(signIns), withoutStored: drops }
    await file.change((stored) => applyChanges(stored, changes, { now: now(), maximumEntries }))
    for (const [key, token] of changes.tokens) if (tokens.get(key) === token) tokens.delete(key)
    for (const [key, signIn] of changes.signIns) if (signIns.get(key) === signIn) signIns.delete(key)
    drops = drops.slice(changes.withoutStored.length)
    told = false
  }

  function failed(error: unknown): string {
    const message = `The token store ${path} cannot be written: ${reasonOf(error)}. What is new is kept in memory.`
    if (!told) onNotice({ kind: 'notSaved', path, message })
    told = true
    return message
  }

  function dropTokens(partition?: string): void {
    for (const key of tokens.keys()) if (isDropped(key, [partition])) tokens.delete(key)
    drops = [...drops, partition]
  }

  async function signIn(key: string): Promise<SignIn | undefined> {
    if (signIns.has(key)) return signIns.get(key)
    return signInOf((await read()).signIns.get(key))
  }

  async function saveOrThrow(): Promise<void> {
    const failure = await save()
    if (failure !== undefined) throw new Error(failure)
  }

  return {
    async token(key) {
      const unsaved = tokens.get(key)
      const stored = isDropped(key, drops) ? undefined : tokenOf((await read()).tokens.get(key), now())
      if (unsaved === undefined || unsaved.expiresOnTimestamp <= now()) return stored
      return stored !== undefined && stored.expiresOnTimestamp > unsaved.expiresOnTimestamp ? stored : unsaved
    },
    async setToken(key, token) {
      tokens.delete(key) // so that the newest is last
      tokens.set(key, token)
      const oldest = tokens.keys().next()
      if (tokens.size > maximumEntries && !oldest.done) tokens.delete(oldest.value)
      await save()
    },
    signIn,
    async setSignIn(key, next) {
      const before = await signIn(key)
      if (before !== undefined && before.homeAccountId !== next.homeAccountId) dropTokens()
      signIns.set(key, next)
      await save()
    },
    async signIns() {
      const changes = { tokens, signIns, withoutStored: [] }
      const all = applyChanges(await read(), changes, { now: now(), maximumEntries }).signIns
      return [...all.values()].map(signInOf).filter((signIn) => signIn !== undefined)
    },
    async deleteSignIn(key, partition) {
      signIns.set(key, undefined)
      dropTokens(partition)
      await saveOrThrow()
    },
    async deleteTokens() {
      dropTokens()
      await saveOrThrow()
    },
    async forget(isMeant) {
      for (const key of tokens.keys()) if (isMeant(partitionOfToken(key))) tokens.delete(key)
      for (const key of signIns.keys()) if (isMeant(key)) signIns.delete(key)
      const stored = await read()
      const rest = withoutPartitions(stored, isMeant)
      if (rest.tokens.size === stored.tokens.size && rest.signIns.size === stored.signIns.size) return
      try {
        await file?.change((present) => withoutPartitions(present, isMeant))
      } catch (error) {
        throw new Error(failed(error))
      }
    },
  }
}
