import type { SortKey } from '../../../directory/query.ts'
import { badRequest } from '../errors.ts'
import { type EntityType, knownProperty } from './known-properties.ts'

/** No list can be sorted by more. */
const mostKeys = 10

/**
 * Reads `$orderby=displayName desc,createdDateTime` (OData 4.01 URL Conventions §5.1.5).
 * @throws {GraphError} 400 when it is malformed, or names a property that there is not or that is named already
 */
export function parseOrderBy(text: string, type: EntityType): readonly SortKey[] {
  const keys = text.split(',').map((item) => sortKey(item.trim(), type))
  const names = new Set(keys.map(({ property }) => property))
  if (names.size === keys.length && keys.length <= mostKeys) return keys
  throw badRequest(`The value of '$orderby' names a property twice, or more than ${mostKeys} properties.`)
}

function sortKey(text: string, type: EntityType): SortKey {
  const [, path, direction = 'asc'] = /^([A-Z_a-z][\w/]*)(?:\s+(asc|desc))?$/i.exec(text) ?? []
  if (path !== undefined) {
    return { property: knownProperty(path, type), direction: direction.toLowerCase() === 'desc' ? 'desc' : 'asc' }
  }
  throw badRequest(`The value of '$orderby' is not understood at '${text}'. Expected a property, then 'asc' or 'desc'.`)
}
