import type { Filter } from '../../directory/query.ts'
import type { Entity, GraphAnswer, GraphCall } from './call.ts'
import { unsupportedFilter } from './directory-list.ts'
import type { EntityType } from './odata/known-properties.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

/** One page of the few objects that belong to another one, all of which are at hand. */
export function ownedList(
  call: GraphCall,
  type: EntityType,
  context: string,
  entities: readonly Entity[],
  filter: Filter | undefined,
): GraphAnswer {
  const selected = selectedProperties(call.query.select, type)
  const { page, ...rest } = ownedPage(call, type, entities, filter)
  return {
    kind: 'collection',
    context: collectionContext(context, selected),
    value: page.map((entity) => projection(entity, selected)),
    ...rest,
  }
}

/**
 * The same, still whole. What fits on one page keeps its order; pages are in the order of the ids, so that nothing is
 * passed over when something goes between two of them.
 */
export function ownedPage(
  { query, eventual, nextLink }: GraphCall,
  type: EntityType,
  entities: readonly Entity[],
  filter: Filter | undefined,
): { readonly page: readonly Entity[]; readonly count: number | undefined; readonly nextLink: string | undefined } {
  const { top, after } = query
  const conditions = filter ? equalities(filter, type) : []
  const matching = entities.filter((entity) => isMatching(entity, conditions))
  const fits = after === undefined && matching.length <= top
  const left = fits ? matching : [...matching].sort(byId).filter(({ id }) => after === undefined || String(id) > after)
  const page = left.slice(0, top)
  const last = left.length > page.length ? page.at(-1) : undefined
  return {
    page,
    count: query.count && eventual && after === undefined ? matching.length : undefined,
    nextLink: last && nextLink(String(last.id)),
  }
}

function byId(one: Entity, other: Entity): number {
  return String(one.id) < String(other.id) ? -1 : 1
}

/** Whether an object has all these values. */
export function isMatching(entity: Entity, conditions: readonly Equality[]): boolean {
  return conditions.every(([name, value]) => isEqual(entity[name], value))
}

export type Equality = readonly [property: string, value: string | number | boolean | null]

/** The conditions of a filter that consists of `eq` and `and` alone. @throws {GraphError} 400 for any other */
export function equalities(filter: Filter, type: EntityType): readonly Equality[] {
  if (filter.kind === 'and') return [...equalities(filter.left, type), ...equalities(filter.right, type)]
  if (filter.kind === 'compare' && filter.operator === 'eq') return [[filter.property, filter.value]]
  throw unsupportedFilter(anyProperty(filter), type)
}

/** Ids of grants and assignments tell letters' case apart, GUIDs and words do not. */
function isEqual(actual: unknown, wanted: Equality[1]): boolean {
  if (typeof actual !== 'string' || typeof wanted !== 'string') return actual === wanted
  return actual === wanted || (!/^[\w-]{40,}$/.test(actual) && actual.toLowerCase() === wanted.toLowerCase())
}

function anyProperty(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return anyProperty(filter.left)
    case 'not':
      return anyProperty(filter.operand)
    case 'any':
    case 'isEmpty':
    case 'anyStartsWith':
      return filter.collection
    default:
      return filter.property
  }
}
