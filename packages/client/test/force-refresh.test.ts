import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ClientSecretCredential, cached, memoryCache, nodeTransport, type TokenCache } from '../src/index.ts'
import { refusalOf } from './support/refusal-of.ts'
import { startTokenServer, type TokenServer } from './support/token-server.ts'

const GRAPH = 'https://graph.microsoft.com/.default'

let server: TokenServer

beforeEach(async () => {
  server = await startTokenServer()
})
afterEach(() => server.close())

const make = (cache?: TokenCache) =>
  cached(
    new ClientSecretCredential({
      tenantId: 'contoso.example',
      clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
      clientSecret: 'not-a-real-secret',
      authorityHost: server.authorityHost,
      transport: nodeTransport({ ca: server.certificate }),
    }),
    cache,
  )

describe('forceRefresh of a cached credential', () => {
  it.each([
    ['in memory', () => undefined],
    ['in a shared cache', () => memoryCache()],
  ])('gets a new token although a good one is held %s, and keeps that', async (_, cache) => {
    const credential = make(cache())
    const first = await credential.getToken(GRAPH)
    const second = await credential.getToken(GRAPH, { forceRefresh: true })
    expect(second.token).not.toBe(first.token)
    expect((await credential.getToken(GRAPH)).token).toBe(second.token)
    expect(server.requests).toHaveLength(2)
  })

  it('reaches those who share the cache', async () => {
    const cache = memoryCache()
    await make(cache).getToken(GRAPH)
    const second = await make(cache).getToken(GRAPH, { forceRefresh: true })
    expect((await make(cache).getToken(GRAPH)).token).toBe(second.token)
  })

  it('goes through to what the wrapped credential holds itself', async () => {
    const credential = cached(make())
    const first = await credential.getToken(GRAPH)
    expect((await credential.getToken(GRAPH, { forceRefresh: true })).token).not.toBe(first.token)
  })

  it('sends one request for all who want it at the same time', async () => {
    const credential = make()
    await credential.getToken(GRAPH)
    const forced = Array.from({ length: 1000 }, () => credential.getToken(GRAPH, { forceRefresh: true }))
    expect(new Set((await Promise.all(forced)).map(({ token }) => token)).size).toBe(1)
    expect(server.requests).toHaveLength(2)
  })

  it('that fails leaves the token that is held', async () => {
    const credential = make()
    const first = await credential.getToken(GRAPH)
    server.answerWith({ status: 400, json: { error: 'invalid_request', error_codes: [90002] } })
    expect(await refusalOf(credential.getToken(GRAPH, { forceRefresh: true }))).toMatchObject({ code: 90002 })
    expect((await credential.getToken(GRAPH)).token).toBe(first.token)
  })

  it('ends with the wait of its caller', async () => {
    server.answerWith('silence')
    const abortSignal = AbortSignal.timeout(20)
    const error = await refusalOf(make().getToken(GRAPH, { forceRefresh: true, abortSignal }))
    expect(error).toMatchObject({ name: 'AbortError' })
  })
})
