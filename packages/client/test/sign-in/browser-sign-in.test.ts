import { createServer } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Account, alice, bob } from '../../../../conformance/support/cloud-of-people.ts'
import { deliver, Person } from '../../../../conformance/support/person.ts'
import {
  AbortError,
  AuthorizationCodeCredential,
  cached,
  InteractiveBrowserCredential,
  type InteractiveBrowserCredentialOptions,
  SignInError,
} from '../../src/index.ts'
import {
  claimsOf,
  freePort,
  loopbackAddresses,
  orders,
  rejection,
  startWorld,
  type World,
  website,
} from '../support/people.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => {
  world.requests.length = 0
})
afterEach(() => world.spoil())
afterAll(() => world?.stop())

const credential = (options: Partial<InteractiveBrowserCredentialOptions> = {}) =>
  new InteractiveBrowserCredential({ ...world.own, ...options })
const newPerson = (account: Account = alice) => new Person(world.cloud.doorstep, account)
const redirectUriOf = (address: string) => new URL(new URL(address).searchParams.get('redirect_uri') ?? '')
const bodiesSent = () => world.requests.flatMap(({ body }) => (body === undefined ? [] : [new URLSearchParams(body)]))

describe('a sign-in with the browser', () => {
  it('gives the person a token, and the browser a page that says so', async () => {
    const token = credential().getToken(orders.scope)
    const page = await newPerson().signInAndReturn(await world.browser.openedAddress())
    expect(claimsOf((await token).token)).toMatchObject({ aud: orders.appId, oid: alice.id, scp: 'Orders.Read' })
    expect(page).toContain(`You are signed in as ${alice.name}.`)
    expect(page).toContain('You may close this window')
    expect(page).not.toMatch(/<script|src=|href=/)
  })

  it('asks with state, nonce and S256, each time with other ones, at a free port of this machine', async () => {
    const seen = []
    for (const abort of [new AbortController(), new AbortController()]) {
      const refused = rejection(credential().getToken(orders.scope, { abortSignal: abort.signal }))
      seen.push(new URL(await world.browser.openedAddress()).searchParams)
      abort.abort()
      expect(await refused).toBeInstanceOf(AbortError)
    }
    for (const parameters of seen) {
      expect(Object.fromEntries(parameters)).toMatchObject({
        client_id: world.own.clientId,
        response_type: 'code',
        response_mode: 'query',
        scope: `${orders.scope} openid profile offline_access`,
        code_challenge_method: 'S256',
        redirect_uri: expect.stringMatching(/^http:\/\/localhost:\d+$/),
      })
    }
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const values = seen.map((parameters) => parameters.get(name))
      expect(new Set(values).size).toBe(2)
      for (const value of values) expect(value).toMatch(/^[\w-]{43}$/)
    }
  })

  it('speaks v1.0 for a resource, whose ID token is not signed', async () => {
    const token = credential().getToken([], { resource: orders.uri })
    const address = await world.browser.openedAddress()
    expect(new URL(address).pathname).toMatch(/\/oauth2\/authorize$/)
    await newPerson().signInAndReturn(address)
    expect(claimsOf((await token).token)).toMatchObject({ oid: alice.id, scp: 'Orders.Read' })
    expect(world.requests.map(({ url }) => new URL(url).pathname)).toContain(`/${world.cloud.tenantId}/oauth2/token`)
    expect(bodiesSent().at(-1)?.get('resource')).toBe(orders.uri)
  })

  it('takes an answer that is posted as a form', async () => {
    const token = credential({ responseMode: 'form_post' }).getToken(orders.scope)
    const departure = await newPerson().signIn(await world.browser.openedAddress())
    expect(departure.method).toBe('POST')
    expect(await deliver(departure)).toContain('You are signed in')
    expect(claimsOf((await token).token).oid).toBe(alice.id)
  })

  it('listens at the registered port and path, on IPv4 and IPv6', async () => {
    const redirectUri = `http://localhost:${await freePort()}/answer`
    const token = credential({ redirectUri }).getToken(orders.scope)
    const departure = await newPerson().signIn(await world.browser.openedAddress())
    expect(`${departure.url.origin}${departure.url.pathname}`).toBe(redirectUri)
    for (const host of loopbackAddresses) {
      const { status } = await fetch(`http://${host === '::1' ? '[::1]' : host}:${departure.url.port}/favicon.ico`)
      expect(status).toBe(404)
    }
    await deliver(departure)
    await token
  })

  it('signs people of any organization in, whose issuer the metadata leaves open', async () => {
    const { tenantId, ...rest } = world.own
    const account = new InteractiveBrowserCredential(rest).authenticate(orders.scope)
    const address = await world.browser.openedAddress()
    expect(new URL(address).pathname).toContain('/organizations/')
    await newPerson().signInAndReturn(address)
    expect(await account).toEqual({
      username: alice.name,
      tenantId,
      homeAccountId: `${alice.id}.${tenantId}`,
    })
  })

  it('gives a web app with a secret its tokens', async () => {
    const redirectUri = `http://localhost:${await freePort()}`
    const token = new AuthorizationCodeCredential({ ...world.own, ...website, redirectUri }).getToken(orders.scope)
    await newPerson().signInAndReturn(await world.browser.openedAddress())
    expect(claimsOf((await token).token)).toMatchObject({ azp: website.clientId, oid: alice.id })
    expect(bodiesSent().at(-1)?.get('client_secret')).toBe(website.clientSecret)
  })
})

describe('the listener', () => {
  it('goes on waiting after what is no answer to the sign-in', async () => {
    const token = credential().getToken(orders.scope)
    const address = await world.browser.openedAddress()
    const { port } = redirectUriOf(address)
    const state = new URL(address).searchParams.get('state') ?? ''
    const to = (path: string, init?: RequestInit) => fetch(`http://localhost:${port}${path}`, init)
    const strays = [
      await to('/favicon.ico'),
      await to('/?code=stolen&state=wrong'),
      await to('/?code=stolen'),
      await to('/?error=access_denied'),
      await to(`/?code=one&code=two&state=${state}`),
      await to('/', { method: 'POST', body: new URLSearchParams({ code: 'stolen', state: 'wrong' }) }),
      await to('/', { method: 'POST', body: JSON.stringify({ code: 'stolen', state }) }),
      await to('/', { method: 'POST', body: new URLSearchParams({ code: 'x'.repeat(100_000), state }) }),
      await to(`/?code=stolen&state=${state}`, { method: 'PUT' }),
    ]
    expect(strays.map(({ status }) => status)).toEqual([404, 400, 400, 400, 400, 400, 415, 413, 405])
    await newPerson().signInAndReturn(address)
    expect(claimsOf((await token).token).oid).toBe(alice.id)
  })

  it('shows pages that run and load nothing, and that nobody else may frame or store', async () => {
    const abort = new AbortController()
    const refused = rejection(credential().getToken(orders.scope, { abortSignal: abort.signal }))
    const { headers } = await fetch(redirectUriOf(await world.browser.openedAddress()))
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
    expect(headers.get('content-security-policy')).not.toContain('script')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    abort.abort()
    await refused
  })

  it('tells a second window that another one was faster', async () => {
    const token = credential().getToken(orders.scope)
    const address = await world.browser.openedAddress()
    const first = await newPerson().signIn(address)
    const second = await newPerson(bob).signIn(address)
    let alsoShown = ''
    world.spoil(async ({ method }, response) => {
      if (method === 'POST') alsoShown = await deliver(second)
      return response
    })
    expect(await deliver(first)).toContain(`signed in as ${alice.name}`)
    expect(alsoShown).toContain('Another window has answered')
    expect(claimsOf((await token).token).oid).toBe(alice.id)
  })

  it('takes the first of several redirect URIs whose port is free', async () => {
    const busy = createServer()
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve))
    const taken = Object(busy.address()).port
    const free = await freePort()
    const redirectUri = [`http://localhost:${taken}`, `http://localhost:${free}`]
    const token = credential({ redirectUri }).getToken(orders.scope)
    const address = await world.browser.openedAddress()
    expect(redirectUriOf(address).port).toBe(String(free))
    await newPerson().signInAndReturn(address)
    await token
    await new Promise((resolve) => busy.close(resolve))
  })

  it('names the port that is taken, on whatever loopback address, and says what to do', async () => {
    for (const address of loopbackAddresses) {
      const busy = createServer()
      await new Promise<void>((resolve) => busy.listen(0, address, resolve))
      const { port } = Object(busy.address())
      const error = await rejection(credential({ redirectUri: `http://localhost:${port}` }).getToken(orders.scope))
      expect(error).toBeInstanceOf(SignInError)
      expect(error).toMatchObject({ reason: 'portTaken', message: expect.stringContaining(`Port ${port} is in use`) })
      expect(Object(error).message).toContain('redirectUri')
      await new Promise((resolve) => busy.close(resolve))
    }
  })
})

describe('a sign-in that is not finished', () => {
  it('ends after its time, counted down', async () => {
    const left: number[] = []
    const redirectUri = `http://localhost:${await freePort()}`
    const refused = rejection(
      credential({
        redirectUri,
        signInTimeoutMilliseconds: 1500,
        onWaiting: ({ secondsLeft }) => left.push(secondsLeft),
      }).getToken(orders.scope),
    )
    await world.browser.openedAddress()
    expect(await refused).toMatchObject({ name: 'SignInError', reason: 'timedOut' })
    expect(left).toEqual([2, 1])
    await expectClosed(redirectUri)
  })

  it('gives its port back when all who wait by a cache have given up', async () => {
    const redirectUri = `http://localhost:${await freePort()}`
    const aborts = [new AbortController(), new AbortController()]
    const shared = cached(credential({ redirectUri }))
    const refused = aborts.map(({ signal }) => rejection(shared.getToken(orders.scope, { abortSignal: signal })))
    await world.browser.openedAddress()
    for (const abort of aborts) abort.abort()
    for (const error of await Promise.all(refused)) expect(error).toMatchObject({ name: 'AbortError' })
    await expectClosed(redirectUri)
  })

  it('gives its port back when it is aborted', async () => {
    const abort = new AbortController()
    const redirectUri = `http://localhost:${await freePort()}`
    const refused = rejection(credential({ redirectUri }).getToken(orders.scope, { abortSignal: abort.signal }))
    await world.browser.openedAddress()
    abort.abort()
    expect(await refused).toBeInstanceOf(AbortError)
    await expectClosed(redirectUri)
  })

  it('goes on for others when one of those who wait gives up', async () => {
    const abort = new AbortController()
    const shared = credential()
    const impatient = rejection(shared.getToken(orders.scope, { abortSignal: abort.signal }))
    const patient = shared.getToken(orders.scope)
    const address = await world.browser.openedAddress()
    abort.abort()
    expect(await impatient).toBeInstanceOf(AbortError)
    await newPerson().signInAndReturn(address)
    expect(claimsOf((await patient).token).oid).toBe(alice.id)
  })

  it('can be started again on the same port at once', async () => {
    const redirectUri = `http://localhost:${await freePort()}`
    const shared = credential({ redirectUri })
    const abort = new AbortController()
    const refused = rejection(shared.getToken(orders.scope, { abortSignal: abort.signal }))
    await world.browser.openedAddress()
    abort.abort()
    const token = shared.getToken(orders.scope)
    await refused
    await newPerson().signInAndReturn(await world.browser.openedAddress())
    expect(claimsOf((await token).token).oid).toBe(alice.id)
  })
})

async function expectClosed(address: string): Promise<void> {
  const end = Date.now() + 5000
  while (Date.now() < end) {
    const error = await fetch(address).then(
      () => undefined,
      (cause: unknown) => cause,
    )
    if (error !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`Somebody still listens at ${address}.`)
}

describe('a sign-in that is refused', () => {
  it('says so to the program and to the browser, with the code', async () => {
    const refused = rejection(credential({ prompt: 'consent' }).authenticate(orders.scope))
    const page = await newPerson(bob).signInAndReturn(await world.browser.openedAddress(), { consent: 'decline' })
    expect(await refused).toMatchObject({ name: 'SignInError', reason: 'refused', error: 'access_denied', code: 65004 })
    expect(page).toContain('Not signed in')
    expect(page).toContain('AADSTS65004')
    expect(page).toContain('You may close this window')
  })

  it('shows the refusal of the code too', async () => {
    const redirectUri = `http://localhost:${await freePort()}`
    const wrong = { ...world.own, ...website, clientSecret: 'not-the-secret', redirectUri }
    const refused = rejection(new AuthorizationCodeCredential(wrong).getToken(orders.scope))
    const page = await newPerson().signInAndReturn(await world.browser.openedAddress())
    expect(await refused).toMatchObject({ name: 'TokenRequestError', code: 7000215 })
    expect(page).toContain('AADSTS7000215')
    expect(page).not.toContain('not-the-secret')
  })

  it('opens no browser when the authority does not know the tenant', async () => {
    const error = await rejection(credential({ tenantId: 'nowhere.example' }).getToken(orders.scope))
    expect(error).toMatchObject({ name: 'TokenRequestError', code: 90002 })
  })
})
