import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ClientSecretCredential, cached, createFetch, type FetchOptions, nodeTransport } from '../src/index.ts'
import { type ApiServer, startApiServer } from './support/api-server.ts'
import { refusalOf } from './support/refusal-of.ts'
import { startTokenServer, type TokenServer, tokenAnswer } from './support/token-server.ts'

const SCOPE = 'https://inventory.contoso.example/.default'
const CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}'
const base64 = (text: string) => Buffer.from(text).toString('base64')
const challengeOf = (claims: string) => ({
  'www-authenticate': `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${base64(claims)}"`,
})

let authority: TokenServer
let api: ApiServer
let elsewhere: ApiServer
let notices: string[]

beforeEach(async () => {
  notices = []
  ;[authority, api, elsewhere] = await Promise.all([startTokenServer(), startApiServer(), startApiServer()])
  let issued = 0
  authority.answerWith(({ form }) => {
    issued += 1
    return tokenAnswer({ access_token: `${issued}${form.claims ? '-claims' : ''}` })
  })
})
afterEach(() => Promise.all([authority.close(), api.close(), elsewhere.close()]))

const credential = () =>
  new ClientSecretCredential({
    tenantId: 'contoso.example',
    clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
    clientSecret: 'not-a-real-secret',
    authorityHost: authority.authorityHost,
    transport: nodeTransport({ ca: authority.certificate }),
  })
const make = (options: FetchOptions = { scopes: SCOPE }) =>
  createFetch(cached(credential()), { onNotice: (text) => notices.push(text), ...options })

/** Refuses every token but those that pass. */
const accept = (isGood: (token: string) => boolean, headers: Record<string, string> = {}) =>
  api.answerWith((request) =>
    isGood(request.headers.authorization?.replace('Bearer ', '') ?? '') ? { status: 200 } : { status: 401, headers },
  )

describe('a fetch with a credential', () => {
  it('adds the token, and leaves the rest of the request as it is', async () => {
    const call = make()
    const headers = { 'x-own': 'yes', Authorization: 'Basic replaced' }
    const response = await call(`${api.origin}/stock?top=1`, { method: 'PUT', body: 'text', headers })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('answer 1')
    expect(api.requests[0]).toMatchObject({
      method: 'PUT',
      path: '/stock?top=1',
      body: 'text',
      headers: { authorization: 'Bearer 1', 'x-own': 'yes' },
    })
    await call(new URL(`${api.origin}/stock`))
    await call(
      new Request(`${api.origin}/stock`, { method: 'POST', body: 'of a Request', headers: { 'x-own': 'also' } }),
    )
    expect(api.requests[2]).toMatchObject({ method: 'POST', body: 'of a Request', headers: { 'x-own': 'also' } })
    expect(api.tokens()).toEqual(['1', '1', '1'])
    expect(authority.requests.map(({ form }) => form.scope)).toEqual([SCOPE])
  })

  it('speaks v1.0 for a resource, and declares that it answers challenges when asked to', async () => {
    await make({ resource: 'https://management.azure.com/', enableCae: true })(api.origin)
    expect(authority.requests[0]?.path).toBe('/contoso.example/oauth2/token')
    expect(authority.requests[0]?.form).toMatchObject({ resource: 'https://management.azure.com/' })
    expect(authority.requests[0]?.form.claims).toContain('cp1')
  })

  it.each<[string, FetchOptions]>([
    ['nothing', {}],
    ['an empty list', { scopes: [] }],
    ['both', { scopes: SCOPE, resource: 'https://a.example' }],
  ])('is not made for %s', (_, options) => {
    expect(() => createFetch(credential(), options)).toThrow(expect.objectContaining({ option: 'scopes' }))
  })

  it('rejects as the credential does when there is no token, and sends nothing', async () => {
    authority.answerWith({ status: 401, json: { error: 'invalid_client', error_codes: [7000215] } })
    expect(await refusalOf(make()(api.origin))).toMatchObject({ name: 'TokenRequestError', code: 7000215 })
    expect(api.requests).toEqual([])
  })
})

describe('an API that refuses every token', () => {
  it('costs one new token, not one for each call', async () => {
    const call = make()
    accept(() => false)
    for (let count = 0; count < 50; count += 1) expect((await call(api.origin)).status).toBe(401)
    expect(authority.requests).toHaveLength(2)
  })

  it('is asked again with what it wants when that is something new', async () => {
    const call = make()
    accept(() => false)
    await call(api.origin)
    accept((token) => token.endsWith('-claims'), challengeOf(CLAIMS))
    expect((await call(api.origin)).status).toBe(200)
  })

  it('does not keep another one from a new token', async () => {
    const call = make()
    accept(() => false)
    await call(api.origin)
    elsewhere.answerWith(({ headers }) => ({ status: headers.authorization === 'Bearer 3' ? 200 : 401 }))
    expect((await call(elsewhere.origin)).status).toBe(200)
  })
})

describe('after a 401', () => {
  it('with a claims challenge it asks once more with a token that has the claims, and with that from then on', async () => {
    const call = make()
    accept((token) => token.endsWith('-claims'), challengeOf(CLAIMS))
    expect((await call(api.origin)).status).toBe(200)
    expect(api.tokens()).toEqual(['1', '2-claims'])
    expect(authority.requests[1]?.form.claims).toBe(CLAIMS)
    await call(api.origin)
    expect(api.tokens()).toEqual(['1', '2-claims', '2-claims'])
  })

  it('reads the challenge among others, in base64url, and in any case', async () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1?>~ÿ"}}}'
    const value = Buffer.from(claims).toString('base64url')
    accept((token) => token.endsWith('-claims'), {
      'www-authenticate': `Basic realm="a, b=\\"c\\"", Negotiate abc==, BEARER Error=insufficient_claims, Claims=${value}`,
    })
    expect((await make()(api.origin)).status).toBe(200)
    expect(authority.requests[1]?.form.claims).toBe(claims)
  })

  it('with a challenge that nothing meets it asks twice a call, and remembers no claims', async () => {
    const call = make()
    accept(() => false, challengeOf(CLAIMS))
    expect((await call(api.origin)).status).toBe(401)
    expect(api.tokens()).toEqual(['1', '2-claims'])
    expect((await call(api.origin)).status).toBe(401)
    expect(api.tokens()).toEqual(['1', '2-claims', '1', '2-claims'])
  })

  it('to a token with claims it asks for a newer one with the new claims', async () => {
    const call = make()
    accept((token) => token === '2-claims', challengeOf(CLAIMS))
    await call(api.origin)
    accept((token) => token === '3-claims', challengeOf(CLAIMS))
    expect((await call(api.origin)).status).toBe(200)
    expect(api.tokens()).toEqual(['1', '2-claims', '2-claims', '3-claims'])
  })

  it('without claims it asks once more with a new token, though the cache has one', async () => {
    const call = make()
    await call(api.origin)
    accept((token) => token === '2')
    const response = await call(api.origin)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('answer 3')
    await call(api.origin)
    expect(api.tokens()).toEqual(['1', '1', '2', '2'])
    expect(authority.requests).toHaveLength(2)
  })

  it('to hundreds of calls at once it gets one new token for all', async () => {
    const call = make()
    await call(api.origin)
    accept((token) => token === '2')
    const responses = await Promise.all(Array.from({ length: 300 }, () => call(api.origin)))
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    expect(authority.requests).toHaveLength(2)
  })

  it('it never asks a third time', async () => {
    accept(() => false)
    expect((await make()(api.origin)).status).toBe(401)
    expect(api.requests).toHaveLength(2)
  })

  it('gives the answer of the API when there is no new token, and the error when there is none with the claims', async () => {
    const refusal = { status: 400, json: { error: 'invalid_grant', error_codes: [50076], suberror: 'basic_action' } }
    accept(() => false)
    authority.answerWith(tokenAnswer(), refusal)
    const response = await make()(api.origin)
    expect([response.status, await response.text()]).toEqual([401, 'answer 1'])
    accept(() => false, challengeOf(CLAIMS))
    authority.answerWith(tokenAnswer(), refusal)
    expect(await refusalOf(make()(api.origin))).toMatchObject({ name: 'TokenRequestError', code: 50076 })
  })

  it.each([
    ['claims that are no JSON', { 'www-authenticate': 'Bearer error="insufficient_claims", claims="bm8="' }],
    ['claims of another error', { 'www-authenticate': `Bearer error="invalid_token", claims="${base64(CLAIMS)}"` }],
    ['claims of another scheme', { 'www-authenticate': `PoP error="insufficient_claims", claims="${base64(CLAIMS)}"` }],
  ])('with %s it asks once more without claims', async (_, headers) => {
    accept(() => false, headers)
    await make()(api.origin)
    expect(authority.requests.map(({ form }) => form.claims)).toEqual([undefined, undefined])
    expect(api.requests).toHaveLength(2)
  })

  it.each<[string, () => RequestInit]>([
    ['text', () => ({ body: 'sent twice' })],
    ['bytes', () => ({ body: Buffer.from('sent twice') })],
    ['a Blob', () => ({ body: new Blob(['sent twice']) })],
  ])('it sends %s again', async (_, init) => {
    accept((token) => token === '2')
    expect((await make()(api.origin, { method: 'POST', ...init() })).status).toBe(200)
    expect(api.requests.map(({ body }) => body)).toEqual(['sent twice', 'sent twice'])
  })

  it('it sends a form again', async () => {
    accept((token) => Number(token) % 2 === 0)
    const form = new FormData()
    form.set('name', 'sent twice')
    await make()(api.origin, { method: 'POST', body: form })
    await make()(api.origin, { method: 'POST', body: new URLSearchParams({ name: 'sent twice' }) })
    expect(api.requests.map(({ body }) => /sent.twice/.test(body))).toEqual([true, true, true, true])
  })

  const stream = () => new Blob(['sent once']).stream()
  it.each<[string, (url: string) => Parameters<typeof fetch>]>([
    ['a stream', (url) => [url, { method: 'POST', body: stream(), duplex: 'half' } as RequestInit]],
    ['the body of a Request', (url) => [new Request(url, { method: 'POST', body: 'sent once' })]],
  ])('it does not send %s again, and says so', async (_, of) => {
    accept(() => false)
    const response = await make()(...of(api.origin))
    expect([response.status, await response.text()]).toEqual([401, 'answer 1'])
    expect(api.requests.map(({ body }) => body)).toEqual(['sent once'])
    expect(notices).toEqual([expect.stringContaining('can be sent only once')])
    expect(authority.requests).toHaveLength(1)
  })

  it('it stops when the caller gives up', async () => {
    const controller = new AbortController()
    api.answerWith(() => ({ status: 401 }))
    authority.answerWith(tokenAnswer(), () => {
      controller.abort()
      return 'silence'
    })
    const error = await refusalOf(make()(api.origin, { signal: controller.signal }))
    expect(error).toMatchObject({ name: 'AbortError' })
    expect(api.requests).toHaveLength(1)
  })
})

describe('the token goes nowhere else', () => {
  it('not to another origin that the API redirects to, whose 401 is not answered either', async () => {
    api.answerWith(() => ({ status: 307, headers: { location: `${elsewhere.origin}/there` } }))
    elsewhere.answerWith(() => ({ status: 401, headers: challengeOf(CLAIMS) }))
    expect((await make()(api.origin, { method: 'POST', body: 'text' })).status).toBe(401)
    expect(api.tokens()).toEqual(['1'])
    expect(elsewhere.tokens()).toEqual([undefined])
    expect(authority.requests).toHaveLength(1)
  })

  it('but to another address of the same origin', async () => {
    api.answerWith(({ path }) =>
      path === '/' ? { status: 302, headers: { location: '/there' } } : { status: path === '/there' ? 200 : 404 },
    )
    expect((await make()(api.origin)).status).toBe(200)
    expect(api.tokens()).toEqual(['1', '1'])
  })

  it.each([
    'http://api.example.com/',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com',
    'ftp://a.example',
  ])('not over %s, which others can read', async (url) => {
    const error = await refusalOf(make()(url))
    expect(error).toMatchObject({ name: 'CredentialOptionError', option: 'url' })
    expect(authority.requests).toEqual([])
  })
})
