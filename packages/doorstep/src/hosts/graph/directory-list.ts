import {
  type CountQuery,
  type DirectoryQuery,
  type Filter,
  type Page,
  UnknownPage,
  UnsupportedFilter,
  UnsupportedOrder,
} from '../../directory/query.ts'
import type { Entity, GraphAnswer, GraphCall } from './call.ts'
import { requestBadRequest, unsupportedQuery } from './errors.ts'
import { type Expandable, expansionOf } from './expanded.ts'
import { parseFilter } from './odata/filter.ts'
import { FilterSyntaxError } from './odata/filter-tokens.ts'
import { type EntityType, filterOnKnownProperties, needsAdvancedQuery } from './odata/known-properties.ts'
import { parseOrderBy } from './odata/order-by.ts'
import { parseSearch } from './odata/search.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

interface Listable<Item> {
  list(query: DirectoryQuery): Promise<Page<Item>>
  count(query: CountQuery): Promise<number>
}

/** One page of a collection of the caller's tenant, with all that its query asks for, and a link onwards. */
export async function directoryList<Item extends Expandable>(
  call: GraphCall,
  type: EntityType,
  store: Listable<Item>,
  represent: (item: Item, selected: readonly string[] | undefined) => Promise<Entity>,
): Promise<GraphAnswer> {
  const { query, caller } = call
  const selected = selectedProperties(query.select, type)
  const expansion = expansionOf(call, type)
  const filter = searchedFilter(call, type)
  const orderBy = query.orderBy === undefined ? undefined : parseOrderBy(query.orderBy, type)
  const asked = { tenantId: caller.tenantId, filter, orderBy, top: query.top, after: query.after }
  const page = await answered(() => store.list(asked), type)
  const entities = await Promise.all(page.items.map((item) => represent(item, selected)))
  const related = await expansion?.relatedOf(page.items)
  return {
    kind: 'collection',
    context: collectionContext(type.collection, selected, expansion),
    value: entities.map((entity, index) => ({ ...projection(entity, selected), ...related?.[index] })),
    count: countIsAsked(call) ? await answered(() => store.count(asked), type) : undefined,
    nextLink: page.next === undefined ? undefined : call.nextLink(page.next),
  }
}

/** `GET /{collection}/$count`: a number as text. */
export async function directoryCount(
  call: GraphCall,
  type: EntityType,
  store: Pick<Listable<unknown>, 'count'>,
): Promise<GraphAnswer> {
  requireEventual(call)
  const { tenantId } = call.caller
  const filter = searchedFilter({ ...call, query: { ...call.query, count: true } }, type)
  return { kind: 'text', text: String(await answered(() => store.count({ tenantId, filter }), type)) }
}

/** What a path that ends in `/$count` needs. @throws {GraphError} 400 */
export function requireEventual({ eventual }: GraphCall): void {
  if (eventual) return
  throw requestBadRequest("$count is not currently supported. Send the header 'ConsistencyLevel: eventual' with it.")
}

/** Without the header Graph ignores `$count`; it counts on the first page only. */
function countIsAsked({ query, eventual }: GraphCall): boolean {
  return query.count && eventual && query.after === undefined
}

/** What `$filter` and `$search` leave together. */
function searchedFilter(call: GraphCall, type: EntityType): Filter | undefined {
  const filter = parsedFilter(call, type)
  const search = parsedSearch(call, type)
  return filter && search ? { kind: 'and', left: filter, right: search } : (filter ?? search)
}

function parsedSearch({ query, eventual }: GraphCall, type: EntityType): Filter | undefined {
  if (query.search === undefined) return undefined
  if (eventual) return parseSearch(query.search, type)
  const header = "a special request header: 'ConsistencyLevel: eventual'"
  throw unsupportedQuery(`Request with $search query parameter only works through MSGraph with ${header}.`)
}

/** Sorting what a filter leaves is an advanced query too ("Advanced query capabilities on directory objects"). */
function parsedFilter({ query, eventual }: GraphCall, type: EntityType): Filter | undefined {
  const filter = filterOf(query.filter, type)
  if (!filter || (eventual && query.count)) return filter
  const needed = "it needs the header 'ConsistencyLevel: eventual' and $count=true"
  if (needsAdvancedQuery(filter)) {
    throw unsupportedQuery(`Unsupported Query. The filter is an advanced query: ${needed}.`)
  }
  if (query.orderBy !== undefined) {
    throw unsupportedQuery(`Sorting not supported for current query. With $filter it is an advanced query: ${needed}.`)
  }
  return filter
}

/** A `$filter` on the properties of `type`. @throws {GraphError} 400 when it is malformed or names another property */
export function filterOf(text: string | undefined, type: EntityType): Filter | undefined {
  if (text === undefined) return undefined
  try {
    return filterOnKnownProperties(parseFilter(text), type)
  } catch (error) {
    if (error instanceof FilterSyntaxError) throw requestBadRequest(`Invalid filter clause: ${error.message}.`)
    if (error instanceof UnsupportedFilter) throw unsupportedFilter(error.property, type)
    throw error
  }
}

/** What a store answers; what it refuses, in Graph's words. */
async function answered<Result>(ask: () => Promise<Result>, type: EntityType): Promise<Result> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof UnsupportedFilter) throw unsupportedFilter(error.property, type)
    if (error instanceof UnsupportedOrder)
      throw unsupportedQuery(`Sorting not supported for current query. ${error.message}`)
    if (error instanceof UnknownPage) throw unknownPage()
    throw error
  }
}

/** A `$skiptoken` that somebody has made up. */
export function unknownPage() {
  return requestBadRequest(
    "The value of '$skiptoken' is not one that this service made; follow '@odata.nextLink' as it is.",
  )
}

/** A filter on a property by which this collection cannot be filtered. */
export function unsupportedFilter(property: string, type: EntityType) {
  const resource = type.name.charAt(0).toUpperCase() + type.name.slice(1)
  return unsupportedQuery(
    `Unsupported or invalid query filter clause specified for property '${property}' of resource '${resource}'.`,
  )
}
