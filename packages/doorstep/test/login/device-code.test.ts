import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { contoso } from './contoso.ts'
import { expectRefusalBody } from './expect-refusal.ts'
import { azureCli, newcomer, peopleSeed, stock, tool, website } from './people.ts'
import { encodedForm, type Form, requestToken, type TokenEndpoint } from './request-token.ts'

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: peopleSeed() })
})
afterAll(() => doorstep?.stop())

function begin(members: Form = {}, { tenant = contoso.tenantId, version = 'v2', headers = {} }: TokenEndpoint = {}) {
  const path = `/${tenant}/oauth2/${version === 'v2' ? 'v2.0/' : ''}devicecode`
  const form = { client_id: tool.appId, scope: `${stock.uri}/.default openid offline_access`, ...members }
  return doorstep.request('POST', path, encodedForm(form), headers)
}

const urn = 'urn:ietf:params:oauth:grant-type:device_code'

function poll(members: Form, endpoint: TokenEndpoint = {}): Promise<Answer> {
  return requestToken(doorstep, { grant_type: urn, client_id: tool.appId, ...members }, endpoint)
}

describe('a device authorization', () => {
  it('has the members of v2.0 in their order, with numbers as numbers', async () => {
    const { status, body } = await begin()
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual([
      'user_code',
      'device_code',
      'verification_uri',
      'expires_in',
      'interval',
      'message',
    ])
    expect(body).toMatchObject({
      user_code: expect.stringMatching(/^[A-Z0-9]{9}$/),
      verification_uri: 'https://microsoft.com/devicelogin',
      expires_in: 900,
      interval: 5,
      message: `To sign in, use a web browser to open the page https://microsoft.com/devicelogin and enter the code ${body.user_code} to authenticate.`,
    })
  })

  it('has the members of v1.0, with numbers as strings', async () => {
    const { body } = await begin({ scope: undefined, resource: stock.uri }, { version: 'v1' })
    expect(body).toMatchObject({
      verification_url: 'https://microsoft.com/devicelogin',
      expires_in: '900',
      interval: '5',
    })
    expect(body).not.toHaveProperty('verification_uri')
  })

  it('never gives a code twice', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => begin()))
    expect(new Set(answers.map(({ body }) => body.user_code)).size).toBe(20)
    expect(new Set(answers.map(({ body }) => body.device_code)).size).toBe(20)
  })

  it.each([
    ['without client_id', { client_id: undefined }, 'invalid_request', 900144],
    ['without scope', { scope: undefined }, 'invalid_request', 900144],
    ['with a scope of a wrong form', { scope: `${stock.appId}.default` }, 'invalid_scope', 70011],
    ['for an unknown client', { client_id: randomUUID() }, 'unauthorized_client', 700016],
    ['for a client id of zeros', { client_id: '00000000-0000-0000-0000-000000000000' }, 'unauthorized_client', 700038],
  ])('is refused %s', async (_, members, error, code) => {
    expectRefusalBody(await begin(members), { status: 400, error, code })
  })

  it('is refused over organizations to a client of one tenant', async () => {
    const answer = await begin({ client_id: newcomer.appId }, { tenant: 'organizations' })
    expectRefusalBody(answer, { status: 400, error: 'invalid_request', code: 50194 })
  })

  it('is refused to GET', async () => {
    const answer = await doorstep.request('GET', `/${contoso.tenantId}/oauth2/v2.0/devicecode`)
    expectRefusalBody(answer, { status: 400, error: 'invalid_request', code: 900561 })
  })
})

describe('a poll', () => {
  const pending = { status: 400, error: 'authorization_pending', code: 70016 }

  it.each([
    ['the URN and both names', urn, (code: string) => ({ device_code: code, code })],
    ['the bare name and device_code', 'device_code', (code: string) => ({ device_code: code })],
    ['the bare name and code', 'device_code', (code: string) => ({ code })],
  ])('with %s hears that nobody has signed in yet', async (_, grant_type, named) => {
    const { body } = await begin()
    expectRefusalBody(await poll({ grant_type, ...named(body.device_code) }), pending)
  })

  it.each(['common', 'organizations'])('over %s hears it too', async (tenant) => {
    const client_id = azureCli
    const { body } = await begin({ client_id, scope: 'User.Read' }, { tenant })
    expectRefusalBody(await poll({ client_id, device_code: body.device_code }, { tenant }), pending)
  })

  it('answers with the correlation id of the request that began', async () => {
    const first = randomUUID()
    const { body } = await begin({}, { headers: { 'client-request-id': first } })
    const answer = await poll({ device_code: body.device_code }, { headers: { 'client-request-id': randomUUID() } })
    expect(answer.body.correlation_id).toBe(first)
    expect(answer.headers['client-request-id']).toBe(first)
  })

  it('is refused when the code is unknown, another client’s or another tenant’s', async () => {
    const refused = { status: 400, error: 'invalid_grant', code: 7000014 }
    const { device_code } = (await begin()).body
    expectRefusalBody(await poll({ device_code: 'garbage' }), refused)
    expectRefusalBody(await poll({ device_code, client_id: newcomer.appId }), refused)
    expectRefusalBody(await poll({ device_code }, { tenant: 'organizations' }), refused)
  })

  it('is refused without a code', async () => {
    expectRefusalBody(await poll({}), { status: 400, error: 'invalid_request', code: 900144 })
  })

  it('of a client that is not public is refused', async () => {
    const client_id = website.appId
    const { device_code } = (await begin({ client_id })).body
    expectRefusalBody(await poll({ device_code, client_id }), { status: 401, error: 'invalid_client', code: 7000218 })
  })

  it('is refused after 15 minutes', async () => {
    const { device_code } = (await begin()).body
    await doorstep.control.request('POST', '/clock', { advanceSeconds: 900 })
    const { status, body } = await poll({ device_code })
    expect(status).toBe(400)
    expect([70020, 7000014]).toContain(body.error_codes[0])
  })
})
