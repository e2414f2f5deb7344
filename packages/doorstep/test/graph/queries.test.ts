import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDoorstep } from '../support/start-doorstep.ts'

type Doorstep = Awaited<ReturnType<typeof startDoorstep>>

let doorstep: Doorstep
const graph = (...sent: Parameters<Doorstep['graph']['request']>) => doorstep.graph.request(...sent)
const filtered = (collection: string, filter: string) =>
  graph('GET', `/v1.0/${collection}?$filter=${encodeURIComponent(filter)}`)

const names = ['fruit apple', 'fruit banana', 'fruit cherry', "fruit O'Date", 'fruit elder']
const made: { id: string; appId: string; displayName: string }[] = []

beforeAll(async () => {
  doorstep = await startDoorstep()
  for (const displayName of names) {
    const { body } = await graph('POST', '/v1.0/applications', { displayName, tags: ['fruit'] })
    await graph('PATCH', `/v1.0/applications/${body.id}`, { identifierUris: [`api://${body.appId}`] })
    made.push(body)
  }
})
afterAll(() => doorstep.stop())

async function namesOf(answer: Promise<Awaited<ReturnType<typeof graph>>>): Promise<string[]> {
  const { status, body } = await answer
  expect(body).toMatchObject({ value: expect.anything() })
  expect(status).toBe(200)
  return body.value.map(({ displayName }: { displayName: string }) => displayName).sort()
}

describe('$filter', () => {
  it('finds what the Azure CLI asks for', async () => {
    const [apple] = made
    expect(await namesOf(filtered('applications', "displayName eq 'Fruit Apple'"))).toEqual(['fruit apple'])
    expect(await namesOf(filtered('applications', "displayName eq 'fruit O''Date'"))).toEqual(["fruit O'Date"])
    expect(await namesOf(filtered('applications', "startswith(displayName,'fruit')"))).toEqual([...names].sort())
    expect(await namesOf(filtered('applications', `appId eq '${apple?.appId}'`))).toEqual(['fruit apple'])
    expect(await namesOf(filtered('applications', `identifierUris/any(s:s eq 'api://${apple?.appId}')`))).toEqual([
      'fruit apple',
    ])
  })

  it('finds nothing without an error where an object id stands for a client id', async () => {
    expect(await namesOf(filtered('applications', `appId eq '${made[0]?.id}'`))).toEqual([])
  })

  it('takes every spelling of the option and of the property', async () => {
    const value = encodeURIComponent("displayname eq 'fruit apple'")
    for (const option of ['$filter', '%24filter', '$Filter']) {
      expect(await namesOf(graph('GET', `/v1.0/applications?${option}=${value}`))).toEqual(['fruit apple'])
    }
  })

  it('combines conditions', async () => {
    const both = "tags/any(t:t eq 'fruit') and (startswith(displayName,'fruit a') or displayName eq 'fruit cherry')"
    expect(await namesOf(filtered('applications', both))).toEqual(['fruit apple', 'fruit cherry'])
    const ids = `id in ('${made[0]?.id}','${made[1]?.id}')`
    expect(await namesOf(filtered('applications', ids))).toEqual(['fruit apple', 'fruit banana'])
  })

  it('finds a service principal by any of its names', async () => {
    const [apple] = made
    const { body } = await graph('POST', '/v1.0/servicePrincipals', { appId: apple?.appId })
    for (const name of [apple?.appId, `api://${apple?.appId}`]) {
      const { body: found } = await filtered('servicePrincipals', `servicePrincipalNames/any(c:c eq '${name}')`)
      expect(found.value).toMatchObject([{ id: body.id, passwordCredentials: [] }])
    }
  })

  it.each([
    ['displayName is x', 'Request_BadRequest', /^Invalid filter clause: /],
    ["colour eq 'red'", 'BadRequest', /Could not find a property named 'colour' on type 'microsoft.graph.application'/],
    [
      'web eq null',
      'Request_UnsupportedQuery',
      /query filter clause specified for property 'web' of resource 'Application'/,
    ],
    ["displayName ne 'x'", 'Request_UnsupportedQuery', /ConsistencyLevel: eventual/],
  ])('refuses %s', async (filter, code, message) => {
    const { status, body } = await filtered('applications', filter)
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code, message: expect.stringMatching(message) })
  })
})

describe('advanced queries', () => {
  const eventual = { ConsistencyLevel: 'eventual' }
  const query = encodeURIComponent("startswith(displayName,'fruit') and not endswith(displayName,'a')")

  it('need the header and $count=true', async () => {
    const path = `/v1.0/applications?$filter=${query}&$count=true`
    const { status, body } = await graph('GET', path, undefined, eventual)
    expect(status).toBe(200)
    expect(body['@odata.count']).toBe(4)
    expect((await graph('GET', path)).status).toBe(400)
  })

  it('count on request; without the header $count=true is ignored', async () => {
    const path = `/v1.0/applications?$count=true&$filter=${encodeURIComponent("startswith(displayName,'fruit')")}`
    expect((await graph('GET', path, undefined, eventual)).body['@odata.count']).toBe(5)
    const ignored = await graph('GET', path)
    expect(ignored.status).toBe(200)
    expect(ignored.body).not.toHaveProperty('@odata.count')
  })
})

describe('pages', () => {
  it('lead on by an absolute link that keeps the options', async () => {
    const filter = encodeURIComponent("startswith(displayName,'fruit')")
    let path: string | undefined = `/v1.0/applications?$top=2&$select=displayName&$filter=${filter}`
    const seen: string[][] = []
    while (path !== undefined) {
      const { body }: { body: { value: { displayName: string }[]; '@odata.nextLink'?: string } } = await graph(
        'GET',
        path,
      )
      expect(body.value.every((item) => Object.keys(item).join() === 'displayName')).toBe(true)
      seen.push(body.value.map(({ displayName }) => displayName))
      const next = body['@odata.nextLink']
      if (next !== undefined) expect(next).toMatch(`${doorstep.url.replace(/\/$/, '')}/graph/v1.0/applications?`)
      path = next?.slice(next.indexOf('/v1.0/'))
    }
    expect(seen.map((page) => page.length)).toEqual([2, 2, 1])
    expect(seen.flat().sort()).toEqual([...names].sort())
  })

  it('hold at most 999 objects', async () => {
    const { status, body } = await graph('GET', '/v1.0/applications?$top=1000')
    expect([status, body.error.code]).toEqual([400, 'Request_BadRequest'])
  })
})

describe('$select', () => {
  it('shows the named properties and says so', async () => {
    const { body } = await graph('GET', `/v1.0/applications/${made[0]?.id}?$select=id,appid`)
    expect(Object.keys(body)).toEqual(['@odata.context', 'id', 'appId'])
    expect(body['@odata.context']).toMatch(/#applications\(id,appId\)\/\$entity$/)
    const list = await graph('GET', '/v1.0/applications?$select=id')
    expect(list.body['@odata.context']).toMatch(/#applications\(id\)$/)
  })

  it('refuses a property that there is not', async () => {
    const { status, body } = await graph('GET', '/v1.0/applications?$select=colour')
    expect(status).toBe(400)
    expect(body.error).toMatchObject({
      code: 'BadRequest',
      message: "Could not find a property named 'colour' on type 'microsoft.graph.application'.",
    })
  })
})

describe('annotations', () => {
  it('are left out for Accept: odata.metadata=none', async () => {
    const accept = { accept: 'application/json;odata.metadata=none' }
    const { body } = await graph('GET', `/v1.0/applications/${made[0]?.id}`, undefined, accept)
    expect(body).not.toHaveProperty('@odata.context')
  })
})
