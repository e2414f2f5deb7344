import type { Filter } from '../../directory/query.ts'
import type { Entity, GraphAnswer, GraphCall } from './call.ts'
import { unknownPage, unsupportedFilter } from './directory-list.ts'
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
  const { query, eventual } = call
  const selected = selectedProperties(query.select, type)
  const conditions = filter ? equalities(filter, type) : []
  const matching = entities.filter((entity) => conditions.every(([name, value]) => isEqual(entity[name], value)))
  const start = offsetOf(query.after)
  const end = start + query.top
  return {
    kind: 'collection',
    context: collectionContext(context, selected),
    value: matching.slice(start, end).map((entity) => projection(entity, selected)),
    count: query.count && eventual && query.after === undefined ? matching.length : undefined,
    nextLink: end < matching.length ? call.nextLink(String(end)) : undefined,
  }
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

function offsetOf(after: string | undefined): number {
  if (after === undefined) return 0
  if (/^\d{1,9}$/.test(after)) return Number(after)
  throw unknownPage()
}
