import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { alice } from '../../../../conformance/support/cloud-of-people.ts'
import { Person } from '../../../../conformance/support/person.ts'
import {
  ClientSecretCredential,
  cached,
  createFetch,
  DeviceCodeCredential,
  type GetTokenOptions,
  InteractiveBrowserCredential,
  RefreshTokenCredential,
  type TokenCredential,
} from '../../src/index.ts'
import { type ApiServer, startApiServer } from '../support/api-server.ts'
import { orders, rejection, startWorld, type World } from '../support/people.ts'

const CHALLENGE =
  'Bearer error="insufficient_user_authentication", error_description="A newer sign-in is needed", acr_values="myACR phr", max_age="5"'

let world: World
let api: ApiServer
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(async () => {
  api = await startApiServer()
})
afterEach(() => api.close())
afterAll(() => world?.stop())

/** Options of a credential that knows the local cloud by its metadata alone. */
function provider() {
  const { clientId, transport, authorityHost, tenantId } = world.own
  return { clientId, transport, discoveryUrl: `${authorityHost}/${tenantId}/v2.0/.well-known/openid-configuration` }
}
async function signsIn(): Promise<URLSearchParams> {
  const address = await world.browser.openedAddress()
  await new Person(world.cloud.doorstep, alice).signInAndReturn(address)
  return new URL(address).searchParams
}
/** Takes no token of before. */
function wantMore(challenge = CHALLENGE) {
  const before = new Set<string | undefined>()
  api.answerWith(({ headers }) => {
    if (before.size === 0) before.add(headers.authorization)
    return before.has(headers.authorization)
      ? { status: 401, headers: { 'www-authenticate': challenge } }
      : { status: 200 }
  })
}
const calling = (credential: TokenCredential) => createFetch(credential, { scopes: orders.scope })

describe('an API that wants a stronger or newer sign-in', () => {
  it('gets a token of a sign-in that was asked for it, from then on at once', async () => {
    const credential = new InteractiveBrowserCredential(provider())
    await Promise.all([credential.authenticate(orders.scope), signsIn()])
    const call = calling(cached(credential))
    wantMore()
    const [response, asked] = await Promise.all([call(api.origin), signsIn()])
    expect(response.status).toBe(200)
    expect({ acr: asked.get('acr_values'), age: asked.get('max_age') }).toEqual({ acr: 'myACR phr', age: '5' })
    expect((await call(api.origin)).status).toBe(200)
    expect(api.requests).toHaveLength(3)
  })

  it('may name the age alone', async () => {
    const credential = new InteractiveBrowserCredential(provider())
    await Promise.all([credential.authenticate(orders.scope), signsIn()])
    wantMore('Bearer error="insufficient_user_authentication", max_age=0')
    const [response, asked] = await Promise.all([calling(cached(credential))(api.origin), signsIn()])
    expect(response.status).toBe(200)
    expect({ acr: asked.get('acr_values'), age: asked.get('max_age') }).toEqual({ acr: null, age: '0' })
  })
})

describe('a credential that cannot meet it', () => {
  const stepUp: GetTokenOptions = { acrValues: 'phr' }

  it('says so where it may ask nobody', async () => {
    const silent = new InteractiveBrowserCredential({ ...provider(), disableAutomaticAuthentication: true })
    const error = await rejection(silent.getToken(orders.scope, stepUp))
    expect(error).toMatchObject({ name: 'AuthenticationRequiredError' })
    expect(Object(error).message).toContain('The API wants a stronger or newer sign-in.')
  })

  it.each<[string, () => TokenCredential, RegExp]>([
    [
      'an application',
      () => new ClientSecretCredential({ ...world.own, clientSecret: 'not-a-real-secret' }),
      /that of an application/,
    ],
    [
      'a refresh token',
      () => new RefreshTokenCredential({ ...provider(), refreshToken: 'r' }),
      /a refresh token cannot/,
    ],
    ['a device code', () => new DeviceCodeCredential(provider()), /a device code cannot/],
    ['a person at Entra', () => new InteractiveBrowserCredential(world.own), /Entra is asked by claims/],
  ])('is %s, and nothing is asked', async (_, make, reason) => {
    world.requests.length = 0
    for (const [option, options] of Object.entries({ acrValues: stepUp, maxAgeSeconds: { maxAgeSeconds: 60 } })) {
      const error = await rejection(make().getToken(`${orders.uri}/.default`, options))
      expect(error).toMatchObject({ name: 'CredentialOptionError', option })
      expect(Object(error).message).toMatch(reason)
    }
    expect(world.requests).toEqual([])
  })

  it('makes the call fail with that reason', async () => {
    let tokens = 0
    const application = new ClientSecretCredential({
      ...world.own,
      clientSecret: 'not-a-real-secret',
      transport: async () => {
        tokens += 1
        const token = { token_type: 'Bearer', expires_in: 3599, access_token: `token-${tokens}` }
        return { status: 200, headers: {}, body: JSON.stringify(token) }
      },
    })
    wantMore()
    const call = createFetch(cached(application), { scopes: `${orders.uri}/.default` })
    expect(await rejection(call(api.origin))).toMatchObject({ name: 'CredentialOptionError', option: 'acrValues' })
    expect(api.requests).toHaveLength(1)
  })

  it.each<[string, GetTokenOptions]>([
    ['acrValues', { acrValues: ' ' }],
    ['maxAgeSeconds', { maxAgeSeconds: -1 }],
    ['maxAgeSeconds', { maxAgeSeconds: 1.5 }],
  ])('is told of a wrong value: %s', async (option, options) => {
    const error = await rejection(new InteractiveBrowserCredential(provider()).getToken(orders.scope, options))
    expect(error).toMatchObject({ name: 'CredentialOptionError', option })
  })
})
