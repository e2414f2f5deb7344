import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { type SendToGraph, signedIn, staffSeed } from './staff.ts'

let doorstep: RunningDoorstep
let member: SendToGraph

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: staffSeed() })
  member = await signedIn(doorstep, 'member')
})
afterAll(() => doorstep?.stop())

interface Part {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape is what they test
  readonly body?: any
}

const json = { 'Content-Type': 'application/json' }
const get = (id: string, url: string, more: object = {}) => ({ id, method: 'GET', url, ...more })

async function batch(requests: unknown, send = member): Promise<readonly Part[]> {
  const { status, body, text } = await send('POST', '/$batch', { requests })
  expect(status, text).toBe(200)
  return body.responses
}

const part = (parts: readonly Part[], id: string): Part => {
  const found = parts.find((candidate) => candidate.id === id)
  if (!found) throw new Error(`There is no answer to ${id}: ${JSON.stringify(parts)}`)
  return found
}

describe('a batch', () => {
  it('answers every part as if it had come by itself', async () => {
    const parts = await batch([
      get('1', '/me?$select=displayName'),
      get('2', 'me/memberOf'),
      get('3', "/users?$filter=startswith(displayName,'mem')&$select=id,displayName"),
      get('4', '/users/$count', { headers: { consistencyLevel: 'eventual' } }),
      { id: '5', method: 'POST', url: '/applications', headers: json, body: { displayName: 'made in a batch' } },
      get('6', '/users/nobody@contoso.example'),
      get('7', '/nonsense'),
    ])
    expect(parts).toHaveLength(7)
    expect(part(parts, '1')).toMatchObject({ status: 200, body: { displayName: 'member' } })
    expect(part(parts, '1').body['@odata.context']).toBe(
      `${doorstep.url.replace(/\/$/, '')}/graph/v1.0/$metadata#users(displayName)/$entity`,
    )
    expect(part(parts, '1').headers['Content-Type']).toMatch(/^application\/json;odata.metadata=minimal/)
    expect(part(parts, '2').body.value.length).toBeGreaterThan(0)
    expect(part(parts, '3').body.value).toMatchObject([{ displayName: 'member' }])
    expect(part(parts, '4')).toMatchObject({ status: 200, body: 12 })
    expect(part(parts, '5')).toMatchObject({ status: 201, body: { displayName: 'made in a batch' } })
    expect(part(parts, '5').headers.Location).toMatch(/directoryObjects/)
    expect(part(parts, '6')).toMatchObject({ status: 404, body: { error: { code: 'Request_ResourceNotFound' } } })
    expect(part(parts, '7')).toMatchObject({ status: 400, body: { error: { code: 'BadRequest' } } })
    const removed = await batch([{ id: '1', method: 'DELETE', url: `/applications/${part(parts, '5').body.id}` }])
    expect(removed).toEqual([{ id: '1', status: 204, headers: expect.anything() }])
  })

  it('keeps to beta, and to texts that nobody has encoded', async () => {
    const authorization = `Bearer ${await doorstep.graph.token()}`
    const requests = [get('1', "/applications?$filter=displayName eq 'no #1 & only'&$top=1")]
    const filter = "displayName eq 'a # b'"
    const { status, body } = await doorstep.request(
      'POST',
      '/graph/beta/$batch',
      { requests: [...requests, get('2', `/applications?$filter=${filter}`), get('3', '/users?$top=1')] },
      { authorization },
    )
    expect(status).toBe(200)
    expect(part(body.responses, '1').status).toBe(400)
    expect(part(body.responses, '2')).toMatchObject({ status: 200, body: { value: [] } })
    expect(part(body.responses, '3').body['@odata.context']).toMatch(/\/graph\/beta\/\$metadata/)
  })

  it('lets each part do what the token may, and no more', async () => {
    const parts = await batch([
      get('own', '/me'),
      { id: 'user', method: 'POST', url: '/users', headers: json, body: {} },
      get('log', '/auditLogs/signIns', { headers: { Authorization: `Bearer ${await doorstep.graph.token()}` } }),
    ])
    expect(parts.map(({ status }) => status)).toEqual([200, 403, 403])
    const { status } = await doorstep.request('POST', '/graph/v1.0/$batch', { requests: [get('1', '/me')] })
    expect(status).toBe(401)
  })

  it('goes in the order that parts ask for, and stops behind a failure', async () => {
    const made = { displayName: 'first of the batch' }
    const parts = await batch([
      get('3', "/applications?$filter=displayName eq 'first of the batch'", { dependsOn: ['2'] }),
      { id: '2', method: 'POST', url: '/applications', headers: json, body: made },
      get('4', '/users/nobody@contoso.example', { dependsOn: ['3'] }),
      get('5', '/me', { dependsOn: ['4'] }),
      get('6', '/me', { dependsOn: ['5', '2'] }),
    ])
    expect(part(parts, '3').body.value).toMatchObject([made])
    expect(['4', '5', '6'].map((id) => part(parts, id).status)).toEqual([404, 424, 424])
    expect(part(parts, '5').body.error.code).toBe('FailedDependency')
  })

  it('gives a body that is no JSON to whoever refuses it', async () => {
    const parts = await batch([
      { id: '1', method: 'POST', url: '/applications', headers: { 'content-type': 'text/plain' }, body: 'eA==' },
      { id: '2', method: 'POST', url: '/applications', headers: json, body: { displayName: 1 } },
    ])
    expect(parts.map(({ status }) => status)).toEqual([415, 400])
  })

  it.each([
    ['/$batch', /part of a batch/],
    ['%24batch', /part of a batch/],
    ['/$%62atch', /part of a batch/],
    ['/%24%42ATCH?x', /part of a batch/],
    ['https://graph.microsoft.com/v1.0/me', /segment|relative/],
    ['//localhost/me', /not relative/],
    ['/../oidc/userinfo', /not relative/],
    ['/%2e%2E/beta/me', /not relative/],
    ['\\me', /not relative/],
  ])('refuses the part %s alone', async (url, message) => {
    const parts = await batch([get('1', url), get('2', '/me')])
    expect(part(parts, '1')).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringMatching(message) } },
    })
    expect(part(parts, '2').status).toBe(200)
  })

  it.each<[string, unknown, RegExp]>([
    ['no list', { requests: {} }, /Invalid batch payload format/],
    ['nothing', {}, /Invalid batch payload format/],
    ['an empty list', { requests: [] }, /Invalid batch payload format/],
    ['a part without a method', { requests: [{ id: '1', url: '/me' }] }, /requests\[0\].method/],
    ['a part without an id', { requests: [{ method: 'GET', url: '/me' }] }, /requests\[0\].id/],
    ['twenty-one parts', { requests: Array.from({ length: 21 }, (_, n) => get(`${n}`, '/me')) }, /maximum value of 20/],
    ['the same id twice', { requests: [get('1', '/me'), get('1', '/me')] }, /Request Id : 1 has to be unique/],
    ['a part that waits for nobody', { requests: [get('1', '/me', { dependsOn: ['2'] })] }, /no request of the batch/],
    ['a part that waits for itself', { requests: [get('1', '/me', { dependsOn: ['1'] })] }, /depends on itself/],
    ['a body without its type', { requests: [{ id: '1', method: 'POST', url: '/users', body: {} }] }, /Content-Type/],
    ['another method', { requests: [{ id: '1', method: 'TRACE', url: '/me' }] }, /method 'TRACE'/],
  ])('is refused as a whole with %s', async (_what, sent, message) => {
    const { status, body }: Answer = await member('POST', '/$batch', sent)
    expect(status).toBe(400)
    expect(body.error.message).toMatch(message)
  })

  it('is sent by POST', async () => {
    expect((await member('GET', '/$batch')).status).toBe(405)
  })
})
