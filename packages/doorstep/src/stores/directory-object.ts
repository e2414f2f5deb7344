import { type RawBuilder, sql } from 'kysely'
import { ConcurrentChange, NoSuchRecord } from '../directory/changes.ts'
import type { CountQuery, DirectoryQuery, Page } from '../directory/query.ts'
import type { Database, Row, Statement, StatementBuilder } from './database/database.ts'
import type { ObjectColumns, ObjectTable } from './database/tables.ts'
import { type FilterableProperties, whereFilter } from './filter.ts'
import { pageOrder } from './order.ts'

/** What every object of a tenant has that Graph can list and soft-delete. */
export interface DirectoryObject {
  readonly id: string
  readonly tenantId: string
  readonly createdDateTime: string
  readonly deletedDateTime: string | null
  readonly version: number
}

/** What a row says of the object that it keeps. */
export type ObjectRow = Pick<ObjectColumns, 'record' | 'version' | 'deleted_at'>

/** The columns that make an object again. */
export const objectColumns = ['record', 'version', 'deleted_at'] as const

/**
 * What makes an object of a row, wherever it is read.
 * @param addedLater - properties, with their values, that rows of an older Doorstep do not have
 */
export function objectReader<T extends DirectoryObject>(addedLater: Partial<T>): (row: ObjectRow) => T {
  return (row) => ({
    ...addedLater,
    ...JSON.parse(row.record),
    deletedDateTime: row.deleted_at,
    version: row.version,
  })
}

/** The columns that every object's row has and that an update writes. */
export function columnsOfObject(object: DirectoryObject): Omit<ObjectColumns, 'version' | 'deleted_at'> {
  return {
    id: folded(object.id),
    tenant_id: folded(object.tenantId),
    created_at: instant(object.createdDateTime),
    record: recordOf(object),
  }
}

/** The columns that a new object's row begins with, and that change by themselves. */
export function columnsOfNewObject(object: DirectoryObject): Pick<ObjectColumns, 'version' | 'deleted_at'> {
  return { deleted_at: object.deletedDateTime, version: object.version }
}

/** What a row keeps of an object as text; what changes alone has a column of its own. */
function recordOf(object: DirectoryObject): string {
  return JSON.stringify({ ...object, version: undefined, deletedDateTime: undefined })
}

/** GUIDs, names and addresses are compared in any case, as Graph does. */
export function folded(text: string): string {
  return text.toLowerCase()
}

export function foldedOrNull(text: string | null): string | null {
  return text === null ? null : folded(text)
}

/** Milliseconds since 1970 of an ISO 8601 instant. */
export function instant(isoText: string): number {
  const milliseconds = Date.parse(isoText)
  if (Number.isNaN(milliseconds)) throw new TypeError(`'${isoText}' is no instant; expected ISO 8601.`)
  return milliseconds
}

/** What an update sets `version` to. */
export const nextVersion = sql<number>`version + 1`

/** Refuses an update that found no row, or one that has moved on; the statement returns the row's new `version`. */
export function unlessMovedOn(kind: string, object: DirectoryObject): (row: Row | undefined) => Error | undefined {
  return (row) => {
    if (!row) return new NoSuchRecord(`There is no ${kind} ${object.id}.`)
    if (row.version === object.version + 1) return undefined
    return new ConcurrentChange(`The ${kind} ${object.id} has been changed since version ${object.version} was read.`)
  }
}

/** Refuses a statement that returned no row. */
export function unlessMissing(kind: string, id: string): (row: Row | undefined) => Error | undefined {
  return (row) => (row ? undefined : new NoSuchRecord(`There is no ${kind} ${id}.`))
}

/** Marks a live object as deleted. */
export function softDelete(
  builder: StatementBuilder,
  object: { readonly table: ObjectTable; readonly kind: string; readonly id: string; readonly deletedDateTime: string },
): Statement {
  const query = sql`
    update ${sql.table(object.table)} set deleted_at = ${object.deletedDateTime}, version = version + 1
    where id = ${folded(object.id)} and deleted_at is null returning id`
  return { query: query.compile(builder), refusal: unlessMissing(object.kind, object.id) }
}

/**
 * Refuses when an object, which is in one of `tables`, is not there or deleted. Its row is held until the end of the
 * transaction, by an update that changes nothing: a deletion at the same moment comes wholly before or wholly after.
 */
export function mustBeLive(
  builder: StatementBuilder,
  tables: readonly ObjectTable[],
  kind: string,
  id: string,
): readonly Statement[] {
  const holds = tables.map((table) => ({
    query: sql`update ${sql.table(table)} set version = version where id = ${folded(id)}`.compile(builder),
  }))
  const live = tables.map(
    (table) => sql`select id from ${sql.table(table)} where id = ${folded(id)} and deleted_at is null`,
  )
  const query = sql`${sql.join(live, sql` union all `)}`.compile(builder)
  return [...holds, { query, refusal: unlessMissing(kind, id) }]
}

/** Where objects of a kind are kept, and how a row becomes one. */
export interface KeptObjects<T, R extends ObjectRow> {
  readonly table: ObjectTable
  readonly columns: readonly (keyof R & string)[]
  readonly objectOf: (row: R) => T
}

/** Which of a tenant's objects are meant. */
const living = sql`deleted_at is null`

/**
 * One page of a tenant's objects, in the order that the query asks for or that an index gives.
 * @param among - the condition of those that are meant: the live ones when it is left out
 * @throws {UnsupportedFilter} {UnsupportedOrder} {UnknownPage}
 */
export async function pageOf<T extends DirectoryObject, R extends ObjectRow>(
  database: Database,
  { table, columns, objectOf: read }: KeptObjects<T, R>,
  properties: FilterableProperties,
  query: DirectoryQuery,
  among = living,
): Promise<Page<T>> {
  const order = pageOrder(query, properties)
  const selected = [...columns.map((column) => sql.ref(column)), ...order.columns]
  const after = query.after === undefined ? sql`` : sql`and ${order.behind(query.after)}`
  const rows = await database.query(
    sql<R>`
      select ${sql.join(selected)} from ${sql.table(table)} where ${objectsOf(properties, query, among)} ${after}
      order by ${order.orderBy} limit ${query.top + 1}`.compile(database.builder),
  )
  const kept = rows.slice(0, query.top)
  const items = kept.map(read)
  const [lastRow, last] = [kept.at(-1), items.at(-1)]
  const isWhole = rows.length <= query.top || !lastRow || !last
  return { items, next: isWhole ? undefined : order.placeOf(last.id, lastRow) }
}

/** How many of a tenant's objects a query finds. @throws {UnsupportedFilter} */
export async function countOf(
  database: Database,
  table: ObjectTable,
  properties: FilterableProperties,
  query: CountQuery,
  among = living,
): Promise<number> {
  const counting = sql<{ found: number }>`
    select count(*) as found from ${sql.table(table)} where ${objectsOf(properties, query, among)}`
  return (await database.query(counting.compile(database.builder)))[0]?.found ?? 0
}

function objectsOf(properties: FilterableProperties, { tenantId, filter }: CountQuery, among: RawBuilder<unknown>) {
  const matching = filter === undefined ? sql`` : sql`and ${whereFilter(filter, properties)}`
  return sql`tenant_id = ${folded(tenantId)} and ${among} ${matching}`
}
