import { type CompiledQuery, PostgresQueryCompiler } from 'kysely'
import pg from 'pg'
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
import type { SchemaWords } from './migrations/schema.ts'
import { type PostgresAddress, postgresAddress } from './postgres-address.ts'
import { noticeChannel, postgresListener } from './postgres-listener.ts'

const words: SchemaWords = {
  text: 'text collate "C"',
  integer: 'bigint',
  jsonText: (column, path) => `${column}::json #>> '{${path.join(',')}}'`,
  afterTable: '',
  jsonTexts: (column, path) =>
    `jsonb_array_elements_text(${column}::jsonb #> '{${path.join(',')}}') as element (value)`,
  parameter: (position) => `$${position}`,
}
const connectionsAtMost = 10
const connectTimeoutInMilliseconds = 10_000
/** Keys of advisory locks: any numbers that nobody else uses on this database. */
const migrationLock = 7_301_954_620_117
const writeLock = 7_301_954_620_118
/** A process that stops in the middle of a transaction would keep the others waiting. */
const idleInTransactionAtMostMilliseconds = 10_000
const attemptsAtMost = 5

/**
 * A PostgreSQL database, shared by any number of replicas. Broken connections are replaced as they are needed.
 * @param database `postgres://user:password@host:5432/name`, optionally with `?schema=`
 * @throws {UnusableDatabase}
 */
export async function openPostgres(database: string): Promise<Database> {
  const address = postgresAddress(database)
  const pool = new pg.Pool({
    connectionString: address.connectionString,
    application_name: 'doorstep',
    max: connectionsAtMost,
    connectionTimeoutMillis: connectTimeoutInMilliseconds,
    idle_in_transaction_session_timeout: idleInTransactionAtMostMilliseconds,
    keepAlive: true,
    types: numbersForIntegers,
  })
  // An idle connection that breaks has already left the pool; without a listener the process would end.
  pool.on('error', () => {})
  try {
    await migrate(pool, address)
  } catch (error) {
    await pool.end()
    if (error instanceof UnusableDatabase) throw error
    throw new UnusableDatabase(`The PostgreSQL database cannot be used: ${messageOf(error)}.`, { cause: error })
  }
  return databaseOver(pool, address)
}

function databaseOver(pool: pg.Pool, address: PostgresAddress): Database {
  const listener = postgresListener(address.connectionString)
  let ended: Promise<void> | undefined
  return {
    builder: statementBuilder(() => new PostgresQueryCompiler()),
    query: <Result>(query: CompiledQuery<Result>) =>
      again(async () => (await pool.query<Result & pg.QueryResultRow>(query.sql, parametersOf(query))).rows),
    transaction: (statements, notice) => again(() => inTransaction(pool, statements, notice)),
    listen: (heard) => listener.start(heard),
    close: () => {
      ended ??= Promise.all([listener.close(), pool.end()]).then(() => {})
      return ended
    },
  }
}

const begin = 'begin isolation level read committed'
/**
 * Transactions of several statements wait for each other at their start, as they do on the embedded database. Else
 * two that touch the same rows in another order would wait for each other for ever: the server notices after a second
 * and ends one, which under load meets the next.
 */
const beginInTurn = `${begin}; select pg_advisory_xact_lock(${writeLock})`

async function inTransaction(pool: pg.Pool, statements: readonly Statement[], notice: string | undefined) {
  const client = await pool.connect()
  let broken: Error | undefined
  // A connection that breaks while it is lent says so here too; the statement under way fails as well.
  const noteBroken = (error: Error) => {
    broken = error
  }
  client.on('error', noteBroken)
  let committing = false
  try {
    await client.query(statements.length > 1 ? beginInTurn : begin)
    for (const { query, refusal } of statements) {
      const { rows } = await client.query<Row>(query.sql, parametersOf(query))
      const refused = refusal?.(rows[0])
      if (refused) throw refused
    }
    if (notice !== undefined) await client.query('select pg_notify($1, $2)', [noticeChannel, notice])
    committing = true
    await client.query('commit')
  } catch (error) {
    // Whether a COMMIT that got no answer was kept is unknown: such a connection tells nothing more, and nobody tries
    // the statements a second time.
    if (committing) {
      broken = new Error('The database did not confirm a commit; it may or may not have been kept.', { cause: error })
      throw broken
    }
    await client.query('rollback').catch(noteBroken)
    throw namedViolation(error)
  } finally {
    client.off('error', noteBroken)
    client.release(broken)
  }
}

/** Tries again what certainly did not happen: the connection broke before its end, or the server asked for it. */
async function again<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === attemptsAtMost || !isPassing(error)) throw error
    }
  }
}

const passingCodes = ['40001', '40P01', '57P01', '57P02', '08003', '08006', 'ECONNRESET', 'EPIPE']

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && typeof error.code === 'string') return passingCodes.includes(error.code)
  return error.message === 'Connection terminated' || error.message === 'Connection terminated unexpectedly'
}

async function migrate(pool: pg.Pool, { schema }: PostgresAddress): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock])
    if (schema !== undefined) await createSchema(client, schema)
    const ledger = await client.query<{ found: boolean }>("select to_regclass('schema_migration') is not null as found")
    const steps = migrationSteps(words, ledger.rows[0]?.found === true)
    for (let step = steps.next(); !step.done; ) {
      const { sql, values = [] } = step.value
      step = steps.next((await client.query<Row>(sql, [...values])).rows)
    }
    await client.query('commit')
    client.release()
  } catch (error) {
    client.release(true)
    throw error
  }
}

/** Only when it is not there: `if not exists` would ask for a right that is needed once. */
async function createSchema(client: pg.PoolClient, schema: string): Promise<void> {
  const found = await client.query('select 1 from pg_namespace where nspname = $1', [schema])
  if (found.rows.length === 0) await client.query(`create schema ${client.escapeIdentifier(schema)}`)
}

/** PostgreSQL cannot hold the character NUL in a text; replaced in values and questions alike, it still compares. */
function parametersOf(query: CompiledQuery): unknown[] {
  return query.parameters.map((value) =>
    typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value,
  )
}

const int8 = 20

/** Our 64-bit columns hold milliseconds and counters, which a number holds exactly. */
const numbersForIntegers: pg.CustomTypesConfig = {
  getTypeParser: (type: number, format?: 'text' | 'binary') =>
    type === int8 ? Number : pg.types.getTypeParser(type, format),
}

function namedViolation(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error
  if (error.code === '23503') return new MissingReference(error.message, { cause: error })
  return error.code === '23505' ? new UniqueViolation(error.constraint ?? '', error) : error
}

function messageOf(error: unknown): string {
  // Several addresses for one name that all refuse give an error without a message of its own.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
