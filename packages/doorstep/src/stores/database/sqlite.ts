import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { type CompiledQuery, SqliteQueryCompiler } from 'kysely'
import { statementBuilder } from './builder.ts'
import {
  type Database,
  MissingReference,
  type Row,
  type Statement,
  UniqueViolation,
  UnusableDatabase,
} from './database.ts'
import { migrationSteps } from './migrations/migrate.ts'
import { constraintName, type SchemaWords } from './migrations/schema.ts'

const words: SchemaWords = {
  text: 'text',
  integer: 'integer',
  jsonText: (column, path) => `json_extract(${column}, '$.${path.join('.')}')`,
  afterTable: ' strict',
  jsonTexts: (column, path) => `json_each(${column}, '$.${path.join('.')}') as element`,
  parameter: (position) => `?${position}`,
}
const busyTimeoutInMilliseconds = 5_000
const preparedStatementsKept = 256

type Connection = InstanceType<typeof DatabaseSync>
type Prepared = ReturnType<Connection['prepare']>

/**
 * The embedded database in one file, which is made, readable by its owner only, when it is not there. A write is
 * durable when its promise resolves: it has been flushed to the disk. Calls run on the calling thread, so a
 * transaction is one synchronous step that nothing else can enter.
 * @throws {UnusableDatabase}
 */
export function openSqlite(file: string): Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
  const connection = new DatabaseSync(file, { timeout: busyTimeoutInMilliseconds, enableForeignKeyConstraints: true })
  try {
    makeDurable(connection, file)
    migrate(connection)
  } catch (error) {
    connection.close()
    if (error instanceof UnusableDatabase) throw error
    throw new UnusableDatabase(`The database file ${file} cannot be used: ${messageOf(error)}.`, { cause: error })
  }
  return databaseOver(connection)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function databaseOver(connection: Connection): Database {
  const prepare = statementCache(connection)
  return {
    builder: statementBuilder(() => new SqliteQueryCompiler()),
    query: async <Result>(query: CompiledQuery<Result>): Promise<readonly Result[]> =>
      prepare(query.sql).all(...query.parameters),
    transaction: async (statements) => {
      inTransaction(connection, () => {
        for (const statement of statements) run(prepare, statement)
      })
    },
    // One process holds the data folder, so nobody else can have anything to say.
    listen: (listener) => listener.connected(),
    close: async () => {
      if (!connection.isOpen) return
      // A stopped local cloud is one whole file, that can be copied or kept as it is.
      connection.exec('pragma wal_checkpoint(truncate)')
      connection.close()
    },
  }
}

function run(prepare: (sql: string) => Prepared, { query, refusal }: Statement): void {
  let row: Row | undefined
  try {
    // Not `all`, whose errors carry no `errcode`. All that a statement writes is written before its first row comes.
    row = prepare(query.sql).get(...query.parameters)
  } catch (error) {
    throw namedViolation(error)
  }
  const refused = refusal?.(row)
  if (refused) throw refused
}

function inTransaction(connection: Connection, work: () => void): void {
  connection.exec('begin immediate')
  try {
    work()
    connection.exec('commit')
  } catch (error) {
    if (connection.isTransaction) connection.exec('rollback')
    throw error
  }
}

/** Settings that hold for a connection, each checked: a file system without shared memory silently refuses WAL. */
function makeDurable(connection: Connection, file: string): void {
  const journal: Row = connection.prepare('pragma journal_mode = wal').get()
  connection.exec('pragma synchronous = full')
  const synchronous: Row = connection.prepare('pragma synchronous').get()
  if (journal.journal_mode !== 'wal' || synchronous.synchronous !== 2) {
    throw new UnusableDatabase(
      `The database file ${file} cannot be written durably (journal mode '${journal.journal_mode}', expected 'wal'; ` +
        `synchronous ${synchronous.synchronous}, expected 2). Put the data folder on a local disk.`,
    )
  }
}

function migrate(connection: Connection): void {
  inTransaction(connection, () => {
    const ledger: Row | undefined = connection
      .prepare("select 1 as found from sqlite_master where type = 'table' and name = 'schema_migration'")
      .get()
    const steps = migrationSteps(words, ledger !== undefined)
    for (let step = steps.next(); !step.done; ) {
      const { sql, values = [] } = step.value
      step = steps.next(connection.prepare(sql).all(...values))
    }
  })
}

/** Prepared statements, those used last; their number is bounded because each holds memory until the loop turns. */
function statementCache(connection: Connection): (sql: string) => Prepared {
  const kept = new Map<string, Prepared>()
  return (sql) => {
    const prepared = kept.get(sql) ?? connection.prepare(sql)
    kept.delete(sql)
    kept.set(sql, prepared)
    if (kept.size > preparedStatementsKept) {
      for (const oldest of kept.keys()) {
        kept.delete(oldest)
        break
      }
    }
    return prepared
  }
}

const uniqueViolationCodes = [2067, 1555]
const foreignKeyViolationCode = 787

/** SQLite names the columns (`UNIQUE constraint failed: a.b, a.c`), which is what our constraints are named after. */
function namedViolation(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error
  if (error.errcode === foreignKeyViolationCode) return new MissingReference(error.message, { cause: error })
  if (!uniqueViolationCodes.includes(error.errcode)) return error
  const columns = error.message.slice(error.message.indexOf(': ') + 2).split(', ')
  const table = columns[0]?.split('.')[0] ?? ''
  return new UniqueViolation(
    constraintName(
      table,
      columns.map((column) => column.slice(table.length + 1)),
    ),
    error,
  )
}
