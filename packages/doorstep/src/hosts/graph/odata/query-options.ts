import { createHash } from 'node:crypto'
import { badRequest, requestBadRequest, unsupportedQuery } from '../errors.ts'

/** The OData options of a request, checked one by one. */
export interface QueryOptions {
  /** Unparsed: its meaning depends on the collection. */
  readonly filter: string | undefined
  /** Unparsed, as are the two that follow. */
  readonly orderBy: string | undefined
  readonly search: string | undefined
  readonly expand: string | undefined
  /** Property names as written; undefined for all. */
  readonly select: readonly string[] | undefined
  readonly top: number
  readonly count: boolean
  /** Where the page begins, in the words of whoever made the page before. */
  readonly after: string | undefined
  /** How much OData an answer shows, when the address says so. */
  readonly metadata: Metadata | undefined
}

/** `none` leaves out the annotations. OData JSON Format 4.01 §3.1. */
export type Metadata = 'none' | 'minimal'

/** An option that only some operations have. */
export type SpecialOption = '$orderby' | '$search' | '$expand'

const defaultPageSize = 100
const largestPageSize = 999

/** Options that are understood and not offered, each with what to say. */
const refused = new Map([
  ['$skip', "'$skip' is not supported by the service. Follow '@odata.nextLink' instead."],
  ['$apply', "'$apply' is not supported for this resource."],
])

const special: readonly SpecialOption[] = ['$orderby', '$search', '$expand']
const known = ['$filter', '$select', '$top', '$count', '$skiptoken', '$format', ...special, ...refused.keys()]

/** What an operation says that cannot take an option. */
const missing: Readonly<Record<SpecialOption, string>> = {
  $orderby: "Sorting by '$orderby' is not supported for this resource. Sort what was answered.",
  $search: "'$search' is not supported for this resource. Use $filter=startswith(displayName,'…').",
  $expand: "'$expand' is not supported for this resource. Ask for the related objects by their own path.",
}

/**
 * Reads the OData options of a query string (without '?'); names in any case and percent-encoded, each once. Other
 * parameters mean nothing and are left alone.
 *
 * @param path - of the request, which a `$skiptoken` must have been made for
 * @throws {GraphError} 400 when an option is unknown, given twice or has a wrong value
 */
export function parseQueryOptions(queryString: string, path = ''): QueryOptions {
  const options = optionsOf(queryString)
  return {
    filter: options.get('$filter'),
    orderBy: options.get('$orderby'),
    search: options.get('$search'),
    expand: options.get('$expand'),
    select: parseSelect(options.get('$select')),
    top: parseTop(options.get('$top')),
    count: parseCount(options.get('$count')),
    after: parseSkipToken(options.get('$skiptoken'), listOf(options, path)),
    metadata: parseFormat(options.get('$format')),
  }
}

/** @throws {GraphError} 400 when there is an option that the operation does not have */
export function requireOffered(query: QueryOptions, offered: readonly SpecialOption[]): void {
  const asked: Readonly<Record<SpecialOption, string | undefined>> = {
    $orderby: query.orderBy,
    $search: query.search,
    $expand: query.expand,
  }
  const option = special.find((name) => asked[name] !== undefined && !offered.includes(name))
  if (option !== undefined) throw unsupportedQuery(missing[option])
}

/** The query string that asks for the page behind `after`: the same options, with its own `$skiptoken`. */
export function nextPageQuery(queryString: string, after: string, path = ''): string {
  const kept = queryString.split('&').filter((pair) => {
    const [name = ''] = [...new URLSearchParams(pair).keys()]
    return name !== '' && name.trim().toLowerCase() !== '$skiptoken'
  })
  const place = Buffer.from(`${listOf(optionsOf(queryString), path)}.${after}`, 'utf8').toString('base64url')
  return [...kept, `$skiptoken=${place}`].join('&')
}

type Options = ReadonlyMap<string, string>

function optionsOf(queryString: string): Options {
  const options = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(queryString)) {
    const option = name.trim().toLowerCase()
    if (!option.startsWith('$')) continue
    if (!known.includes(option)) throw badRequest(`The query parameter '${name}' is not supported.`)
    if (options.has(option)) {
      throw badRequest(`Query option '${option}' was specified more than once, but it must be specified at most once.`)
    }
    const refusal = refused.get(option)
    if (refusal !== undefined) throw unsupportedQuery(refusal)
    // No database can compare a text that has this character.
    if (value.includes('\0')) throw badRequest(`The value of '${option}' has a NUL character.`)
    options.set(option, value)
  }
  return options
}

/** Which list a page belongs to: another path, filter, order or search has other places. */
function listOf(options: Options, path: string): string {
  const what = [path.toLowerCase(), ...['$filter', '$orderby', '$search'].map((name) => options.get(name) ?? null)]
  return createHash('sha256').update(JSON.stringify(what)).digest('base64url').slice(0, 12)
}

function parseSelect(value: string | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined
  const names = value.split(',').map((name) => name.trim())
  if (names.includes(''))
    throw badRequest("The value of '$select' is not a list of property names separated by commas.")
  return names.includes('*') ? undefined : names
}

function parseTop(value: string | undefined): number {
  if (value === undefined) return defaultPageSize
  const top = /^\d{1,9}$/.test(value.trim()) ? Number(value) : 0
  if (top >= 1 && top <= largestPageSize) return top
  throw requestBadRequest(
    `Invalid page size specified: '${value}'. Must be between 1 and ${largestPageSize} inclusive.`,
  )
}

function parseCount(value: string | undefined): boolean {
  if (value === undefined) return false
  const text = value.trim().toLowerCase()
  if (text === 'true' || text === 'false') return text === 'true'
  throw badRequest(`Invalid value '${value}' for $count query option found. Valid values are 'true' and 'false'.`)
}

function parseFormat(value: string | undefined): Metadata | undefined {
  if (value === undefined) return undefined
  const format = value.trim().toLowerCase()
  if (format !== 'json' && !format.startsWith('application/json')) {
    throw badRequest(`The value of '$format' is '${value}'; only json is supported.`)
  }
  return format.includes('odata.metadata=none') ? 'none' : 'minimal'
}

function parseSkipToken(value: string | undefined, list: string): string | undefined {
  if (value === undefined) return undefined
  const token = /^[\w-]+$/.test(value) ? Buffer.from(value, 'base64url').toString('utf8') : ''
  const after = token.slice(list.length + 1)
  if (token.startsWith(`${list}.`) && after !== '' && !after.includes('\0')) return after
  throw requestBadRequest(
    "The value of '$skiptoken' is not one that this service made for this list; follow '@odata.nextLink' as it is.",
  )
}
