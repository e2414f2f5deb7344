import { type RawBuilder, sql } from 'kysely'
import { type DirectoryQuery, type Filter, type SortKey, UnknownPage, UnsupportedOrder } from '../directory/query.ts'
import type { FilterableProperties, FilterableProperty } from './filter.ts'

/** One column of the order of a page; the last one is the object's id. */
interface OrderTerm extends Pick<FilterableProperty, 'column' | 'kind'> {
  readonly direction: SortKey['direction']
}

/** The order in which objects are paged: stable, as the id comes last. */
export interface PageOrder {
  /** Further columns to read, from which the place of the last object is made: `order_1`, `order_2` … */
  readonly columns: readonly RawBuilder<unknown>[]
  /** What follows `order by`. */
  readonly orderBy: RawBuilder<unknown>
  /** The condition that an object comes behind `after`. @throws {UnknownPage} */
  behind(after: string): RawBuilder<unknown>
  /** The `next` of a page whose last object has this id and whose row has the further columns. */
  placeOf(id: string, row: Readonly<Record<string, unknown>>): string
}

/**
 * The order that a query asks for. Without one, that of the index which answers its filter, so that the database
 * reads a page and no more; else that of the ids.
 *
 * @throws {UnsupportedOrder}
 */
export function pageOrder(query: DirectoryQuery, properties: FilterableProperties): PageOrder {
  const keys = query.orderBy ?? []
  const terms = keys.length > 0 ? keys.map((key) => sortTerm(key, properties)) : indexTerms(query.filter, properties)
  const byId: OrderTerm = { column: sql.ref('id'), kind: 'text', direction: terms[0]?.direction ?? 'asc' }
  const all = [...terms, byId]
  return {
    columns: terms.map(({ column }, index) => sql`${column} as ${sql.ref(`order_${index + 1}`)}`),
    orderBy: sql.join(all.map(({ column, direction }) => sql`${column} ${sql.raw(direction)}`)),
    behind: (after) => behind(all, placeIn(after, terms)),
    placeOf: (id, row) =>
      terms.length === 0
        ? id
        : JSON.stringify([...terms.map((_, index) => row[`order_${index + 1}`]), id.toLowerCase()]),
  }
}

function sortTerm({ property: name, direction }: SortKey, { properties, sortable = [] }: FilterableProperties) {
  const property = sortable.includes(name) ? properties.get(name) : undefined
  if (!property) throw new UnsupportedOrder(name)
  return { column: property.column, kind: property.kind, direction }
}

/** The text whose beginning every object of the answer shares, when an index is in its order. */
function indexTerms(filter: Filter | undefined, { properties, indexed = [] }: FilterableProperties): OrderTerm[] {
  const name = filter && leadingPrefix(filter, indexed)
  const property = name === undefined ? undefined : properties.get(name)
  return property ? [{ column: property.column, kind: property.kind, direction: 'asc' }] : []
}

function leadingPrefix(filter: Filter, indexed: readonly string[]): string | undefined {
  if (filter.kind === 'startsWith') return indexed.includes(filter.property) ? filter.property : undefined
  if (filter.kind !== 'and') return undefined
  // Equality leaves less to read than a prefix does, and its answers lie in the order of their ids.
  if (hasEquality(filter, indexed)) return undefined
  return leadingPrefix(filter.left, indexed) ?? leadingPrefix(filter.right, indexed)
}

function hasEquality(filter: Filter, indexed: readonly string[]): boolean {
  if (filter.kind === 'and') return hasEquality(filter.left, indexed) || hasEquality(filter.right, indexed)
  return filter.kind === 'compare' && filter.operator === 'eq' && indexed.includes(filter.property)
}

type Place = readonly (string | number)[]

/** @throws {UnknownPage} when `after` was not made for these terms */
function placeIn(after: string, terms: readonly OrderTerm[]): Place {
  if (terms.length === 0) return [after.toLowerCase()]
  const place = parsed(after)
  const expected = [...terms.map(({ kind }) => (['text', 'isoInstant'].includes(kind) ? 'string' : 'number')), 'string']
  const fits =
    Array.isArray(place) &&
    place.length === expected.length &&
    place.every((value, index) => typeof value === expected[index] && isKeepable(value))
  if (!fits) throw new UnknownPage(`'${after}' is the end of no page in this order.`)
  return place
}

function parsed(after: string): unknown {
  try {
    return JSON.parse(after)
  } catch {
    return undefined
  }
}

function isKeepable(value: unknown): boolean {
  return typeof value === 'number' ? Number.isSafeInteger(value) : !String(value).includes('\0')
}

/** A comparison of rows where the directions agree, which an index answers; else one alternative for each column. */
function behind(terms: readonly OrderTerm[], place: Place): RawBuilder<unknown> {
  const [first] = terms
  if (terms.every(({ direction }) => direction === first?.direction)) {
    const columns = sql.join(terms.map(({ column }) => column))
    return sql`(${columns}) ${beyond(first?.direction ?? 'asc')} (${sql.join(place)})`
  }
  const alternatives = terms.map(({ column, direction }, index) => {
    const equal = terms.slice(0, index).map((term, before) => sql`${term.column} = ${place[before]} and `)
    return sql`(${sql.join(equal, sql``)}${column} ${beyond(direction)} ${place[index]})`
  })
  return sql`(${sql.join(alternatives, sql` or `)})`
}

function beyond(direction: SortKey['direction']): RawBuilder<unknown> {
  return direction === 'asc' ? sql`>` : sql`<`
}
