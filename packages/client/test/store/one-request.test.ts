import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  ClientSecretCredential,
  type ClientSecretCredentialOptions,
  type CredentialBounds,
  cached,
  fileStore,
  nodeTransport,
  type TokenCache,
  TokenRequestError,
} from '../../src/index.ts'
import { startTokenServer, type TokenServer, tokenAnswer } from '../support/token-server.ts'
import { type Program, type ProgramOptions, startProgram } from './program.ts'

const GRAPH = 'https://graph.microsoft.com/.default'
const own = {
  tenantId: 'contoso.example',
  clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
  clientSecret: 'not-a-real-secret',
}

let server: TokenServer
let directory: string
let programs: Program[]

beforeEach(async () => {
  programs = []
  server = await startTokenServer()
  directory = await mkdtemp(join(tmpdir(), 'doorstep-'))
})
afterEach(async () => {
  for (const { process } of programs) process.kill('SIGKILL')
  await server.close()
  await rm(directory, { recursive: true, force: true })
})

const slowly = (answer: ReturnType<typeof tokenAnswer>) => ({ ...answer, afterMilliseconds: 300 })
const openStore = () => fileStore({ directory, keychain: 'off' })
const credential = (more: Partial<ClientSecretCredentialOptions> = {}) =>
  new ClientSecretCredential({
    ...own,
    authorityHost: server.authorityHost,
    transport: nodeTransport({ ca: server.certificate }),
    ...more,
  })

function start(more: Partial<ProgramOptions> = {}): Program {
  const { authorityHost, certificate: ca } = server
  const program = startProgram({ directory, authorityHost, ca, scope: GRAPH, ...own, ...more })
  programs.push(program)
  return program
}

async function startMany(count: number, more: Partial<ProgramOptions> = {}): Promise<Program[]> {
  const started = Array.from({ length: count }, () => start(more))
  await Promise.all(started.map(({ ready }) => ready))
  return started
}

const requestsArrived = async (count: number) => {
  while (server.requests.length < count) await new Promise((resolve) => setTimeout(resolve, 5))
}
const leases = async () => (await readdir(join(directory, 'leases'))).filter((name) => name.endsWith('.lease'))

describe('of many who ask at once for the same token, one sends the request', () => {
  it('1,000 callers of one credential with a cold file store', async () => {
    const one = cached(credential(), (await openStore()).tokens)
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => one.getToken(GRAPH)))
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1)
    expect(server.requests).toHaveLength(1)
  })

  it('1,000 credentials, and stores opened again and again', async () => {
    server.answerWith(slowly(tokenAnswer()))
    const stores = await Promise.all(Array.from({ length: 20 }, openStore))
    const callers = Array.from({ length: 1000 }, (_, index) => cached(credential(), stores[index % 20]?.tokens))
    const tokens = await Promise.all(callers.map((caller) => caller.getToken(GRAPH)))
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1)
    expect(server.requests).toHaveLength(1)
    expect(await leases()).toEqual([])
  })

  it('50 processes with a cold file store', async () => {
    server.answerWith(slowly(tokenAnswer({ access_token: 'for all' })))
    const many = await startMany(50)
    for (const program of many) program.ask()
    const outcomes = await Promise.all(many.map(({ outcome }) => outcome))
    expect(outcomes.map(({ token }) => token)).toEqual(Array.from({ length: 50 }, () => 'for all'))
    expect(server.requests).toHaveLength(1)
    expect(await leases()).toEqual([])
  })

  it('processes whose token has come to its end', async () => {
    const old = await (await openStore()).tokens
    await cached(credential(), old).getToken(GRAPH)
    const later = () => Date.now() + 2 * 3600_000
    server.answerWith(slowly(tokenAnswer({ access_token: 'second', expires_in: 5 * 3600 })))
    const stores = await Promise.all(
      Array.from({ length: 10 }, () => fileStore({ directory, keychain: 'off', now: later })),
    )
    const tokens = await Promise.all(
      stores.map(({ tokens }) => cached(credential(), tokens, { now: later }).getToken(GRAPH)),
    )
    expect(new Set(tokens.map(({ token }) => token))).toEqual(new Set(['second']))
    expect(server.requests).toHaveLength(2)
  })

  it('but each that asks for another token sends its own', async () => {
    server.answerWith(() => slowly(tokenAnswer()))
    const store = await openStore()
    const asked = [
      cached(credential(), store.tokens).getToken(GRAPH),
      cached(credential(), store.tokens).getToken(GRAPH, { claims: '{"access_token":{"a":null}}' }),
      cached(credential(), store.tokens).getToken([], { resource: 'https://management.azure.com/' }),
      cached(credential({ clientId: '4f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b' }), store.tokens).getToken(GRAPH),
      cached(credential({ clientSecret: 'another' }), store.tokens).getToken(GRAPH),
      cached(credential({ tenantId: 'fabrikam.example' }), store.tokens).getToken(GRAPH),
      cached({ cachePartition: 'ada', getToken: (scopes) => credential().getToken(scopes) }, store.tokens).getToken(
        GRAPH,
      ),
      cached({ cachePartition: 'bob', getToken: (scopes) => credential().getToken(scopes) }, store.tokens).getToken(
        GRAPH,
      ),
    ]
    const tokens = await Promise.all(asked)
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(asked.length)
    expect(server.requests).toHaveLength(asked.length)
  })
})

describe('a process that was killed while it asked', () => {
  it('holds nobody up: the others go on, with one more request for all of them', async () => {
    server.answerWith('silence', slowly(tokenAnswer({ access_token: 'after the crash' })))
    const [first, ...others] = await startMany(11)
    first?.ask()
    await requestsArrived(1)
    for (const other of others) other.ask()
    await new Promise((resolve) => setTimeout(resolve, 200)) // they wait for the first one's result
    expect(server.requests).toHaveLength(1)
    first?.process.kill('SIGKILL')
    const outcomes = await Promise.all(others.map(({ outcome }) => outcome))
    expect(outcomes.map(({ token }) => token)).toEqual(others.map(() => 'after the crash'))
    expect(server.requests).toHaveLength(2)
    expect(await leases()).toEqual([])
  })

  it('is not waited for on another machine either, or where its lease is empty', async () => {
    const store = await openStore()
    await cached(credential(), store.tokens).getToken(GRAPH)
    await store.deleteTokens()
    let lease = ''
    const spying: TokenCache = {
      ...store.tokens,
      exclusively: (key, work, meanwhile) =>
        store.tokens.exclusively?.(
          key,
          async () => {
            lease = (await leases())[0] ?? ''
            return work()
          },
          meanwhile,
        ) ?? work(),
    }
    await cached(credential(), spying).getToken(GRAPH)
    for (const left of ['', JSON.stringify({ id: 'x', processId: 1, machine: `not ${hostname()}` })]) {
      await store.deleteTokens()
      await writeFile(join(directory, 'leases', lease), left)
      const before = server.requests.length
      await cached(credential(), store.tokens).getToken(GRAPH)
      expect(server.requests).toHaveLength(before + 1)
    }
    expect(await leases()).toEqual([])
  })
})

describe('a person who takes long', () => {
  it('is asked by one process at a time, however long it takes', async () => {
    const stores = await Promise.all([openStore(), openStore(), openStore()])
    let windows = 0
    const person = (bounds: CredentialBounds) => ({
      cachePartition: 'of a person',
      bounds,
      getToken: async () => {
        windows += 1
        await new Promise((resolve) => setTimeout(resolve, 1_500))
        return { token: 'after the window', expiresOnTimestamp: Date.now() + 3600_000 }
      },
    })
    const bounds = { withoutPersonMilliseconds: 200, mayAskPerson: true }
    const asked = stores.map(({ tokens }) => cached(person(bounds), tokens).getToken(GRAPH))
    expect((await Promise.all(asked)).map(({ token }) => token)).toEqual(Array(3).fill('after the window'))
    expect(windows).toBe(1)
  })

  it('holds a request without a person up no longer than that may take', async () => {
    const holder = (await openStore()).tokens
    const lasting = new AbortController()
    let windows = 0
    const credentialOf = (mayAskPerson: boolean) => ({
      cachePartition: 'of a person',
      bounds: { withoutPersonMilliseconds: 200, mayAskPerson },
      getToken: () => {
        windows += 1
        return new Promise<never>(() => {})
      },
    })
    const held = cached(credentialOf(true), holder)
      .getToken(GRAPH, { abortSignal: lasting.signal })
      .catch(() => {})
    while (windows === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const waiting = cached(credentialOf(false), (await openStore()).tokens).getToken(GRAPH)
    await expect(waiting).rejects.toMatchObject({ name: 'AuthorityUnreachableError', code: 'ETIMEDOUT' })
    lasting.abort()
    await held
  })
})

describe('a request that fails', () => {
  it('fails for the processes that waited for it, and is repeated by the next that asks', async () => {
    server.answerWith({
      status: 401,
      json: {
        error: 'invalid_client',
        error_description: 'AADSTS7000215: Invalid client secret provided.',
        error_codes: [7000215],
      },
      afterMilliseconds: 1_000,
    })
    const many = await startMany(8)
    for (const program of many) program.ask()
    for (const { outcome } of many) {
      const { error } = await outcome
      expect(error).toMatchObject({ name: 'TokenRequestError', code: 7000215, status: 401 })
      expect(error?.message).toContain('AADSTS7000215')
    }
    expect(server.requests).toHaveLength(1)
    await expect(cached(credential(), (await openStore()).tokens).getToken(GRAPH)).rejects.toBeInstanceOf(
      TokenRequestError,
    )
    expect(server.requests).toHaveLength(2)
  })

  it('for want of an answer fails for all of them at that time', async () => {
    server.answerWith('silence')
    const many = await startMany(4, { timeoutMilliseconds: 1_000 })
    for (const program of many) program.ask()
    const outcomes = await Promise.all(many.map(({ outcome }) => outcome))
    for (const { error } of outcomes)
      expect(error).toMatchObject({ name: 'AuthorityUnreachableError', code: 'ETIMEDOUT' })
    expect(server.requests).toHaveLength(1)
  })

  it('over one process’s own connection is tried by the next process', async () => {
    const stores = await Promise.all([openStore(), openStore()])
    const untrusting = credential({ transport: nodeTransport() })
    const first = cached(untrusting, stores[0].tokens).getToken(GRAPH)
    const second = cached(credential(), stores[1].tokens).getToken(GRAPH)
    await expect(first).rejects.toThrow()
    expect((await second).token).toMatch(/^token-/)
  })
})

describe('while another process asks', () => {
  it('a caller whose token is still good gets it at once', async () => {
    const life = 60 * 60_000
    let ahead = 0
    const now = () => Date.now() + ahead
    const stores = await Promise.all([openStore(), openStore()])
    const [one, other] = stores.map(({ tokens }) => cached(credential(), tokens, { now }))
    const good = await one?.getToken(GRAPH)
    expect(await other?.getToken(GRAPH)).toEqual(good)
    ahead = life - 60_000
    server.answerWith('silence')
    expect(await one?.getToken(GRAPH)).toEqual(good)
    await requestsArrived(2)
    for (let call = 0; call < 100; call += 1) expect(await other?.getToken(GRAPH)).toEqual(good)
    const newcomer = cached(credential(), (await openStore()).tokens, { now })
    expect(await newcomer.getToken(GRAPH)).toEqual(good)
    expect(server.requests).toHaveLength(2)
  })

  it('one without a token takes that which comes', async () => {
    server.answerWith({ ...tokenAnswer({ access_token: 'shared' }), afterMilliseconds: 400 })
    const [holder] = await startMany(1)
    holder?.ask()
    await requestsArrived(1)
    const store = await openStore()
    expect((await cached(credential(), store.tokens).getToken(GRAPH)).token).toBe('shared')
    expect(server.requests).toHaveLength(1)
  })
})
