import { describe, expect, it } from 'vitest'
import { nextPageQuery, parseQueryOptions } from './query-options.ts'

describe('parseQueryOptions', () => {
  it('reads options in any case, percent-encoded or not, and leaves other parameters alone', () => {
    const options = parseQueryOptions(
      "%24Filter=displayName%20eq%20'X'&$TOP=5&$count=TRUE&api-version=1&$select=id,%20appId",
    )
    expect(options).toMatchObject({ filter: "displayName eq 'X'", top: 5, count: true, select: ['id', 'appId'] })
  })

  it('has Graph’s defaults', () => {
    expect(parseQueryOptions('')).toEqual({
      filter: undefined,
      select: undefined,
      top: 100,
      count: false,
      after: undefined,
    })
  })

  it.each([
    ['$top=0', /Invalid page size specified: '0'/],
    ['$top=1000', /Must be between 1 and 999/],
    ['$top=ten', /Invalid page size/],
    ['$top=1&%24top=2', /specified more than once/],
    ['$skip=10', /'\$skip' is not supported by the service/],
    ['$format=atom', /only json is supported/],
    ['$apply=x', /'\$apply' is not supported/],
    ['$count=yes', /Valid values are 'true' and 'false'/],
    ['$select=id,,appId', /not a list of property names/],
    ['$filters=x', /'\$filters' is not supported/],
    ['$skiptoken=AA', /follow '@odata.nextLink'/],
    ['$filter=a%00', /NUL/],
  ])('refuses %s', (query, message) => {
    expect(() => parseQueryOptions(query)).toThrow(message)
  })
})

describe('nextPageQuery', () => {
  it('keeps the options of the request and replaces only the token', () => {
    const second = nextPageQuery('%24top=2&$filter=a%20eq%20%27x%27', 'first end')
    expect(second).toMatch(/^%24top=2&\$filter=a%20eq%20%27x%27&\$skiptoken=[\w-]+$/)
    const third = nextPageQuery(second, 'second end')
    expect(third.match(/skiptoken/g)).toHaveLength(1)
    expect(parseQueryOptions(third).after).toBe('second end')
  })
})
