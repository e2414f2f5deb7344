import type { Filter } from '../../directory/query.ts'
import type { GraphAnswer, GraphCall } from './call.ts'
import { filterOf, requireEventual, unknownPage } from './directory-list.ts'
import { type DirectoryObjectKind, directoryObjects, directoryObjectType, inOrder } from './directory-objects.ts'
import { equalities, isMatching } from './owned-list.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

/** Objects that belong to another one, by their ids; those that are deleted or of another kind are left out. */
export interface ListedObjects {
  readonly ids: readonly string[]
  readonly kinds: readonly DirectoryObjectKind[]
}

/**
 * One page of directory objects of different kinds, in the order of their ids: whatever comes or goes between two
 * pages, no other object is shown twice or not at all. Only the page's own objects are read, unless all of them have
 * to be looked at for a filter or a count.
 *
 * @param collection - what the context calls it: that of the kind, where the path has a cast
 */
export async function objectList(
  call: GraphCall,
  listed: ListedObjects,
  collection = 'directoryObjects',
): Promise<GraphAnswer> {
  const { query, eventual } = call
  const selected = selectedProperties(query.select, directoryObjectType)
  const filter = filterOf(query.filter, directoryObjectType)
  const isCounted = query.count && eventual && query.after === undefined
  const ids = filter || isCounted ? await matchingIds(call, listed, filter) : listed.ids
  const after = afterId(query.after)
  const left = sorted(ids).filter((id) => after === undefined || id > after)
  const page = left.slice(0, query.top)
  const found = await directoryObjects(page, call, { kinds: listed.kinds, selected })
  const last = left.length > page.length ? page.at(-1) : undefined
  return {
    kind: 'collection',
    context: collectionContext(collection, selected),
    value: inOrder(page, found).map((entity) => projection(entity, selected)),
    count: isCounted ? ids.length : undefined,
    nextLink: last === undefined ? undefined : call.nextLink(last),
  }
}

/** `…/$count`: how many objects such a list has, as text. */
export async function objectCount(call: GraphCall, listed: ListedObjects): Promise<GraphAnswer> {
  requireEventual(call)
  const filter = filterOf(call.query.filter, directoryObjectType)
  return { kind: 'text', text: String((await matchingIds(call, listed, filter)).length) }
}

async function matchingIds(
  call: GraphCall,
  { ids, kinds }: ListedObjects,
  filter: Filter | undefined,
): Promise<readonly string[]> {
  const conditions = filter ? equalities(filter, directoryObjectType) : []
  const selected = ['id', ...conditions.map(([property]) => property)]
  const found = await directoryObjects(ids, call, { kinds, selected })
  return [...found].filter(([, entity]) => isMatching(entity, conditions)).map(([id]) => id)
}

function sorted(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))].sort()
}

/** The id behind which a page begins. @throws {GraphError} 400 when it is none */
export function afterId(after: string | undefined): string | undefined {
  if (after !== undefined && !/^[\w-]{1,100}$/.test(after)) throw unknownPage()
  return after
}
