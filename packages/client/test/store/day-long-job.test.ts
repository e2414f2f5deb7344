import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../../../doorstep/test/support/start-doorstep.ts'
import { ClientSecretCredential, cached, fileStore, nodeTransport, type Transport } from '../../src/index.ts'

const GRAPH = 'https://graph.microsoft.com/.default'
const MINUTE = 60_000

/** What is wrong with the way to the authority. The last is how Entra throttles. */
type Trouble = 'none' | 'reset' | 'silence' | 'throttled'

const TROUBLES: Trouble[] = ['none', 'reset', 'silence', 'none', 'throttled', 'reset', 'none', 'silence', 'throttled']

let cloud: RunningDoorstep
let directory: string

beforeAll(async () => {
  cloud = await startDoorstep()
  directory = await mkdtemp(join(tmpdir(), 'doorstep-'))
})
afterEach(() => {
  vi.useRealTimers()
})
afterAll(async () => {
  await cloud.stop()
  await rm(directory, { recursive: true, force: true })
})

it('a job of 24 hours on a moved clock has no failed call, though each refresh fails twice before it succeeds', async () => {
  let working = 0
  let granted = 0
  let refused = 0
  const troubleOfNext = (): Trouble => TROUBLES[(granted + refused) % TROUBLES.length] ?? 'none'
  const transport = troubled(nodeTransport({ ca: cloud.ca }), troubleOfNext)
  const own = { ...cloud.bootstrap, authorityHost: cloud.url, transport, timeoutMilliseconds: 1_000 }
  const credential = new ClientSecretCredential(own)
  const counting = {
    cachePartition: credential.cachePartition,
    async getToken(scopes: string | string[]) {
      working += 1
      try {
        const token = await credential.getToken(scopes)
        granted += 1
        return token
      } catch (error) {
        refused += 1
        throw error
      } finally {
        working -= 1
      }
    },
  }
  const start = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  const job = cached(counting, (await fileStore({ directory, keychain: 'off' })).tokens)
  for (let minute = 0; minute <= 24 * 60; minute += 1) {
    vi.setSystemTime(start + minute * MINUTE)
    if (minute > 0) {
      const moved = await cloud.control.request('POST', '/clock', { advanceSeconds: 60 })
      expect(moved.status).toBe(200)
    }
    const before = granted + refused
    const { token, expiresOnTimestamp } = await job.getToken(GRAPH)
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now())
    expect(expiryOf(token)).toBeGreaterThan(Date.now())
    if (minute % 60 === 0) {
      const authorization = `Bearer ${token}`
      const answer = await cloud.request('GET', '/graph/v1.0/applications?$top=1', undefined, { authorization })
      expect(answer.status).toBe(200)
    }
    if (expiresOnTimestamp - Date.now() > 6 * MINUTE) continue
    await pause(40) // a refresh in the background sets out
    while (working > 0) await pause(5)
    if (granted + refused > before) await pause(50) // and comes to its end
  }
  expect(refused).toBeGreaterThan(20)
  expect(granted).toBeGreaterThan(15)
  expect(granted).toBeLessThan(30)
})

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

function troubled(send: Transport, next: () => Trouble): Transport {
  return async (request) => {
    switch (next()) {
      case 'none':
        return send(request)
      case 'reset':
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
      case 'silence':
        await pause(50)
        throw Object.assign(new Error('No answer.'), { code: 'ETIMEDOUT' })
      case 'throttled':
        return { status: 429, headers: { 'retry-after': '20' }, body: '{"error":"temporarily_unavailable"}' }
    }
  }
}

/** `exp` of an access token, in milliseconds since 1970. */
function expiryOf(token: string): number {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')).exp * 1000
}
