import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { contoso, contosoSeed, inventory } from './contoso.ts'
import { clientCredentials, encodedForm } from './request-token.ts'
import { realName, sendRaw } from './send-raw.ts'

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: contosoSeed() })
})
afterAll(() => doorstep?.stop())

const guid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/
const correlationId = '5e4d3c2b-1a09-4f8e-9d7c-6b5a49382716'
const tokenPath = `/${contoso.tenantId}/oauth2/v2.0/token`
const origin = 'https://page.contoso.example'
const publicPaths = [
  `/${contoso.tenantId}/v2.0/.well-known/openid-configuration`,
  `/${contoso.tenantId}/.well-known/openid-configuration`,
  '/common/v2.0/.well-known/openid-configuration',
  `/${contoso.tenantId}/discovery/v2.0/keys`,
  '/common/discovery/keys',
  `/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(`https://${realName}/common/oauth2/v2.0/authorize`)}`,
]
const everywhere = {
  'content-type': 'application/json; charset=utf-8',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-xss-protection': '0',
  p3p: 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
  'x-ms-request-id': expect.stringMatching(guid),
  'x-ms-ests-server': expect.stringMatching(/^\d+\.\d+\.\d+\.\d+ - \w+ ProdSlices$/),
  'x-ms-srs': '1.P',
}

function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return sendRaw(doorstep, { host: realName, path, headers })
}

function post(headers: Readonly<Record<string, string>> = {}, secret?: string, path = tokenPath): Promise<Answer> {
  const wanted = clientCredentials({
    scope: `${inventory.uri}/.default`,
    ...(secret !== undefined && { client_secret: secret }),
  })
  return sendRaw(doorstep, {
    host: realName,
    method: 'POST',
    path,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: encodedForm(wanted),
  })
}

function preflight(path: string, method: string, requestHeaders = ''): Promise<Answer> {
  return sendRaw(doorstep, {
    host: realName,
    method: 'OPTIONS',
    path,
    headers: {
      origin,
      'access-control-request-method': method,
      ...(requestHeaders !== '' && { 'access-control-request-headers': requestHeaders }),
    },
  })
}

describe.each(publicPaths)('%s', (path) => {
  it('has the headers of the real one and may be cached for a day', async () => {
    const { status, headers } = await get(path)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      ...everywhere,
      'cache-control': 'max-age=86400, private',
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, OPTIONS',
    })
    expect(headers).not.toHaveProperty('pragma')
    expect(headers).not.toHaveProperty('expires')
    expect(headers).not.toHaveProperty('retry-after')
  })

  it('echoes client-request-id', async () => {
    const { headers } = await get(path, { 'client-request-id': correlationId, 'return-client-request-id': 'true' })
    expect(headers['client-request-id']).toBe(correlationId)
  })

  it('is open to pages of any origin', async () => {
    expect((await get(path, { origin })).headers['access-control-allow-origin']).toBe('*')
  })

  it('answers the pre-flight of a page of any origin', async () => {
    const { status, headers } = await preflight(path, 'GET')
    expect([200, 204]).toContain(status)
    expect(headers['access-control-allow-origin']).toBe('*')
    expect(headers['access-control-allow-methods']).toContain('GET')
  })
})

describe('the token endpoint', () => {
  it('has the headers of the real one and may not be cached', async () => {
    const { status, headers } = await post()
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      ...everywhere,
      'cache-control': 'no-store, no-cache',
      pragma: 'no-cache',
      expires: '-1',
      'x-ms-clitelem': '1,0,0,,',
    })
    expect(headers).not.toHaveProperty('retry-after')
  })

  it('has them on v1.0 too', async () => {
    const { status, headers } = await post({}, undefined, `/${contoso.tenantId}/oauth2/token`)
    expect(status).toBe(400)
    expect(headers).toMatchObject({
      ...everywhere,
      'cache-control': 'no-store, no-cache',
      'x-ms-clitelem': '1,900144,0,,',
    })
  })

  it('tells the error in x-ms-clitelem', async () => {
    const { status, headers, body } = await post({}, 'wrong')
    expect(status).toBe(401)
    expect(headers).toMatchObject({
      ...everywhere,
      'cache-control': 'no-store, no-cache',
      pragma: 'no-cache',
      expires: '-1',
      'x-ms-clitelem': '1,7000215,0,,',
      'x-ms-request-id': body.trace_id,
    })
  })

  it('gives every answer its own request id', async () => {
    const [first, second] = [await post(), await post()]
    expect(first.headers['x-ms-request-id']).not.toBe(second.headers['x-ms-request-id'])
  })

  it('echoes client-request-id', async () => {
    const { headers } = await post({ 'client-request-id': correlationId, 'return-client-request-id': 'true' })
    expect(headers['client-request-id']).toBe(correlationId)
  })

  it('sets the cookies of the real one, out of reach of scripts', async () => {
    const { headers } = await post()
    const cookies = headers['set-cookie'] ?? []
    const names = [cookies].flat().map((cookie) => cookie.split('=', 1)[0])
    expect(names).toEqual(expect.arrayContaining(['fpc', 'x-ms-gateway-slice', 'stsservicecookie']))
    for (const cookie of [cookies].flat()) {
      for (const attribute of [/;\s*secure/i, /;\s*httponly/i, /;\s*samesite=none/i]) expect(cookie).toMatch(attribute)
    }
  })

  it('opens nothing to pages that do not ask, nor to those that get an application token', async () => {
    for (const answer of [await post(), await post({ origin }), await post({ origin }, 'wrong')]) {
      expect(answer.headers['access-control-allow-origin']).not.toBe('*')
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
    }
    expect((await post()).headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('does not let a page of an application without SPA redirect URIs read the answer', async () => {
    expect((await post({ origin })).headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('answers a pre-flight, since it cannot know the redirect URI yet', async () => {
    const asked = await preflight(tokenPath, 'POST', 'content-type,x-anchormailbox,client-request-id,x-client-sku')
    expect([200, 204]).toContain(asked.status)
    expect(['*', origin]).toContain(asked.headers['access-control-allow-origin'])
    expect(asked.headers['access-control-allow-methods']).toContain('POST')
    const allowed = String(asked.headers['access-control-allow-headers'] ?? '').toLowerCase()
    if (allowed !== '*') expect(allowed).toContain('x-anchormailbox')
  })
})
