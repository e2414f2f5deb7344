import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Account, alice, bob } from '../../../../conformance/support/cloud-of-people.ts'
import { Person } from '../../../../conformance/support/person.ts'
import {
  AuthenticationRequiredError,
  cached,
  fileStore,
  InteractiveBrowserCredential,
  memoryCache,
  memorySignIns,
  type SignInStore,
  type TokenCache,
  type TokenCredential,
} from '../../src/index.ts'
import { claimsOf, orders, rejection, startWorld, type World } from '../support/people.ts'

const MINUTE = 60_000

let world: World
let folder: string
/** How far the cache's present is ahead of the machine's, in milliseconds. */
let ahead = 0
/** Addresses that a browser was told to open. */
let opened: string[] = []

beforeAll(async () => {
  world = await startWorld()
})
beforeEach(async () => {
  ahead = 0
  opened = []
  world.requests.length = 0
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
})
afterEach(async () => {
  world.spoil()
  await rm(folder, { recursive: true, force: true })
})
afterAll(() => world?.stop())

const asking = (signIns?: SignInStore) =>
  new InteractiveBrowserCredential({ ...world.own, signIns, onAddress: (url) => opened.push(url) })
const keeping = (credential: InteractiveBrowserCredential, cache?: TokenCache) =>
  cached(credential, cache, { now: () => Date.now() + ahead })

/** The person in front of the browser. */
async function signsIn(account: Account): Promise<void> {
  await new Person(world.cloud.doorstep, account).signInAndReturn(await world.browser.openedAddress())
}
async function authenticate(credential: InteractiveBrowserCredential, account: Account): Promise<void> {
  await Promise.all([credential.authenticate(orders.scope), signsIn(account)])
}
const nameOn = async (credential: TokenCredential) =>
  claimsOf((await credential.getToken(orders.scope)).token).preferred_username
const grants = () =>
  world.requests.flatMap(({ body }) => (body === undefined ? [] : [new URLSearchParams(body).get('grant_type')]))

describe('after somebody else has signed in', () => {
  it.each<[string, () => TokenCache | undefined]>([
    ['in memory', () => undefined],
    ['in a cache', () => memoryCache()],
  ])('a cached credential gives none of the earlier tokens, %s', async (_, makeCache) => {
    const credential = asking()
    const kept = keeping(credential, makeCache())
    await authenticate(credential, alice)
    expect(await nameOn(kept)).toBe(alice.name)
    await authenticate(credential, bob)
    expect(await nameOn(kept)).toBe(bob.name)
    await authenticate(credential, alice)
    expect(await nameOn(kept)).toBe(alice.name)
  })

  it.each<[string, () => Promise<{ signIns: SignInStore; tokens?: TokenCache }>]>([
    ['in memory', async () => ({ signIns: memorySignIns() })],
    ['in memory, with a cache', async () => ({ signIns: memorySignIns(), tokens: memoryCache() })],
    ['in a file', () => fileStore({ directory: join(folder, 'store'), keychain: 'off' })],
    [
      'in a file, with a cache of its own',
      async () => ({
        ...(await fileStore({ directory: join(folder, 'store'), keychain: 'off' })),
        tokens: memoryCache(),
      }),
    ],
  ])('another credential with the same sign-ins gives none either, %s', async (_, makeStore) => {
    const { signIns, tokens } = await makeStore()
    const one = asking(signIns)
    const other = keeping(asking(signIns), tokens)
    await authenticate(one, alice)
    expect(await nameOn(other)).toBe(alice.name)
    await authenticate(one, bob)
    expect(await nameOn(other)).toBe(bob.name)
  })

  it('a request that was under way leaves nothing of the earlier person behind', async () => {
    const signIns = memorySignIns()
    const tokens = memoryCache()
    const credential = asking(signIns)
    const kept = keeping(credential, tokens)
    await authenticate(credential, alice)
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let arrived = () => {}
    const sent = new Promise<void>((resolve) => {
      arrived = resolve
    })
    let isFirst = true
    world.spoil(async ({ body }, response) => {
      const isRefresh = new URLSearchParams(body).get('grant_type') === 'refresh_token'
      if (!isRefresh || !isFirst) return response
      isFirst = false
      arrived()
      await held
      return response
    })
    const late = nameOn(kept)
    await sent
    await authenticate(credential, bob)
    release()
    expect(await late).toBe(bob.name)
    expect(await nameOn(kept)).toBe(bob.name)
    expect(await nameOn(keeping(asking(signIns), tokens))).toBe(bob.name)
    expect((await signIns.list()).map(({ username }) => username)).toEqual([bob.name])
  })

  it('the earlier sign-in is gone too where the new one brings no refresh token', async () => {
    const signIns = memorySignIns()
    const credential = asking(signIns)
    await authenticate(credential, alice)
    world.spoil((_, response) => {
      const { refresh_token, ...rest } = JSON.parse(response.body)
      return { ...response, body: JSON.stringify(rest) }
    })
    await authenticate(credential, bob)
    world.spoil()
    expect(await signIns.list()).toEqual([])
  })

  it('the same person’s tokens stay', async () => {
    const credential = asking()
    const kept = keeping(credential)
    await authenticate(credential, alice)
    const before = await kept.getToken(orders.scope)
    await authenticate(credential, alice)
    expect(await kept.getToken(orders.scope)).toBe(before)
  })
})

describe('a refresh in the background', () => {
  const dead = {
    status: 400,
    headers: {},
    body: '{"error":"invalid_grant","error_description":"AADSTS50173: revoked"}',
  }
  const endSignIn = () =>
    world.spoil(({ body }, response) =>
      new URLSearchParams(body).get('grant_type') === 'refresh_token' ? dead : response,
    )
  const settled = () => new Promise((resolve) => setTimeout(resolve, 100))

  it.each<[string, TokenCache | undefined]>([
    ['in memory', undefined],
    ['with a cache', memoryCache()],
  ])('asks nobody: the good token is given until it ends, and only then a window opens, %s', async (_, cache) => {
    const credential = asking()
    const kept = keeping(credential, cache)
    await authenticate(credential, alice)
    const good = await kept.getToken(orders.scope)
    endSignIn()
    opened = []
    ahead = good.expiresOnTimestamp - Date.now() - MINUTE
    for (let call = 0; call < 3; call += 1) {
      expect(await kept.getToken(orders.scope)).toBe(good)
      await settled()
    }
    expect(opened).toEqual([])
    ahead += 2 * MINUTE
    const [next] = await Promise.all([kept.getToken(orders.scope), signsIn(alice)])
    expect(opened).toHaveLength(1)
    expect(next.token).not.toBe(good.token)
  })

  it('does not withhold the window from a caller who comes when the token has ended meanwhile', async () => {
    const credential = asking()
    const kept = keeping(credential)
    await authenticate(credential, alice)
    const good = await kept.getToken(orders.scope)
    opened = []
    world.requests.length = 0
    world.spoil(async ({ body }, response) => {
      if (new URLSearchParams(body).get('grant_type') !== 'refresh_token') return response
      await settled()
      return dead
    })
    ahead = good.expiresOnTimestamp - Date.now() - MINUTE
    expect(await kept.getToken(orders.scope)).toBe(good)
    ahead += 2 * MINUTE
    const callers = Array.from({ length: 20 }, () => kept.getToken(orders.scope))
    await signsIn(alice)
    expect(new Set((await Promise.all(callers)).map(({ token }) => token)).size).toBe(1)
    expect(opened).toHaveLength(1)
    expect(grants()).toEqual(['refresh_token', 'authorization_code'])
  })
})

describe('a call that may ask nobody', () => {
  it('is refused, sends nothing and shares its token with those that may', async () => {
    const credential = asking()
    const kept = keeping(credential)
    const silent = { disableAutomaticAuthentication: true }
    const refused = await rejection(kept.getToken(orders.scope, silent))
    expect(refused).toBeInstanceOf(AuthenticationRequiredError)
    expect({ opened, sent: world.requests.length }).toEqual({ opened: [], sent: 0 })
    const [token] = await Promise.all([kept.getToken(orders.scope), signsIn(alice)])
    expect(await kept.getToken(orders.scope, silent)).toBe(token)
  })

  it('does not wait for a person who is being asked', async () => {
    const credential = asking()
    const token = credential.getToken(orders.scope)
    const address = await world.browser.openedAddress()
    const refused = await rejection(credential.getToken(orders.scope, { disableAutomaticAuthentication: true }))
    expect(refused).toBeInstanceOf(AuthenticationRequiredError)
    await new Person(world.cloud.doorstep, alice).signInAndReturn(address)
    expect(claimsOf((await token).token).preferred_username).toBe(alice.name)
  })
})
