import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { alice, contoso } from '../../../../conformance/support/cloud-of-people.ts'
import { Person } from '../../../../conformance/support/person.ts'
import { CredentialOptionError, InteractiveBrowserCredential, memorySignIns } from '../../src/index.ts'
import { claimsOf, orders, rejection, startWorld, type World } from '../support/people.ts'

const WELL_KNOWN = '/.well-known/openid-configuration'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterEach(() => world.spoil())
afterAll(() => world?.stop())

/** The local cloud, known by nothing but its metadata. */
function provider(options: object = {}) {
  const { clientId, transport, authorityHost, tenantId } = world.own
  const discoveryUrl = `${authorityHost}/${tenantId}/v2.0${WELL_KNOWN}`
  return new InteractiveBrowserCredential({ clientId, transport, discoveryUrl, ...options })
}

describe('another provider, by its discovery URL', () => {
  it('signs people in and refreshes, its metadata read once', async () => {
    const signIns = memorySignIns()
    const credential = provider({ signIns })
    const token = credential.getToken(orders.scope)
    const address = await world.browser.openedAddress()
    expect(new URL(address).searchParams.has('client_info')).toBe(false)
    await new Person(world.cloud.doorstep, alice).signInAndReturn(address)
    const { sub, tid } = claimsOf((await token).token)
    expect({ sub, tid }).toEqual({ sub: expect.any(String), tid: contoso.tenantId })
    expect((await credential.getToken(orders.scope)).token).toEqual(expect.any(String))
    const [kept] = await signIns.list()
    expect(kept).toMatchObject({ authorityHost: `${world.own.authorityHost}/${contoso.tenantId}/v2.0`, tenantId: '' })
    expect(kept?.homeAccountId).toMatch(new RegExp(`^.+\\.${contoso.tenantId}$`))
    expect(world.requests.filter(({ url }) => url.endsWith(WELL_KNOWN))).toHaveLength(1)
  })

  it('must be the issuer that its metadata names', async () => {
    const discoveryUrl = `${world.own.authorityHost}/${contoso.domain}/v2.0${WELL_KNOWN}`
    const error = await rejection(provider({ discoveryUrl }).getToken(orders.scope))
    expect(error).toMatchObject({ name: 'SignInError', reason: 'untrustedAnswer' })
    expect(Object(error).message).toMatch(/is that of the issuer .* was expected/)
  })

  it('must have https addresses', async () => {
    world.spoil(({ url }, response) => {
      if (!url.endsWith(WELL_KNOWN)) return response
      const document = JSON.parse(response.body)
      return { ...response, body: JSON.stringify({ ...document, token_endpoint: 'http://localhost/token' }) }
    })
    const error = await rejection(provider().getToken(orders.scope))
    expect(Object(error).message).toContain('no https address as token_endpoint')
  })

  it('must name itself in its answers where it says that it does', async () => {
    world.spoil(({ url }, response) => {
      if (!url.endsWith(WELL_KNOWN)) return response
      const document = JSON.parse(response.body)
      const body = JSON.stringify({ ...document, authorization_response_iss_parameter_supported: true })
      return { ...response, body }
    })
    const refused = rejection(provider().getToken(orders.scope))
    await new Person(world.cloud.doorstep, alice).signInAndReturn(await world.browser.openedAddress())
    expect(await refused).toMatchObject({
      reason: 'untrustedAnswer',
      message: expect.stringContaining('does not come'),
    })
  })
})

describe('an option that cannot work', () => {
  it.each<[string, object]>([
    ['discoveryUrl', { discoveryUrl: 'https://id.example.com' }],
    ['discoveryUrl', { discoveryUrl: `http://id.example.com${WELL_KNOWN}` }],
    ['tenantId', { tenantId: 'contoso.example' }],
    ['authorityHost', { authorityHost: 'https://login.microsoftonline.com' }],
    ['clientId', { clientId: '' }],
    ['redirectUri', { redirectUri: 'https://localhost:8080' }],
    ['redirectUri', { redirectUri: 'http://example.com:8080' }],
    ['redirectUri', { redirectUri: 'http://localhost:0' }],
    ['redirectUri', { redirectUri: 'http://localhost:70000' }],
    ['redirectUri', { redirectUri: 'http://localhost:8080/?a=b' }],
    ['redirectUri', { redirectUri: [] }],
    ['responseMode', { responseMode: 'fragment' }],
    ['signInTimeoutMilliseconds', { signInTimeoutMilliseconds: 0 }],
    ['signInTimeoutMilliseconds', { signInTimeoutMilliseconds: 2 ** 31 }],
  ])('is named: %s in %j', (option, options) => {
    expect(() => provider(options)).toThrow(expect.objectContaining({ name: 'CredentialOptionError', option }))
  })

  it('is named when a call has it, before anything is opened or sent', async () => {
    const entra = new InteractiveBrowserCredential(world.own)
    const refusals = [
      [entra.getToken([]), 'scopes'],
      [entra.getToken('openid profile'), 'scopes'],
      [entra.getToken('a', { resource: 'b' }), 'resource'],
      [entra.getToken('a', { tenantId: 'other.example' }), 'tenantId'],
      [entra.getToken('a', { claims: 'no JSON' }), 'claims'],
      [provider().getToken([], { resource: 'b' }), 'resource'],
    ] as const
    for (const [promise, option] of refusals) {
      const error = await rejection(promise)
      expect(error).toBeInstanceOf(CredentialOptionError)
      expect(error).toMatchObject({ option })
    }
  })
})
