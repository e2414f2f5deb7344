import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { alice } from '../../../../conformance/support/cloud-of-people.ts'
import { Person } from '../../../../conformance/support/person.ts'
import { AuthorizationCodeCredential, nodeTransport, RefreshTokenCredential } from '../../src/index.ts'
import { claimsOf, freePort, orders, rejection, startWorld, type World, website } from '../support/people.ts'
import { startTokenServer, type TokenServer, tokenAnswer } from '../support/token-server.ts'

const WELL_KNOWN = '/.well-known/openid-configuration'

describe('the secret of a web app at another provider', () => {
  let server: TokenServer
  beforeAll(async () => {
    server = await startTokenServer()
  })
  beforeEach(() => {
    server.requests.length = 0
  })
  afterAll(() => server.close())

  /** A provider that says so of itself; what it answers to a token request. */
  function provider(methods: readonly string[] | undefined, answer: () => ReturnType<typeof tokenAnswer> & object) {
    const issuer = server.authorityHost
    const document = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      ...(methods && { token_endpoint_auth_methods_supported: methods }),
    }
    server.answerWith(({ path }) => (path === WELL_KNOWN ? { json: document } : answer()))
    return (clientSecret: string, clientId = 'web') =>
      new RefreshTokenCredential({
        clientId,
        clientSecret,
        refreshToken: 'refresh',
        discoveryUrl: `${issuer}${WELL_KNOWN}`,
        transport: nodeTransport({ ca: server.certificate }),
      })
  }
  const sent = () => {
    const { form = {}, headers = {} } = server.requests.find(({ path }) => path === '/token') ?? {}
    return { form, authorization: headers.authorization }
  }

  it.each<[string, readonly string[] | undefined]>([
    ['that alone is listed', ['client_secret_basic']],
    ['no form is listed that it could take', ['private_key_jwt', 'client_secret_basic']],
    ['nothing is listed, as RFC 8414 says', undefined],
  ])('goes by HTTP Basic, encoded as a form, where %s', async (_, methods) => {
    await provider(methods, () => tokenAnswer())('a b+c:%ü', 'my:web').getToken('read')
    const { form, authorization = '' } = sent()
    const pair = Buffer.from(String(authorization).replace(/^Basic /, ''), 'base64').toString()
    expect(pair).toBe('my%3Aweb:a+b%2Bc%3A%25%C3%BC')
    expect(form).toEqual({ grant_type: 'refresh_token', refresh_token: 'refresh', scope: expect.any(String) })
  })

  it('goes in the body where the provider takes that', async () => {
    const methods = ['client_secret_basic', 'client_secret_post']
    await provider(methods, () => tokenAnswer())('a b+c').getToken('read')
    const { form, authorization } = sent()
    expect(authorization).toBeUndefined()
    expect(form).toMatchObject({ client_id: 'web', client_secret: 'a b+c' })
  })

  it.each([[['private_key_jwt', 'none']], [[]]])('is sent nowhere to a provider that takes %j', async (methods) => {
    const error = await rejection(provider(methods, () => tokenAnswer())('hush-hush').getToken('read'))
    expect(error).toMatchObject({ name: 'CredentialOptionError', option: 'clientSecret' })
    expect(Object(error).message).not.toContain('hush-hush')
    expect(server.requests.map(({ path }) => path)).toEqual([WELL_KNOWN])
  })

  it('is never repeated in an error', async () => {
    const refused = { status: 401, json: { error: 'invalid_client', error_description: 'wrong: hush-hush' } }
    const make = provider(['client_secret_basic'], () => refused)
    const error = await rejection(make('hush-hush').getToken('read'))
    expect(error).toMatchObject({ name: 'TokenRequestError', error: 'invalid_client' })
    expect(Object(error).message).toBe('wrong: [redacted]')
  })
})

describe('a web app at a provider that takes HTTP Basic alone', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterEach(() => world.spoil())
  afterAll(() => world?.stop())

  it('signs people in and refreshes', async () => {
    world.spoil(({ url }, response) => {
      if (!url.endsWith(WELL_KNOWN)) return response
      const token_endpoint_auth_methods_supported = ['client_secret_basic']
      return {
        ...response,
        body: JSON.stringify({ ...JSON.parse(response.body), token_endpoint_auth_methods_supported }),
      }
    })
    const { transport, authorityHost, tenantId } = world.own
    const discoveryUrl = `${authorityHost}/${tenantId}/v2.0${WELL_KNOWN}`
    const redirectUri = `http://localhost:${await freePort()}`
    const web = new AuthorizationCodeCredential({ ...website, transport, discoveryUrl, redirectUri })
    const token = web.getToken(orders.scope)
    await new Person(world.cloud.doorstep, alice).signInAndReturn(await world.browser.openedAddress())
    expect(claimsOf((await token).token).azp).toBe(website.clientId)
    expect(claimsOf((await web.getToken(orders.scope)).token).azp).toBe(website.clientId)
    const requests = world.requests.filter(({ url }) => url.endsWith('/token'))
    expect(requests.map(({ headers }) => headers.authorization?.slice(0, 6))).toEqual(['Basic ', 'Basic '])
    expect(requests.map(({ body }) => body).join()).not.toContain('client_secret')
  })
})
