import { sql } from 'kysely'
import type { Statement, StatementBuilder } from './database/database.ts'
import type { Tables } from './database/tables.ts'

/** More than the one row that comes with them, so that what has piled up goes; few enough to cost nothing. */
const purgedAtMost = 20

export const dayInMilliseconds = 24 * 60 * 60 * 1_000

type InstantColumn = 'expires_at' | 'created_at'

/** The tables that have both an `id` and that column. */
type TableWith<Column extends InstantColumn> = {
  [Table in keyof Tables]: Tables[Table] extends { id: string } & Record<Column, number> ? Table : never
}[keyof Tables]

/**
 * Removes rows that nobody needs any more, the oldest first and `purgedAtMost` of them. It comes with every addition
 * to the same table, so such rows do not pile up and no timer is needed.
 *
 * There is no clock here: the limit comes from the record that is added, which was issued by the one clock. It must
 * never be later than a day before that record was issued; an earlier one only lets rows stay longer.
 * @param before milliseconds since 1970
 */
export function purge<Column extends InstantColumn>(
  builder: StatementBuilder,
  table: TableWith<Column>,
  column: Column,
  before: number,
): Statement {
  const instant = sql.ref(column)
  const oldest = sql`select id from ${sql.table(table)} where ${instant} < ${before}
    order by ${instant} limit ${purgedAtMost}`
  return { query: sql`delete from ${sql.table(table)} where id in (${oldest})`.compile(builder) }
}

/** A code lives minutes, never longer than a day: so this is at least a day before it was issued. */
export function purgeBeforeCode(expiresAt: number): number {
  return expiresAt - 2 * dayInMilliseconds
}
