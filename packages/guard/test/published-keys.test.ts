import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createGuard, type GuardOptions, SigningKeysUnavailable } from '../src/index.ts'
import {
  API,
  CLIENT,
  type Members,
  NOW,
  OTHER_TENANT,
  type SigningKeyPair,
  signed,
  signingKeyPair,
  TENANT,
  v1Claims,
  v2Claims,
} from './support/entra-tokens.ts'
import { type KeyServer, startKeyServer } from './support/key-server.ts'

const V1_KEYS = '/common/discovery/keys'
const COMMON_KEYS = '/common/discovery/v2.0/keys'
const TENANT_KEYS = `/${TENANT}/discovery/v2.0/keys`
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const first = signingKeyPair('first')
const second = signingKeyPair('second')

let server: KeyServer
let now: number

beforeAll(async () => {
  server = await startKeyServer()
})
afterAll(() => server.close())
beforeEach(() => {
  now = NOW
  server.requests.length = 0
  server.answers.clear()
  for (const path of [TENANT_KEYS, COMMON_KEYS, V1_KEYS]) publish(path, first)
})

function publish(path: string, ...keys: SigningKeyPair[]): void {
  server.answers.set(path, { keys: keys.map(({ jwk }) => jwk) })
}

const guardOf = (changes: Partial<GuardOptions> = {}) =>
  createGuard({
    tenants: [TENANT],
    audience: [API, `api://${API}`],
    authorityHosts: [server.origin],
    clock: () => now,
    fetchKeys: server.fetchKeys,
    ...changes,
  })

const lastingDays = { exp: NOW / SECOND + 10 * 86_400 }
const v2 = (key: SigningKeyPair, changes: Members = {}) =>
  signed(key, { ...v2Claims, ...lastingDays, iss: `${server.origin}/${TENANT}/v2.0`, ...changes })
const v1 = (key: SigningKeyPair, changes: Members = {}) =>
  signed(key, { ...v1Claims, ...lastingDays, iss: `${server.origin}/${TENANT}/`, ...changes })

const outcome = (verification: Promise<unknown>) =>
  verification.then(
    () => 'accepted',
    (error: { reason?: string; name: string }) => error.reason ?? error.name,
  )

describe('which keys are fetched', () => {
  it("a listed tenant's own for v2.0 tokens", async () => {
    expect(await guardOf().verify(v2(first))).toMatchObject({ clientId: CLIENT })
    expect(server.requests).toEqual([TENANT_KEYS])
  })

  it('those of common for v1.0 tokens', async () => {
    expect(await outcome(guardOf().verify(v1(first)))).toBe('accepted')
    expect(server.requests).toEqual([V1_KEYS])
  })

  it('those of common where any tenant is let in, however many tenants there are', async () => {
    const guard = guardOf({ tenants: 'any' })
    for (const tid of [TENANT, OTHER_TENANT, CLIENT]) {
      expect(await outcome(guard.verify(v2(first, { tid, iss: `${server.origin}/${tid}/v2.0` })))).toBe('accepted')
    }
    expect(server.requests).toEqual([COMMON_KEYS])
  })

  it('those of common for a tenant that is not let in, so that its token is refused for that', async () => {
    const foreign = v2(first, { tid: OTHER_TENANT, iss: `${server.origin}/${OTHER_TENANT}/v2.0` })
    expect(await outcome(guardOf().verify(foreign))).toBe('tenant')
    expect(server.requests).toEqual([COMMON_KEYS])
  })

  it('never those of an address that the token invents', async () => {
    const invented = v2(first, { tid: '../..', iss: 'https://evil.example/v2.0' })
    expect(await outcome(guardOf().verify(invented))).toBe('issuer')
    expect(server.requests).toEqual([COMMON_KEYS])
  })

  it('none for a token that is refused by its form', async () => {
    expect(await outcome(guardOf().verify('a.b.c'))).toBe('malformed')
    expect(server.requests).toEqual([])
  })
})

describe('two authorities', () => {
  let other: KeyServer
  beforeAll(async () => {
    other = await startKeyServer()
    other.answers.set(TENANT_KEYS, { keys: [second.jwk] })
  })
  afterAll(() => other.close())

  const fetchKeys = (url: string): Promise<JSONWebKeySet> =>
    url.startsWith(other.origin) ? other.fetchKeys(url) : server.fetchKeys(url)

  it('each verify the tokens of their own', async () => {
    const guard = guardOf({ authorityHosts: [server.origin, other.origin], fetchKeys })
    expect(await outcome(guard.verify(v2(first)))).toBe('accepted')
    expect(await outcome(guard.verify(v2(second, { iss: `${other.origin}/${TENANT}/v2.0` })))).toBe('accepted')
  })

  it('cannot vouch for tokens of one another', async () => {
    const guard = guardOf({ authorityHosts: [server.origin, other.origin], fetchKeys })
    expect(await outcome(guard.verify(v2(second)))).toBe('unknown-key')
    expect(await outcome(guard.verify(v2(first, { iss: `${other.origin}/${TENANT}/v2.0` })))).toBe('unknown-key')
  })
})

describe('key rotation', () => {
  it('is noticed by the first token of the new key, while the old one stays good as long as it is published', async () => {
    const guard = guardOf()
    await guard.verify(v2(first))
    now += HOUR
    publish(TENANT_KEYS, first, second)
    expect(await outcome(guard.verify(v2(second)))).toBe('accepted')
    expect(await outcome(guard.verify(v2(first)))).toBe('accepted')
    expect(server.requests).toEqual([TENANT_KEYS, TENANT_KEYS])
  })

  it('is looked for at most every five minutes', async () => {
    const guard = guardOf()
    await guard.verify(v2(first))
    publish(TENANT_KEYS, first, second)
    now += 5 * MINUTE - 1
    expect(await outcome(guard.verify(v2(second)))).toBe('unknown-key')
    expect(server.requests).toHaveLength(1)
    now += 1
    expect(await outcome(guard.verify(v2(second)))).toBe('accepted')
    expect(server.requests).toHaveLength(2)
  })

  it('costs one request however many tokens name unknown keys', async () => {
    const guard = guardOf()
    await guard.verify(v2(first))
    now += HOUR
    const forged = Array.from({ length: 50 }, (_, index) => v2({ ...second, kid: `unknown-${index}` }))
    const outcomes = await Promise.all(forged.map((token) => outcome(guard.verify(token))))
    expect(new Set(outcomes)).toEqual(new Set(['unknown-key']))
    expect(server.requests).toHaveLength(2)
  })

  it('lets go of a key that is no longer published once a day has passed', async () => {
    const guard = guardOf()
    await guard.verify(v2(first))
    publish(TENANT_KEYS, second)
    now += 12 * HOUR - 1
    expect(await outcome(guard.verify(v2(first)))).toBe('accepted')
    expect(server.requests).toHaveLength(1)
    now += 12 * HOUR + 1
    expect(await outcome(guard.verify(v2(first)))).toBe('unknown-key')
    expect(server.requests).toHaveLength(2)
  })

  it('is prepared after half a day without anyone waiting', async () => {
    let answer: (set: JSONWebKeySet) => void = () => {}
    let fetches = 0
    const slow = () => {
      fetches++
      if (fetches === 1) return Promise.resolve({ keys: [first.jwk] })
      return new Promise<JSONWebKeySet>((resolve) => {
        answer = resolve
      })
    }
    const guard = guardOf({ fetchKeys: slow })
    await guard.verify(v2(first))
    now += 12 * HOUR
    expect(await outcome(guard.verify(v2(first)))).toBe('accepted')
    expect(fetches).toBe(2)
    answer({ keys: [first.jwk, second.jwk] })
    expect(await outcome(guard.verify(v2(second)))).toBe('accepted')
    expect(fetches).toBe(2)
  })

  it('is not held up by a clock that was set back', async () => {
    const guard = guardOf()
    now += HOUR
    await guard.verify(v2(first))
    now -= HOUR
    publish(TENANT_KEYS, first, second)
    expect(await outcome(guard.verify(v2(second)))).toBe('accepted')
  })
})

describe('an authority in trouble', () => {
  it('is asked once by a thousand callers at the same time', async () => {
    const guard = guardOf()
    const token = v2(first)
    await Promise.all(Array.from({ length: 1000 }, () => guard.verify(token)))
    expect(server.requests).toHaveLength(1)
  })

  const failures: [what: string, answer: JSONWebKeySet | string | number][] = [
    ['an error', 503],
    ['no JSON', '<html>'],
    ['no key set', '{}'],
    ['null', 'null'],
  ]
  it.each(failures)('that answers with %s makes the API unable to judge, which is no refusal', async (_, answer) => {
    server.answers.set(TENANT_KEYS, answer)
    const error = await guardOf()
      .verify(v2(first))
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(SigningKeysUnavailable)
    expect(error).toMatchObject({ url: server.origin + TENANT_KEYS })
  })

  it('does not matter where another cloud that shares the issuer has the key', async () => {
    const usGovernment = 'https://login.microsoftonline.us'
    const fetchKeys: NonNullable<GuardOptions['fetchKeys']> = async (url) => {
      if (!url.startsWith(usGovernment)) throw new Error('There is no way to this host.')
      return { keys: [first.jwk] }
    }
    const both = { authorityHosts: ['https://login.microsoftonline.com', usGovernment], fetchKeys }
    const iss = `https://sts.windows.net/${TENANT}/`
    expect(await outcome(guardOf(both).verify(v1(first, { iss })))).toBe('accepted')
    expect(await outcome(guardOf(both).verify(v1(second, { iss })))).toBe('SigningKeysUnavailable')
  })

  it('is asked again half a minute later', async () => {
    const guard = guardOf()
    server.answers.set(TENANT_KEYS, 503)
    expect(await outcome(guard.verify(v2(first)))).toBe('SigningKeysUnavailable')
    publish(TENANT_KEYS, first)
    now += 30 * SECOND - 1
    expect(await outcome(guard.verify(v2(first)))).toBe('SigningKeysUnavailable')
    expect(server.requests).toHaveLength(1)
    now += 1
    expect(await outcome(guard.verify(v2(first)))).toBe('accepted')
  })

  it('does not matter while its keys are younger than a day, and does afterwards', async () => {
    const guard = guardOf()
    await guard.verify(v2(first))
    server.answers.set(TENANT_KEYS, 503)
    now += 24 * HOUR - 1
    expect(await outcome(guard.verify(v2(first)))).toBe('accepted')
    now += 1 + 30 * SECOND
    expect(await outcome(guard.verify(v2(first)))).toBe('SigningKeysUnavailable')
  })
})

describe("the platform's own fetch", () => {
  const run = promisify(execFile)

  async function verifyInChildProcess(token: string): Promise<string> {
    const program = `
      import { createGuard } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)}
      const guard = createGuard(${JSON.stringify({ tenants: [TENANT], audience: API, authorityHosts: [server.origin] })})
      console.log(await guard.verify(${JSON.stringify(token)}).then((t) => t.clientId, (e) => e.reason ?? e.name))`
    const folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
    try {
      const ca = join(folder, 'ca.pem')
      await writeFile(ca, server.certificate)
      const options = ['--import', 'tsx', '--input-type=module', '--eval', program]
      return (await run(process.execPath, options, { env: { ...process.env, NODE_EXTRA_CA_CERTS: ca } })).stdout.trim()
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  const realTime = () => ({ iat: Date.now() / SECOND, nbf: Date.now() / SECOND, exp: Date.now() / SECOND + 3600 })

  it('gets the keys from a server whose certificate Node trusts', async () => {
    expect(await verifyInChildProcess(v2(first, realTime()))).toBe(CLIENT)
    expect(server.requests).toEqual([TENANT_KEYS])
  })

  it('gets nothing from a server whose certificate is not trusted', async () => {
    expect(await outcome(guardOf({ fetchKeys: undefined }).verify(v2(first)))).toBe('SigningKeysUnavailable')
    expect(server.requests).toEqual([])
  })

  it('follows no redirect and takes no error for an answer', async () => {
    for (const status of [302, 500]) {
      server.answers.set(TENANT_KEYS, status)
      expect(await verifyInChildProcess(v2(first, realTime()))).toBe('SigningKeysUnavailable')
    }
    expect(server.requests).toEqual([TENANT_KEYS, TENANT_KEYS])
  })
})
