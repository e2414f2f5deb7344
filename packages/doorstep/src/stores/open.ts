import { join } from 'node:path'
import { cachedStores } from './cached-stores.ts'
import { refusalOf, statementsFor } from './commit.ts'
import type { Database, Statement } from './database/database.ts'
import { openSqlite } from './database/sqlite.ts'
import { tablesToEmpty } from './database/tables.ts'
import { type CachedKind, cachedKinds, readCache } from './read-cache.ts'
import { staleAfter } from './stale-reads.ts'
import type { Stores } from './stores.ts'

export interface StoreLocation {
  /** The data folder; holds the embedded database, `doorstep.db`. */
  readonly directory: string
  /** `postgres://…` (optionally with `?schema=`) for the database of several replicas instead of the embedded one. */
  readonly database?: string | undefined
}

type ChangeListener = Parameters<Stores['onChange']>[0]

/**
 * Opens everything that is kept, and brings it to the newest form.
 * @throws {UnusableDatabase} with a sentence for the person who started Doorstep
 */
export async function openStores({ directory, database }: StoreLocation): Promise<Stores> {
  if (database === undefined) return storesOver(openSqlite(join(directory, 'doorstep.db')))
  const { openPostgres } = await import('./database/postgres.ts')
  return storesOver(await openPostgres(database))
}

function storesOver(database: Database): Stores {
  const cache = readCache()
  const listeners = new Set<ChangeListener>()
  const write = statementsFor(database.builder)

  const forget = (kinds: readonly CachedKind[]) => {
    cache.forget(kinds)
    for (const kind of ['settings', 'signingKeys'] as const) {
      if (kinds.includes(kind)) for (const listener of listeners) listener(kind)
    }
  }
  const run = async (statements: readonly Statement[], stale: readonly CachedKind[]) => {
    try {
      await database.transaction(statements, stale.length === 0 ? undefined : noticeOf(stale))
    } catch (error) {
      // Nothing was kept, or nobody knows whether it was.
      cache.forget(stale)
      throw refusalOf(error)
    }
    forget(stale)
  }
  database.listen({
    connected: () => {
      cache.use()
      // What was said while nobody listened may have been about these.
      forget(['settings', 'signingKeys'])
    },
    lost: () => cache.bypass(),
    // Our own notices too: after a commit that was never confirmed, they alone tell that it was kept.
    received: (notice) => forget(kindsOf(notice)),
  })
  return {
    ...cachedStores(database, cache),
    commit: async (changes) => {
      if (changes.length === 0) return
      await run(changes.flatMap(write), [...new Set(changes.flatMap(({ change }) => staleAfter[change]))])
    },
    onChange: (listener) => {
      listeners.add(listener)
    },
    reset: (changes) => run([...emptied(database), ...changes.flatMap(write)], cachedKinds),
    close: () => database.close(),
  }
}

function emptied({ builder }: Database): readonly Statement[] {
  return tablesToEmpty
    .filter((table) => table !== 'signing_key')
    .map((table) => ({ query: builder.deleteFrom(table).compile() }))
}

/** What replicas tell each other: the kinds of answers that are stale now. */
function noticeOf(stale: readonly CachedKind[]): string {
  return stale.join(' ')
}

/** A replica of another version may name kinds that this one does not keep. */
function kindsOf(notice: string): readonly CachedKind[] {
  const names = notice.split(' ')
  return cachedKinds.filter((kind) => names.includes(kind))
}
