import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Account, alice, bob } from '../../../../conformance/support/cloud-of-people.ts'
import { Person } from '../../../../conformance/support/person.ts'
import {
  AuthenticationRequiredError,
  AuthorizationCodeCredential,
  cached,
  InteractiveBrowserCredential,
  memoryCache,
  memorySignIns,
  RefreshTokenCredential,
  type SignIn,
  type SignInStore,
  signInKey,
} from '../../src/index.ts'
import { claimsOf, freePort, orders, rejection, startWorld, type World, website } from '../support/people.ts'

const GRAPH = 'https://graph.microsoft.com/User.Read'

let world: World
let signIns: SignInStore

beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => {
  signIns = memorySignIns()
  world.requests.length = 0
})
afterEach(() => world.spoil())
afterAll(() => world?.stop())

const credential = (options: object = {}) => new InteractiveBrowserCredential({ ...world.own, signIns, ...options })
const key = () => signInKey(world.own)

async function signIn(account: Account = alice, scopes = orders.scope): Promise<SignIn> {
  const authenticated = credential().authenticate(scopes)
  await new Person(world.cloud.doorstep, account).signInAndReturn(await world.browser.openedAddress())
  await authenticated
  const kept = await signIns.get(key())
  if (kept === undefined) throw new Error('nothing is kept')
  world.requests.length = 0
  return kept
}

const grants = () =>
  world.requests.flatMap(({ body }) => (body === undefined ? [] : [new URLSearchParams(body).get('grant_type')]))

describe('a sign-in that is kept', () => {
  it('says whose it is, and holds what tokens are had by', async () => {
    expect(await signIn()).toEqual({
      authorityHost: world.own.authorityHost,
      tenantId: world.own.tenantId,
      clientId: world.own.clientId,
      homeAccountId: `${alice.id}.${world.own.tenantId}`,
      username: alice.name,
      refreshToken: expect.any(String),
      version: 'v2.0',
      issuedAt: expect.any(Number),
    })
    expect(await signIns.list()).toHaveLength(1)
  })

  it('gives tokens for other scopes and by v1.0 without the person, and is renewed each time', async () => {
    const first = await signIn()
    const again = credential({ disableAutomaticAuthentication: true })
    expect(claimsOf((await again.getToken(orders.scope)).token)).toMatchObject({ scp: 'Orders.Read', oid: alice.id })
    const second = await signIns.get(key())
    expect(second?.refreshToken).not.toBe(first.refreshToken)
    expect(second?.username).toBe(alice.name)
    expect(claimsOf((await again.getToken([], { resource: orders.uri })).token).oid).toBe(alice.id)
    expect((await signIns.get(key()))?.homeAccountId).toBe(first.homeAccountId)
    expect(grants()).toEqual(['refresh_token', 'refresh_token'])
  })

  it('is not forgotten when the network or the authority fails', async () => {
    await signIn()
    const silent = credential({ disableAutomaticAuthentication: true })
    const unavailable = { status: 503, headers: { 'retry-after': '60' }, body: '{"error":"temporarily_unavailable"}' }
    world.spoil(() => unavailable)
    expect(await rejection(silent.getToken(orders.scope))).toMatchObject({ error: 'temporarily_unavailable' })
    world.spoil(() => {
      throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    })
    expect(await rejection(silent.getToken(orders.scope))).toMatchObject({ name: 'AuthorityUnreachableError' })
    world.spoil()
    expect((await silent.getToken(orders.scope)).token).toEqual(expect.any(String))
  })

  it('is not forgotten when one API needs the person again', async () => {
    await signIn()
    const silent = credential({ disableAutomaticAuthentication: true })
    const error = await rejection(silent.getToken(GRAPH.replace('User.Read', 'Mail.Read')))
    expect(error).toBeInstanceOf(AuthenticationRequiredError)
    expect(error).toMatchObject({ cause: { name: 'TokenRequestError', code: 65001, subError: 'consent_required' } })
    expect((await silent.getToken(orders.scope)).token).toEqual(expect.any(String))
  })

  it.each([
    [50105, undefined],
    [501051, undefined],
    [70000, 'client_mismatch'],
    [50055, 'user_password_expired'],
    [70043, 'token_expired'],
  ])('is not forgotten when a refusal is not about its refresh token: %s %s', async (code, suberror) => {
    await signIn()
    const silent = credential({ disableAutomaticAuthentication: true })
    const body = JSON.stringify({ error: 'invalid_grant', error_codes: [code], suberror })
    world.spoil(() => ({ status: 400, headers: {}, body }))
    expect(await rejection(silent.getToken(orders.scope))).toMatchObject({ cause: { code } })
    world.spoil()
    expect((await silent.getToken(orders.scope)).token).toEqual(expect.any(String))
  })

  it.each([
    [50173, 'bad_token'],
    [700082, undefined],
    [50132, undefined],
  ])('is forgotten when the authority says that its refresh token is dead: %s %s', async (code, suberror) => {
    await signIn()
    const body = JSON.stringify({ error: 'invalid_grant', error_codes: [code], suberror })
    world.spoil(() => ({ status: 400, headers: {}, body }))
    await rejection(credential({ disableAutomaticAuthentication: true }).getToken(orders.scope))
    expect(await signIns.get(key())).toBeUndefined()
  })

  it('says what the authority wants of the sign-in, and asks the person for it', async () => {
    await signIn()
    const claims = '{"access_token":{"polids":{"essential":true,"values":["p"]}}}'
    const body = JSON.stringify({ error: 'invalid_grant', error_codes: [50076], suberror: 'basic_action', claims })
    world.spoil((request, response) =>
      request.body?.includes('grant_type=refresh_token') ? { status: 400, headers: {}, body } : response,
    )
    const silent = credential({ disableAutomaticAuthentication: true })
    expect(await rejection(silent.getToken(orders.scope))).toMatchObject({ claims })
    const controller = new AbortController()
    const asked = { claims: '{"access_token":{"acrs":{"value":"c1"}}}', abortSignal: controller.signal }
    const asking = rejection(credential().getToken(orders.scope, asked))
    const sent = new URL(await world.browser.openedAddress()).searchParams.get('claims')
    controller.abort()
    await asking
    expect(JSON.parse(sent ?? '')).toEqual({
      access_token: { acrs: { value: 'c1' }, polids: { essential: true, values: ['p'] } },
    })
  })

  it('is forgotten when its refresh token is dead, and the person is asked again', async () => {
    const kept = await signIn()
    await signIns.set(key(), { ...kept, refreshToken: `${kept.refreshToken.slice(0, -8)}AAAAAAAA` })
    const error = await rejection(credential({ disableAutomaticAuthentication: true }).getToken(orders.scope))
    expect(error).toMatchObject({ scopes: [orders.scope], cause: { error: 'invalid_grant' } })
    expect(Object(error).message).not.toContain(kept.refreshToken.slice(0, 40))
    expect(await signIns.get(key())).toBeUndefined()
    const token = credential().getToken(orders.scope)
    await new Person(world.cloud.doorstep, alice).signInAndReturn(await world.browser.openedAddress())
    expect(claimsOf((await token).token).oid).toBe(alice.id)
    expect(await signIns.list()).toHaveLength(1)
  })

  it('keeps the secret apart: a web app refreshes with it', async () => {
    const redirectUri = `http://localhost:${await freePort()}`
    const web = new AuthorizationCodeCredential({ ...world.own, ...website, signIns, redirectUri })
    const token = web.getToken(orders.scope)
    await new Person(world.cloud.doorstep, alice).signInAndReturn(await world.browser.openedAddress())
    await token
    expect(claimsOf((await web.getToken(orders.scope)).token).azp).toBe(website.clientId)
    expect(JSON.stringify(await signIns.list())).not.toContain(website.clientSecret)
  })

  it('does not withhold a token when its store fails', async () => {
    const broken = () => {
      throw new Error('disk full')
    }
    const store = { get: broken, set: broken, delete: broken, list: broken }
    const token = credential({ signIns: store }).getToken(orders.scope)
    await new Person(world.cloud.doorstep, alice).signInAndReturn(await world.browser.openedAddress())
    expect(claimsOf((await token).token).oid).toBe(alice.id)
  })
})

describe('a credential that names an account', () => {
  const named = (account: Account, options: object = {}) => credential({ loginHint: account.name, ...options })
  const nameOn = async (of: InteractiveBrowserCredential) =>
    claimsOf((await of.getToken(orders.scope)).token).preferred_username

  it('does not use the sign-in of another one, and keeps its own beside it', async () => {
    await signIn(alice)
    const silent = named(bob, { disableAutomaticAuthentication: true })
    expect(await rejection(silent.getToken(orders.scope))).toBeInstanceOf(AuthenticationRequiredError)
    const authenticated = named(bob).authenticate(orders.scope)
    await new Person(world.cloud.doorstep, bob).signInAndReturn(await world.browser.openedAddress())
    await authenticated
    expect(await nameOn(silent)).toBe(bob.name)
    expect(await nameOn(credential({ disableAutomaticAuthentication: true }))).toBe(alice.name)
    expect(await signIns.list()).toHaveLength(2)
  })

  it('uses the one that is there when it is that account’s, in whatever case', async () => {
    await signIn(alice)
    const silent = credential({ loginHint: alice.name.toUpperCase(), disableAutomaticAuthentication: true })
    expect(await nameOn(silent)).toBe(alice.name)
    expect(await signIns.list()).toHaveLength(1)
  })

  it('shares its tokens with nobody of another name', () => {
    const partitions = [named(alice), named(bob), credential()].map(({ cachePartition }) => cachePartition)
    expect(new Set(partitions).size).toBe(3)
  })
})

describe('a credential that may not ask by itself', () => {
  it('says so when nobody has signed in, and sends nothing', async () => {
    const error = await rejection(credential({ disableAutomaticAuthentication: true }).getToken(orders.scope))
    expect(error).toBeInstanceOf(AuthenticationRequiredError)
    expect(error).toMatchObject({ scopes: [orders.scope], message: expect.stringContaining('authenticate()') })
    expect(world.requests).toEqual([])
  })

  it('asks by authenticate, which asks whether or not a sign-in is kept', async () => {
    await signIn()
    const asking = credential({ disableAutomaticAuthentication: true })
    const account = asking.authenticate(orders.scope)
    await new Person(world.cloud.doorstep, bob).signInAndReturn(await world.browser.openedAddress())
    expect(await account).toMatchObject({ username: bob.name, tenantId: world.own.tenantId })
    expect(claimsOf((await asking.getToken(orders.scope)).token).preferred_username).toBe(bob.name)
  })
})

describe('many callers', () => {
  it('cause one window, also for different APIs', async () => {
    const shared = credential()
    const first = Array.from({ length: 20 }, () => shared.getToken(orders.scope))
    const second = Array.from({ length: 20 }, () => shared.getToken('https://graph.microsoft.com/.default'))
    const address = await world.browser.openedAddress()
    await new Person(world.cloud.doorstep, alice).signInAndReturn(address)
    const tokens = await Promise.all(first)
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1)
    const others = await Promise.allSettled(second)
    const unexpected = others.filter(({ status }) => status === 'rejected')
    expect(unexpected).toEqual([])
    expect(grants().filter((grant) => grant === 'authorization_code')).toHaveLength(1)
  })

  it('with separate people never get each other’s tokens from a shared cache', async () => {
    const cache = memoryCache()
    const names = []
    for (const account of [alice, bob]) {
      const token = cached(new InteractiveBrowserCredential(world.own), cache).getToken(orders.scope)
      await new Person(world.cloud.doorstep, account).signInAndReturn(await world.browser.openedAddress())
      names.push(claimsOf((await token).token).preferred_username)
    }
    expect(names).toEqual([alice.name, bob.name])
  })
})

describe('a refresh token from elsewhere', () => {
  it('gives tokens by v2.0 and v1.0, and is followed by its successors', async () => {
    const { refreshToken } = await signIn()
    const own = memorySignIns()
    const refreshing = new RefreshTokenCredential({ ...world.own, refreshToken, signIns: own })
    expect(claimsOf((await refreshing.getToken(orders.scope)).token).oid).toBe(alice.id)
    expect(claimsOf((await refreshing.getToken([], { resource: orders.uri })).token).oid).toBe(alice.id)
    const sent = world.requests.map(({ body }) => new URLSearchParams(body).get('refresh_token'))
    expect(sent[0]).toBe(refreshToken)
    expect(sent[1]).not.toBe(refreshToken)
    expect((await own.list())[0]?.username).toBe(alice.name)
    expect(await own.get(key())).toBeUndefined()
  })

  it('is refused with the authority’s code, and never repeated in the error', async () => {
    const refreshToken = '1.not-a-refresh-token-at-all'
    const refreshing = new RefreshTokenCredential({ ...world.own, refreshToken })
    const error = await rejection(refreshing.getToken(orders.scope))
    expect(error).toMatchObject({ name: 'TokenRequestError', error: 'invalid_grant' })
    expect(JSON.stringify([Object(error).message, error])).not.toContain(refreshToken)
  })

  it('names its tokens by itself, without showing itself', () => {
    const of = (refreshToken: string) => new RefreshTokenCredential({ ...world.own, refreshToken }).cachePartition
    expect(of('one')).toBe(of('one'))
    expect(of('one')).not.toBe(of('two'))
  })
})
