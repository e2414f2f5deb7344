import type { CompiledQuery, Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** Builds statements and never runs one: the database runs them. */
export type StatementBuilder = Kysely<Tables>

export type Row = Readonly<Record<string, unknown>>

/** One statement of a transaction. */
export interface Statement {
  readonly query: CompiledQuery
  /**
   * Judges the first row that the statement returned (undefined when there was none). An error it returns is thrown
   * by the transaction, of which nothing stays.
   */
  readonly refusal?: (row: Row | undefined) => Error | undefined
}

/** Hears what other processes on the same database say. */
export interface NoticeListener {
  /** From now on every notice arrives. */
  connected(): void
  /** From now on notices may be missed. */
  lost(): void
  received(notice: string): void
}

/** A relational database, as little of it as the stores need; statements keep to the SQL that all engines share. */
export interface Database {
  readonly builder: StatementBuilder
  /** Rows in the order of the statement; it must not write. */
  query<Result>(query: CompiledQuery<Result>): Promise<readonly Result[]>
  /**
   * Runs the statements in their order, all or none, and resolves when they are durable.
   * @param notice is sent to the other processes on this database if, and only if, the statements are kept.
   * @throws {UniqueViolation} {MissingReference} and whatever a statement's `refusal` returned
   */
  transaction(statements: readonly Statement[], notice?: string): Promise<void>
  /** Begins to listen, once; it ends with `close`. */
  listen(listener: NoticeListener): void
  close(): Promise<void>
}

/** A statement would have kept the same value twice. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation'
  /** Table and columns, joined by `__`: `directory_user__tenant_id__user_principal_name`. */
  readonly constraint: string
  constructor(constraint: string, cause: unknown) {
    super(`The values of ${constraint} are kept already.`, { cause })
    this.constraint = constraint
  }
}

/** A statement names a row of another table that is not there. */
export class MissingReference extends Error {
  override readonly name = 'MissingReference'
}

/** The database cannot be used, for a reason that the person who started Doorstep can do something about. */
export class UnusableDatabase extends Error {
  override readonly name = 'UnusableDatabase'
}
