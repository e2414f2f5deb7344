import { RecentValues } from './recent-values.ts'

/** What is forgotten together. */
export const cachedKinds = [
  'tenants',
  'applications',
  'servicePrincipals',
  'passwordCredentials',
  'users',
  'permissionGrants',
  'appRoleAssignments',
  'directoryRoles',
  'signingKeys',
  'settings',
] as const
export type CachedKind = (typeof cachedKinds)[number]

type ReadByKeys<Result> = (first: string, second: string) => Promise<Result>
type ReadByKey<Result> = (key: string) => Promise<Result>

/**
 * Keeps what repeated reads found, so that a token request asks the database nothing. A read that was answered before
 * is answered by the very same resolved promise. What was not found is not kept, so a creation makes nothing stale.
 */
export interface ReadCache {
  byKeys<Result>(kind: CachedKind, load: ReadByKeys<Result>): ReadByKeys<Result>
  byKey<Result>(kind: CachedKind, load: ReadByKey<Result>): ReadByKey<Result>
  whole<Result>(kind: CachedKind, load: () => Promise<Result>): () => Promise<Result>
  /** Called when a change is kept, before anybody is told so. */
  forget(kinds: readonly CachedKind[]): void
  /** Begins to keep what is read from now on; a new cache keeps nothing yet. */
  use(): void
  /** Forgets everything and keeps nothing: what others change can no longer be heard. */
  bypass(): void
}

/** @param limit how many answers each read keeps at most */
export function readCache(limit = 10_000): ReadCache {
  const generations = new Map(cachedKinds.map((kind) => [kind, new Generation()]))
  const generationOf = (kind: CachedKind) => {
    const generation = generations.get(kind)
    if (!generation) throw new TypeError(`'${kind}' is not cached.`)
    return generation
  }
  let used = false

  const byKeys = <Result>(kind: CachedKind, load: ReadByKeys<Result>): ReadByKeys<Result> => {
    const kept = new RecentValues<Promise<Result>>(limit)
    const generation = generationOf(kind)
    generation.onEnd(() => kept.clear())
    const miss = async (first: string, second: string) => {
      const began = generation.number
      const result = await load(first, second)
      // A change that was kept while the database answered may or may not be in the answer.
      if (used && result !== undefined && generation.number === began) kept.set(first, second, Promise.resolve(result))
      return result
    }
    return (first, second) => kept.get(first, second) ?? miss(first, second)
  }
  const forget = (kinds: readonly CachedKind[]) => {
    for (const kind of kinds) generationOf(kind).end()
  }
  return {
    byKeys,
    byKey: (kind, load) => {
      const read = byKeys(kind, (_, key) => load(key))
      return (key) => read('', key)
    },
    whole: (kind, load) => {
      const read = byKeys(kind, load)
      return () => read('', '')
    },
    forget,
    use: () => {
      forget(cachedKinds)
      used = true
    },
    bypass: () => {
      used = false
      forget(cachedKinds)
    },
  }
}

/** The time between two changes of a kind. */
class Generation {
  number = 0
  readonly #ends: (() => void)[] = []

  onEnd(listener: () => void): void {
    this.#ends.push(listener)
  }

  end(): void {
    this.number += 1
    for (const listener of this.#ends) listener()
  }
}
