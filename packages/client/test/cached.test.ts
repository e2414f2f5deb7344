import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type AbortSignalLike,
  type AccessToken,
  type CachedOptions,
  ClientSecretCredential,
  type ClientSecretCredentialOptions,
  cached,
  type GetTokenOptions,
  memoryCache,
  nodeTransport,
  type TokenCache,
  type Transport,
} from '../src/index.ts'
import { refusalOf } from './support/refusal-of.ts'
import { startTokenServer, type TokenServer, tokenAnswer } from './support/token-server.ts'

const GRAPH = 'https://graph.microsoft.com/.default'
const ARM = 'https://management.azure.com/.default'
const MINUTE = 60_000
const refusal = { status: 400, json: { error: 'invalid_request', error_description: 'AADSTS90002: No tenant.' } }

let server: TokenServer
let options: ClientSecretCredentialOptions & { transport: Transport }
/** How far the cache's present is ahead of the machine's, in milliseconds. */
let ahead = 0
const now = () => Date.now() + ahead

beforeEach(async () => {
  ahead = 0
  server = await startTokenServer()
  const own = {
    tenantId: 'contoso.example',
    clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
    clientSecret: 'not-a-real-secret',
  }
  const transport = nodeTransport({ ca: server.certificate })
  options = { ...own, authorityHost: server.authorityHost, transport, additionallyAllowedTenants: ['*'] }
})
afterEach(() => server.close())

const make = (cache?: TokenCache, more: CachedOptions = {}) =>
  cached(new ClientSecretCredential(options), cache, { now, ...more })

/** Lets a request that runs in the background come to its end. */
const settled = async (requests: number) => {
  while (server.requests.length < requests) await new Promise((resolve) => setTimeout(resolve, 5))
  await new Promise((resolve) => setTimeout(resolve, 50))
}

describe('a cached credential', () => {
  it('asks once and gives the same token after', async () => {
    const credential = make()
    const first = await credential.getToken(GRAPH)
    expect(await credential.getToken(GRAPH)).toBe(first)
    expect(await credential.getToken([GRAPH])).toBe(first)
    expect(await credential.getToken(GRAPH, { abortSignal: new AbortController().signal })).toBe(first)
    expect(server.requests).toHaveLength(1)
  })

  it('sends one request for 1,000 callers, cold and again when the token has expired', async () => {
    const credential = make()
    const callers = () => Promise.all(Array.from({ length: 1000 }, () => credential.getToken(GRAPH)))
    expect(new Set((await callers()).map(({ token }) => token)).size).toBe(1)
    expect(server.requests).toHaveLength(1)
    ahead = 61 * MINUTE
    server.answerWith(tokenAnswer({ access_token: 'second', expires_in: 7200 }))
    expect(new Set((await callers()).map(({ token }) => token))).toEqual(new Set(['second']))
    expect(server.requests).toHaveLength(2)
  })

  it('remembers no failure', async () => {
    const credential = make()
    server.answerWith(refusal, tokenAnswer({ access_token: 'good' }))
    const callers = await Promise.allSettled([credential.getToken(GRAPH), credential.getToken(GRAPH)])
    expect(callers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(server.requests).toHaveLength(1)
    expect((await credential.getToken(GRAPH)).token).toBe('good')
  })

  it('gives a token that is expired on arrival to those who wait, and does not keep it', async () => {
    const credential = make()
    server.answerWith(() => tokenAnswer({ expires_in: 0 }))
    const [first, same] = await Promise.all([credential.getToken(GRAPH), credential.getToken(GRAPH)])
    expect(same).toBe(first)
    expect(await credential.getToken(GRAPH)).not.toBe(first)
    expect(server.requests).toHaveLength(2)
  })

  it('cannot be changed by a caller through the token it gave', async () => {
    const token = await make().getToken(GRAPH)
    expect(() => {
      token.token = 'mine'
    }).toThrow(TypeError)
  })

  it('keeps apart whatever changes the token', async () => {
    const credential = make()
    const asked: [string | string[], GetTokenOptions?][] = [
      [GRAPH],
      [ARM],
      [GRAPH, { tenantId: 'fabrikam.example' }],
      [GRAPH, { claims: '{"access_token":{"a":null}}' }],
      [GRAPH, { claims: '{"access_token":{"b":null}}' }],
      [GRAPH, { enableCae: true }],
      [[], { resource: 'https://graph.microsoft.com' }],
      [[], { resource: 'https://management.azure.com' }],
    ]
    const tokens: string[] = []
    for (const [scopes, more] of asked) tokens.push((await credential.getToken(scopes, more)).token)
    expect(new Set(tokens).size).toBe(asked.length)
    for (const [index, [scopes, more]] of asked.entries()) {
      expect((await credential.getToken(scopes, more)).token).toBe(tokens[index])
    }
    expect(server.requests).toHaveLength(asked.length)
  })

  it('keeps no more tokens than it may, and drops those that nobody reads', async () => {
    const credential = make(undefined, { maximumEntries: 2 })
    const of = (name: string) => credential.getToken(`api://${name}/.default`)
    const read = await of('read')
    await of('forgotten')
    await of('read')
    await of('third')
    expect(await of('read')).toBe(read)
    expect(server.requests).toHaveLength(3)
    await of('forgotten')
    expect(server.requests).toHaveLength(4)
    expect(() => make(undefined, { maximumEntries: 0 })).toThrow('whole number above 0')
  })
})

describe('an authority that asks to wait', () => {
  const throttled = { status: 429, headers: { 'retry-after': '60' }, json: { error: 'temporarily_unavailable' } }

  it('is sent nothing until then, by however many calls', async () => {
    const credential = make()
    server.answerWith(throttled)
    const first = await refusalOf(credential.getToken(GRAPH))
    expect(first).toMatchObject({ status: 429, retryAfterMilliseconds: 60_000 })
    for (let call = 0; call < 100; call += 1) expect(await refusalOf(credential.getToken(GRAPH))).toBe(first)
    expect(await refusalOf(credential.getToken(GRAPH, { forceRefresh: true }))).toBe(first)
    expect(server.requests).toHaveLength(1)
    server.answerWith(() => tokenAnswer())
    expect((await credential.getToken(ARM)).token).toMatch(/^token-/)
    ahead = MINUTE
    expect((await credential.getToken(GRAPH)).token).toMatch(/^token-/)
  })

  it('for days is asked again after an hour', async () => {
    const credential = make()
    server.answerWith({ ...throttled, headers: { 'retry-after': '999999' } }, tokenAnswer())
    await refusalOf(credential.getToken(GRAPH))
    ahead = 61 * MINUTE
    expect((await credential.getToken(GRAPH)).token).toMatch(/^token-/)
  })
})

describe('an abort signal', () => {
  it('ends its own caller’s wait and nobody else’s', async () => {
    const credential = make()
    const controller = new AbortController()
    const impatient = credential.getToken(GRAPH, { abortSignal: controller.signal })
    const patient = credential.getToken(GRAPH)
    controller.abort()
    await expect(impatient).rejects.toMatchObject({ name: 'AbortError' })
    expect((await patient).token).toMatch(/^token-/)
    expect(server.requests).toHaveLength(1)
  })

  it('of the last who waits ends the request, and the next caller begins a new one', async () => {
    const signals: (AbortSignalLike | undefined)[] = []
    const credential = cached({
      getToken: (_, { abortSignal } = {}) => {
        signals.push(abortSignal)
        return new Promise((resolve) => {
          if (signals.length > 1) resolve({ token: 'second', expiresOnTimestamp: Date.now() + MINUTE })
        })
      },
    })
    const callers = [new AbortController(), new AbortController()]
    const waits = callers.map(({ signal }) => refusalOf(credential.getToken(GRAPH, { abortSignal: signal })))
    callers[0]?.abort()
    await waits[0]
    expect(signals.map((signal) => signal?.aborted)).toEqual([false])
    callers[1]?.abort()
    expect(await waits[1]).toMatchObject({ name: 'AbortError' })
    expect((await credential.getToken(GRAPH)).token).toBe('second')
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false])
  })

  it('of one who shares a cache ends nobody else’s wait', async () => {
    const cache = memoryCache()
    const controller = new AbortController()
    server.answerWith('silence', tokenAnswer({ access_token: 'of the other' }))
    const impatient = refusalOf(make(cache).getToken(GRAPH, { abortSignal: controller.signal }))
    const patient = make(cache).getToken(GRAPH)
    await settled(1)
    controller.abort()
    expect(await impatient).toMatchObject({ name: 'AbortError' })
    expect((await patient).token).toBe('of the other')
  })

  it('that has fired already is refused although a token is there', async () => {
    const credential = make()
    await credential.getToken(GRAPH)
    await expect(credential.getToken(GRAPH, { abortSignal: AbortSignal.abort() })).rejects.toThrow('aborted')
  })
})

describe('a refresh', () => {
  it('runs once in the background from five minutes before the end, while all get the good token', async () => {
    const credential = make()
    const old = await credential.getToken(GRAPH)
    ahead = 54 * MINUTE
    expect(await credential.getToken(GRAPH)).toBe(old)
    await settled(1)
    expect(server.requests).toHaveLength(1)
    ahead = 56 * MINUTE
    server.answerWith(tokenAnswer({ access_token: 'fresh', expires_in: 7200 }))
    const during = await Promise.all(Array.from({ length: 1000 }, () => credential.getToken(GRAPH)))
    expect(new Set(during)).toEqual(new Set([old]))
    await settled(2)
    expect((await credential.getToken(GRAPH)).token).toBe('fresh')
    await settled(2)
    expect(server.requests).toHaveLength(2)
  })

  it('is due when the authority said, if it said so', async () => {
    const credential = make()
    server.answerWith(tokenAnswer({ expires_in: 86_400, refresh_in: 43_200 }), tokenAnswer({ expires_in: 172_800 }))
    const old = await credential.getToken(GRAPH)
    ahead = 11 * 60 * MINUTE
    await credential.getToken(GRAPH)
    await settled(1)
    expect(server.requests).toHaveLength(1)
    ahead = 12 * 60 * MINUTE + 1000
    expect(await credential.getToken(GRAPH)).toBe(old)
    await settled(2)
    expect(await credential.getToken(GRAPH)).not.toBe(old)
  })

  it('of a token with a short life waits for the second half of it', async () => {
    const credential = make()
    server.answerWith(() => tokenAnswer({ expires_in: 60 }))
    await credential.getToken(GRAPH)
    ahead = 25_000
    await credential.getToken(GRAPH)
    await credential.getToken(GRAPH)
    await settled(1)
    expect(server.requests).toHaveLength(1)
    ahead = 31_000
    await credential.getToken(GRAPH)
    await settled(2)
    expect(server.requests).toHaveLength(2)
  })

  it.each([
    ['a refusal', refusal],
    ['a broken connection', 'reset' as const],
    ['a web page', { status: 200, text: '<html></html>' }],
  ])('that fails by %s disturbs nobody until the token has expired', async (_, answer) => {
    const { transport } = options
    const patient: Transport = (request) => transport({ ...request, timeoutMilliseconds: 15_000 })
    const impatient = { ...options, transport: patient, timeoutMilliseconds: 200 } // no time for retries
    const credential = cached(new ClientSecretCredential(impatient), undefined, { now })
    const old = await credential.getToken(GRAPH)
    server.answerWith(answer)
    ahead = 56 * MINUTE
    const callers = Array.from({ length: 10 }, () => credential.getToken(GRAPH))
    expect(new Set(await Promise.all(callers))).toEqual(new Set([old]))
    await settled(2)
    expect(await credential.getToken(GRAPH)).toBe(old)
    await settled(2)
    expect(server.requests).toHaveLength(2) // not again so soon
    ahead = 58 * MINUTE
    expect(await credential.getToken(GRAPH)).toBe(old)
    await settled(3)
    expect(server.requests).toHaveLength(3)
    ahead = 61 * MINUTE
    await expect(credential.getToken(GRAPH)).rejects.toThrow()
    server.answerWith(tokenAnswer({ expires_in: 7200, access_token: 'recovered' }))
    expect((await credential.getToken(GRAPH)).token).toBe('recovered')
  })
})

describe('a refresh in trouble', () => {
  it('that gets no answer holds nobody up while the token is good', async () => {
    const credential = cached(new ClientSecretCredential({ ...options, timeoutMilliseconds: 300 }), undefined, { now })
    const old = await credential.getToken(GRAPH)
    server.answerWith('silence')
    ahead = 56 * MINUTE
    await credential.getToken(GRAPH)
    await settled(2)
    for (ahead of [57 * MINUTE, 59.9 * MINUTE]) expect(await credential.getToken(GRAPH)).toBe(old)
    expect(server.requests).toHaveLength(2)
    ahead = 61 * MINUTE
    await expect(credential.getToken(GRAPH)).rejects.toThrow('gave no answer within 0.3 seconds')
  })

  it('waits for as long as the authority asks', async () => {
    const credential = make()
    const old = await credential.getToken(GRAPH)
    const throttled = { status: 429, headers: { 'retry-after': '170' }, json: { error: 'throttled' } }
    server.answerWith(throttled, tokenAnswer({ access_token: 'at last', expires_in: 7200 }))
    ahead = 56 * MINUTE
    await credential.getToken(GRAPH)
    await settled(2)
    ahead = 58.5 * MINUTE
    expect(await credential.getToken(GRAPH)).toBe(old)
    await settled(2)
    expect(server.requests).toHaveLength(2)
    ahead = 59.9 * MINUTE
    expect(await credential.getToken(GRAPH)).toBe(old)
    await settled(3)
    expect((await credential.getToken(GRAPH)).token).toBe('at last')
  })

  it('is tried more often as the end comes near', async () => {
    const credential = make()
    const old = await credential.getToken(GRAPH)
    server.answerWith({ status: 400, json: { error: 'temporarily_unavailable' } })
    for (const [index, minute] of [56, 57, 58.5, 59.5, 59.85].entries()) {
      ahead = minute * MINUTE
      expect(await credential.getToken(GRAPH)).toBe(old)
      await settled(index + 2)
    }
  })
})

describe('a shared cache', () => {
  it('keeps a token for the account that it was given for, when a sign-in changes that', async () => {
    const cache = memoryCache()
    let account: string | undefined
    const person = (name: string) => ({
      get cachePartition() {
        return account
      },
      getToken: async () => {
        account = name
        return { token: `of ${name}`, expiresOnTimestamp: Date.now() + MINUTE }
      },
    })
    expect((await cached(person('ada'), cache).getToken(GRAPH)).token).toBe('of ada')
    expect((await cached(person('nobody asked'), cache).getToken(GRAPH)).token).toBe('of ada')
    account = 'bob'
    expect((await cached(person('bob'), cache).getToken(GRAPH)).token).toBe('of bob')
    account = 'ada'
    expect((await cached(person('nobody asked'), cache).getToken(GRAPH)).token).toBe('of ada')
  })

  it('gives equal credentials each other’s tokens, with one request for all of them', async () => {
    const cache = memoryCache()
    const both = await Promise.all([make(cache).getToken(GRAPH), make(cache).getToken(GRAPH)])
    expect(both[0]).toBe(both[1])
    expect(await make(cache).getToken(GRAPH)).toBe(both[0])
    expect(server.requests).toHaveLength(1)
  })

  it.each<[string, Partial<ClientSecretCredentialOptions>]>([
    ['tenant', { tenantId: 'fabrikam.example' }],
    ['application', { clientId: '4f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b' }],
    ['secret', { clientSecret: 'another' }],
  ])('never mixes credentials that differ in their %s', async (_, difference) => {
    const cache = memoryCache()
    const first = await make(cache).getToken(GRAPH)
    const other = cached(new ClientSecretCredential({ ...options, ...difference }), cache, { now })
    expect(await other.getToken(GRAPH)).not.toBe(first)
    expect(server.requests).toHaveLength(2)
  })

  it('never mixes authorities', () => {
    const local = new ClientSecretCredential(options)
    const government = new ClientSecretCredential({ ...options, authorityHost: 'https://login.microsoftonline.us' })
    expect(local.cachePartition).not.toBe(government.cachePartition)
  })

  it('never mixes credentials that do not say whose tokens theirs are', async () => {
    const cache = memoryCache()
    const foreign = (token: string) => ({ getToken: async () => ({ token, expiresOnTimestamp: Date.now() + MINUTE }) })
    const [a, b] = [cached(foreign('a'), cache), cached(foreign('b'), cache)]
    expect([(await a.getToken(GRAPH)).token, (await b.getToken(GRAPH)).token]).toEqual(['a', 'b'])
  })

  it('is read again for a token that another has refreshed, before anything is requested', async () => {
    const cache = memoryCache()
    const [one, two] = [make(cache), make(cache)]
    const old = await one.getToken(GRAPH)
    expect(await two.getToken(GRAPH)).toBe(old)
    ahead = 56 * MINUTE
    server.answerWith(tokenAnswer({ access_token: 'fresh', expires_in: 7200 }))
    await one.getToken(GRAPH)
    await settled(2)
    await two.getToken(GRAPH)
    await settled(2)
    expect((await two.getToken(GRAPH)).token).toBe('fresh')
    expect(server.requests).toHaveLength(2)
  })

  it('that fails withholds no token', async () => {
    const broken: TokenCache = {
      get: () => Promise.reject(new Error('disk is gone')),
      set: () => {
        throw new Error('disk is gone')
      },
    }
    expect((await make(broken).getToken(GRAPH)).token).toMatch(/^token-/)
  })

  it('that never answers withholds no token for long', async () => {
    const never = new Promise<never>(() => {})
    const silent: TokenCache = { get: () => never, set: () => never, exclusively: (_, work) => work() }
    expect((await make(silent).getToken(GRAPH)).token).toMatch(/^token-/)
  })

  it('whose lease fails is done without', async () => {
    const cache: TokenCache = { ...memoryCache(), exclusively: () => Promise.reject(new Error('no lease')) }
    expect((await make(cache).getToken(GRAPH)).token).toMatch(/^token-/)
    expect(server.requests).toHaveLength(1)
  })

  it('keeps no more than it may', async () => {
    const cache = memoryCache({ maximumEntries: 1 })
    const token: AccessToken = { token: 'x', expiresOnTimestamp: 0 }
    await cache.set('a', token)
    await cache.set('b', token)
    expect(await cache.get('a')).toBeUndefined()
    expect(await cache.get('b')).toBe(token)
  })
})

describe('a credential of somebody else', () => {
  it('is handed no caller’s own signal or time-out, but one of all of them, and every other option', async () => {
    const seen: unknown[] = []
    const credential = cached({
      getToken: async (scopes, more) => {
        seen.push(scopes, more)
        return { token: 'x', expiresOnTimestamp: Date.now() + MINUTE }
      },
    })
    const proof = { proofOfPossessionOptions: { nonce: 'n' } }
    const caller = { abortSignal: new AbortController().signal, requestOptions: { timeout: 1 } }
    await credential.getToken([GRAPH], { ...caller, ...proof })
    const abortSignal = expect.any(AbortSignal)
    expect(seen).toEqual([[GRAPH], { ...proof, abortSignal }])
    await credential.getToken([GRAPH], caller)
    expect(seen.slice(2)).toEqual([[GRAPH], { abortSignal }])
    expect(seen).not.toContainEqual(expect.objectContaining(caller))
  })

  it('that never settles holds its key up for a bounded time', async () => {
    let calls = 0
    const credential = cached(
      {
        getToken: () => {
          calls += 1
          return new Promise(() => {})
        },
      },
      undefined,
      { timeoutMilliseconds: 20 },
    )
    const late = { name: 'AuthorityUnreachableError', code: 'ETIMEDOUT' }
    expect(await refusalOf(credential.getToken(GRAPH))).toMatchObject(late)
    expect(await refusalOf(credential.getToken(GRAPH))).toMatchObject(late)
    expect(calls).toBe(2)
  })

  it('that has no token to give is said to have none', async () => {
    await expect(cached({ getToken: async () => null }).getToken(GRAPH)).rejects.toThrow('gave null')
  })

  it('that throws at once does so again, not from memory', async () => {
    let calls = 0
    const credential = cached({
      getToken: () => {
        calls += 1
        throw new Error(`call ${calls}`)
      },
    })
    await expect(credential.getToken(GRAPH)).rejects.toThrow('call 1')
    await expect(credential.getToken(GRAPH)).rejects.toThrow('call 2')
  })
})
