import { type DirectoryQuery, type Filter, type Page, UnknownPage, UnsupportedFilter } from '../../directory/query.ts'
import type { Entity, GraphAnswer, GraphCall } from './call.ts'
import { requestBadRequest, unsupportedQuery } from './errors.ts'
import { parseFilter } from './odata/filter.ts'
import { FilterSyntaxError } from './odata/filter-tokens.ts'
import { type EntityType, filterOnKnownProperties, needsAdvancedQuery } from './odata/known-properties.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

interface Listable<Item> {
  list(query: DirectoryQuery): Promise<Page<Item>>
}

/** One page of a collection of the caller's tenant, with `$filter`, `$select`, `$top`, `$count` and a link onwards. */
export async function directoryList<Item>(
  call: GraphCall,
  type: EntityType,
  store: Listable<Item>,
  represent: (item: Item, selected: readonly string[] | undefined) => Promise<Entity>,
): Promise<GraphAnswer> {
  const { query, caller } = call
  const selected = selectedProperties(query.select, type)
  const filter = parsedFilter(call, type)
  const asked = { tenantId: caller.tenantId, filter, top: query.top, after: query.after }
  const page = await pageOf(store, asked, type)
  const value = await Promise.all(page.items.map(async (item) => projection(await represent(item, selected), selected)))
  return {
    kind: 'collection',
    context: collectionContext(type.collection, selected),
    value,
    count: countIsAsked(call) ? await countOf(store, filter, call, type) : undefined,
    nextLink: page.next === undefined ? undefined : call.nextLink(page.next),
  }
}

/** `GET /{collection}/$count`: a number as text. */
export async function directoryCount<Item>(
  call: GraphCall,
  type: EntityType,
  store: Listable<Item>,
): Promise<GraphAnswer> {
  if (!call.eventual) {
    throw requestBadRequest("$count is not currently supported. Send the header 'ConsistencyLevel: eventual' with it.")
  }
  return { kind: 'text', text: String(await countOf(store, parsedFilter(call, type), call, type)) }
}

/** Without the header Graph ignores `$count`; it counts on the first page only. */
function countIsAsked({ query, eventual }: GraphCall): boolean {
  return query.count && eventual && query.after === undefined
}

function parsedFilter({ query, eventual }: GraphCall, type: EntityType): Filter | undefined {
  const filter = filterOf(query.filter, type)
  if (filter && needsAdvancedQuery(filter) && !(eventual && query.count)) {
    const needed = "it needs the header 'ConsistencyLevel: eventual' and $count=true"
    throw unsupportedQuery(`Unsupported Query. The filter is an advanced query: ${needed}.`)
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
    throw error
  }
}

async function pageOf<Item>(store: Listable<Item>, query: DirectoryQuery, type: EntityType): Promise<Page<Item>> {
  try {
    return await store.list(query)
  } catch (error) {
    if (error instanceof UnsupportedFilter) throw unsupportedFilter(error.property, type)
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

async function countOf<Item>(
  store: Listable<Item>,
  filter: Filter | undefined,
  { caller }: GraphCall,
  type: EntityType,
): Promise<number> {
  let count = 0
  let after: string | undefined
  do {
    const page = await pageOf(store, { tenantId: caller.tenantId, filter, top: 999, after }, type)
    count += page.items.length
    after = page.next
  } while (after !== undefined)
  return count
}
