import type { Filter } from '../../../directory/query.ts'
import { propertyNotFound } from '../errors.ts'

/** A type of Graph's model, as far as queries know it. */
export interface EntityType {
  /** `application` */
  readonly name: string
  /** What a collection of it is called: `applications`. */
  readonly collection: string
  /** Names of its properties, in their own case. */
  readonly properties: readonly string[]
}

/**
 * The property as the type spells it: clients write names in any case. Of a path such as `web/redirectUris` only the
 * first name is looked up; what a store cannot filter by, it refuses itself.
 *
 * @throws {GraphError} when the type has no such property
 */
export function knownProperty(path: string, type: EntityType): string {
  const [first = '', ...rest] = path.split('/')
  const known = type.properties.find((property) => property.toLowerCase() === first.toLowerCase())
  if (known === undefined) throw propertyNotFound(first, type.name)
  return [known, ...rest].join('/')
}

/** A filter with the names of `type`'s properties. @throws {GraphError} when it names another. */
export function filterOnKnownProperties(filter: Filter, type: EntityType): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return {
        ...filter,
        left: filterOnKnownProperties(filter.left, type),
        right: filterOnKnownProperties(filter.right, type),
      }
    case 'not':
      return { ...filter, operand: filterOnKnownProperties(filter.operand, type) }
    case 'isEmpty':
      return { ...filter, collection: countable(filter.collection, type) }
    case 'any':
    case 'anyStartsWith':
      return { ...filter, collection: knownProperty(filter.collection, type) }
    default:
      return { ...filter, property: knownProperty(filter.property, type) }
  }
}

/** Owners are no property but a relationship, and can be counted all the same. */
function countable(collection: string, type: EntityType): string {
  return collection.toLowerCase() === 'owners' ? 'owners' : knownProperty(collection, type)
}

/** Whether Graph answers a filter as an "advanced query" only ("Advanced query capabilities on directory objects"). */
export function needsAdvancedQuery(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return needsAdvancedQuery(filter.left) || needsAdvancedQuery(filter.right)
    case 'not':
    case 'endsWith':
    case 'isEmpty':
      return true
    case 'compare':
      return filter.operator === 'ne'
    default:
      return false
  }
}
