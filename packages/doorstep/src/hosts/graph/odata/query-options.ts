import { badRequest, requestBadRequest, unsupportedQuery } from '../errors.ts'

/** The OData options of a request, checked one by one. */
export interface QueryOptions {
  /** Unparsed: its meaning depends on the collection. */
  readonly filter: string | undefined
  /** Property names as written; undefined for all. */
  readonly select: readonly string[] | undefined
  readonly top: number
  readonly count: boolean
  /** Where the page begins, in the words of whoever made the page before. */
  readonly after: string | undefined
}

const defaultPageSize = 100
const largestPageSize = 999

/** Options that are understood and not offered, each with what to say. */
const refused = new Map([
  ['$skip', "'$skip' is not supported by the service. Follow '@odata.nextLink' instead."],
  ['$orderby', "Sorting by '$orderby' is not supported for this resource. Sort what was answered."],
  ['$search', "'$search' is not supported for this resource. Use $filter=startswith(displayName,'…')."],
  ['$expand', "'$expand' is not supported for this resource. Ask for the related objects by their own path."],
  ['$apply', "'$apply' is not supported for this resource."],
])

const known = ['$filter', '$select', '$top', '$count', '$skiptoken', '$format', ...refused.keys()]

/**
 * Reads the OData options of a query string (without '?'); names in any case and percent-encoded, each once. Other
 * parameters mean nothing and are left alone.
 *
 * @throws {GraphError} 400 when an option is unknown, given twice or has a wrong value
 */
export function parseQueryOptions(queryString: string): QueryOptions {
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
  return {
    filter: options.get('$filter'),
    select: parseSelect(options.get('$select')),
    top: parseTop(options.get('$top')),
    count: parseCount(options.get('$count')),
    after: parseSkipToken(options.get('$skiptoken')),
  }
}

/** The query string that asks for the page behind `after`: the same options, with its own `$skiptoken`. */
export function nextPageQuery(queryString: string, after: string): string {
  const kept = queryString.split('&').filter((pair) => {
    const [name = ''] = [...new URLSearchParams(pair).keys()]
    return name !== '' && name.trim().toLowerCase() !== '$skiptoken'
  })
  return [...kept, `$skiptoken=${Buffer.from(after, 'utf8').toString('base64url')}`].join('&')
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

function parseSkipToken(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const after = /^[\w-]+$/.test(value) ? Buffer.from(value, 'base64url').toString('utf8') : ''
  if (/^[\x20-\x7e]+$/.test(after)) return after
  throw requestBadRequest(
    "The value of '$skiptoken' is not one that this service made; follow '@odata.nextLink' as it is.",
  )
}
