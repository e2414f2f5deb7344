import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'

const eventual = { ConsistencyLevel: 'eventual' }
const names = ['pear tree', 'Apple-Tree', 'plum', 'apple', 'treehouse', 'quince']

let doorstep: RunningDoorstep
const graph = (path: string, headers?: Record<string, string>) =>
  doorstep.graph.request('GET', `/v1.0${path}`, undefined, headers)
const query = (options: Readonly<Record<string, string>>) => `?${new URLSearchParams(options)}`

beforeAll(async () => {
  doorstep = await startDoorstep()
  for (const displayName of names) {
    const made = await doorstep.graph.request('POST', '/v1.0/applications', { displayName, tags: ['orchard'] })
    expect(made.status, made.text).toBe(201)
  }
})
afterAll(() => doorstep?.stop())

function namesIn({ status, body, text }: Answer): string[] {
  expect(status, text).toBe(200)
  return body.value.map(({ displayName }: { displayName: string }) => displayName)
}

function expectRefused({ status, body, text }: Answer, code: string, message: RegExp): void {
  expect(status, text).toBe(400)
  expect(body.error).toMatchObject({ code, message: expect.stringMatching(message) })
}

const orchard = "tags/any(t:t eq 'orchard')"
const advanced = { $filter: orchard, $count: 'true' }

describe('$orderby', () => {
  it('sorts in any case and direction', async () => {
    const ascending = await graph(`/applications${query({ ...advanced, $orderby: 'displayName' })}`, eventual)
    const expected = [...names].sort((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1))
    expect(namesIn(ascending)).toEqual(expected)
    const descending = await graph(`/applications${query({ ...advanced, $orderby: 'displayname DESC' })}`, eventual)
    expect(namesIn(descending)).toEqual(expected.reverse())
    const oldest = await graph(
      `/applications${query({ ...advanced, $orderby: 'createdDateTime,displayName' })}`,
      eventual,
    )
    expect(namesIn(oldest)).toHaveLength(names.length)
  })

  it('alone needs no header; behind a filter it is an advanced query', async () => {
    expect((await graph('/users?$orderby=displayName')).status).toBe(200)
    const filtered = `/applications${query({ $filter: orchard, $orderby: 'displayName' })}`
    expectRefused(await graph(filtered), 'Request_UnsupportedQuery', /Sorting not supported for current query/)
    expectRefused(await graph(filtered, eventual), 'Request_UnsupportedQuery', /\$count=true/)
  })

  it.each([
    ['/applications?$orderby=notes', 'Request_UnsupportedQuery', /Sorting not supported/],
    ['/applications?$orderby=colour', 'BadRequest', /property named 'colour'/],
    ['/applications?$orderby=displayName+upwards', 'BadRequest', /\$orderby/],
    ['/domains?$orderby=id', 'Request_UnsupportedQuery', /'\$orderby' is not supported/],
    ['/users/$count?$orderby=displayName', 'Request_UnsupportedQuery', /'\$orderby' is not supported/],
  ])('refuses %s', async (path, code, message) => {
    expectRefused(await graph(path), code, message)
  })
})

describe('pages of a sorted list', () => {
  const sorted = (more: object = {}) => query({ ...advanced, $orderby: 'displayName desc', $top: '2', ...more })
  const pathOf = (link: string) => link.slice(link.indexOf('/v1.0/') + '/v1.0'.length)

  it('follow each other without a gap; the count stands on the first', async () => {
    let path: string | undefined = `/applications${sorted({ $select: 'displayName' })}`
    const [seen, counts]: [string[], unknown[]] = [[], []]
    while (path !== undefined) {
      const answer: Answer = await graph(path, eventual)
      seen.push(...namesIn(answer))
      counts.push(answer.body['@odata.count'])
      path = answer.body['@odata.nextLink'] && pathOf(answer.body['@odata.nextLink'])
    }
    expect(seen.map((name) => name.toLowerCase())).toEqual(
      names
        .map((name) => name.toLowerCase())
        .sort()
        .reverse(),
    )
    expect(counts).toEqual([names.length, undefined, undefined])
  })

  it('need the header again', async () => {
    const { body } = await graph(`/applications${sorted()}`, eventual)
    expectRefused(await graph(pathOf(body['@odata.nextLink'])), 'Request_UnsupportedQuery', /ConsistencyLevel/)
  })

  it('refuse a token that was made for another list', async () => {
    const { body } = await graph(`/applications${sorted()}`, eventual)
    const token = new URL(body['@odata.nextLink']).searchParams.get('$skiptoken') ?? ''
    const strangers = [
      `/applications${sorted({ $orderby: 'displayName', $skiptoken: token })}`,
      `/applications${sorted({ $filter: "tags/any(t:t eq 'other')", $skiptoken: token })}`,
      `/applications${sorted({ $search: '"displayName:apple"', $skiptoken: token })}`,
      `/users?$skiptoken=${token}`,
      `/applications?$skiptoken=${token}`,
      `/applications${sorted({ $skiptoken: `${token.slice(0, -2)}AA` })}`,
      `/applications${sorted({ $skiptoken: 'AAAA' })}`,
    ]
    for (const path of strangers) {
      expectRefused(await graph(path, eventual), 'Request_BadRequest', /follow '@odata.nextLink'/)
    }
    const other = `/applications${sorted({ $top: '1', $skiptoken: token })}`
    expect(namesIn(await graph(other, eventual))).toHaveLength(1)
  })
})

describe('$count', () => {
  it('counts what a filter or a search leaves', async () => {
    const counted = async (options: Readonly<Record<string, string>>) =>
      (await graph(`/applications/$count${query(options)}`, eventual)).text
    expect(await counted({ $filter: orchard })).toBe('6')
    expect(await counted({ $filter: `${orchard} and not startswith(displayName,'p')` })).toBe('4')
    expect(await counted({ $search: '"displayName:tree"' })).toBe('3')
    expectRefused(await graph('/applications/$count'), 'Request_BadRequest', /\$count is not currently supported/)
  })

  it('stands on the first page, whatever its size', async () => {
    const { body } = await graph(`/applications${query({ ...advanced, $top: '1' })}`, eventual)
    expect(body['@odata.count']).toBe(6)
  })
})

describe('$search', () => {
  const searched = (search: string, more: object = {}) =>
    graph(`/applications${query({ $search: search, ...more })}`, eventual)

  it('finds words of names', async () => {
    expect(namesIn(await searched('"displayName:TREE"')).sort()).toEqual(['Apple-Tree', 'pear tree', 'treehouse'])
    expect(namesIn(await searched('"displayName:tree apple"'))).toEqual(['Apple-Tree'])
    expect(namesIn(await searched('"displayName:apple" AND "displayName:tree"'))).toEqual(['Apple-Tree'])
    expect(namesIn(await searched('"displayName:plum" OR "displayName:quince"')).sort()).toEqual(['plum', 'quince'])
    const filter = { $filter: `${orchard} and startswith(displayName,'pear')`, $count: 'true' }
    expect(namesIn(await searched('"displayName:tree"', filter))).toEqual(['pear tree'])
    const sorted = namesIn(await searched('"displayName:tree"', { $orderby: 'displayName desc' }))
    expect(sorted).toEqual(['treehouse', 'pear tree', 'Apple-Tree'])
  })

  it('needs the header', async () => {
    const path = `/applications${query({ $search: '"displayName:tree"' })}`
    expectRefused(await graph(path), 'Request_UnsupportedQuery', /'ConsistencyLevel: eventual'/)
  })

  it.each([
    ['displayName:tree', 'BadRequest', /Syntax error in '\$search'/],
    ['"tree"', 'BadRequest', /Syntax error/],
    ['"colour:red"', 'BadRequest', /property named 'colour'/],
    ['"web:x"', 'Request_UnsupportedQuery', /property 'web'/],
  ])('refuses %s', async (search, code, message) => {
    expectRefused(await searched(search), code, message)
  })
})

describe('$filter', () => {
  const found = async (collection: string, filter: string) =>
    graph(`/${collection}${query({ $filter: filter, $count: 'true', $top: '999' })}`, eventual)

  it.each([
    ['applications', "tags/any(t:startswith(t,'orch'))", 6],
    ['applications', `${orchard} and displayName in ('plum','QUINCE')`, 2],
    ['applications', `${orchard} and not (displayName eq 'plum' or endswith(displayName,'tree'))`, 3],
    ['applications', `${orchard} and createdDateTime ge 2020-01-01T00:00:00Z`, 6],
    ['applications', `${orchard} and createdDateTime lt 2020-01-01`, 0],
    ['applications', `${orchard} and applicationTemplateId eq null and displayName ge 'q'`, 2],
    ['users', 'accountEnabled eq true and onPremisesSyncEnabled eq null', 1],
    ['users', "userType eq 'Guest' or mail eq null and department ne null", 0],
    ['users', "proxyAddresses/any(p:p eq 'smtp:a@b')", 0],
    ['groups', 'isAssignableToRole eq true', 0],
    ['servicePrincipals', "servicePrincipalType eq 'ManagedIdentity'", 0],
  ])('%s: %s', async (collection, filter, expected) => {
    const { status, body, text } = await found(collection, filter)
    expect(status, text).toBe(200)
    expect(body.value).toHaveLength(expected)
    expect(body['@odata.count']).toBe(expected)
  })

  it('takes a GUID without quotes', async () => {
    const { body } = await found('servicePrincipals', `appOwnerOrganizationId eq ${doorstep.tenantId}`)
    expect(body.value.length).toBeGreaterThan(0)
  })

  it.each([
    ['applications', "contains(displayName,'apple')", 'displayName'],
    ['applications', "owners/any(o:o/id eq 'x')", 'owners'],
    ['applications', "passwordCredentials/any(p:p/keyId eq 'x')", 'passwordCredentials'],
    ['applications', "passwordCredentials/any(p:p eq 'x')", 'passwordCredentials'],
    ['users', "tolower(displayName) eq 'x'", 'displayName'],
    ['users', 'accountEnabled gt true', 'accountEnabled'],
    ['users', "createdDateTime ge 'yesterday'", 'createdDateTime'],
  ])('refuses, for %s: %s', async (collection, filter, property) => {
    expectRefused(
      await found(collection, filter),
      'Request_UnsupportedQuery',
      new RegExp(`query filter clause specified for property '${property}'`),
    )
  })
})

describe('the form of an answer', () => {
  it('has no annotations when the address or the header says so, but for the way on', async () => {
    const quiet = `/applications${query({ ...advanced, $top: '1', $format: 'application/json;odata.metadata=none' })}`
    const { body, headers } = await graph(quiet, eventual)
    expect(Object.keys(body)).toEqual(['@odata.count', '@odata.nextLink', 'value'])
    expect(headers['content-type']).toMatch(/odata\.metadata=none/)
    const plain = await graph('/users?$format=json')
    expect(plain.body['@odata.context']).toMatch(/#users$/)
    expectRefused(await graph('/users?$format=atom'), 'BadRequest', /only json is supported/)
  })
})
