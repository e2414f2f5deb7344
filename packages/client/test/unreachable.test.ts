import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  AuthorityUnreachableError,
  ClientSecretCredential,
  type ClientSecretCredentialOptions,
  nodeTransport,
  TokenRequestError,
} from '../src/index.ts'
import { startTokenServer, type TokenServer, tokenAnswer } from './support/token-server.ts'

const GRAPH = 'https://graph.microsoft.com/.default'
const busy = { status: 503, json: { error: 'temporarily_unavailable' } }
const atOnce = { 'retry-after': '0' }

let server: TokenServer
let options: ClientSecretCredentialOptions

beforeEach(async () => {
  server = await startTokenServer()
  const own = {
    tenantId: 'contoso.example',
    clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
    clientSecret: 'not-a-real-secret',
  }
  options = { ...own, authorityHost: server.authorityHost, transport: nodeTransport({ ca: server.certificate }) }
})
afterEach(() => server.close())

const getToken = (more: Partial<ClientSecretCredentialOptions> = {}) =>
  new ClientSecretCredential({ ...options, ...more }).getToken(GRAPH)

describe('an authority in trouble is asked again', () => {
  it.each([
    ['429', { status: 429, json: { error: 'throttled' }, headers: atOnce }],
    ['503', { ...busy, headers: atOnce }],
    ['500 without Retry-After', { status: 500, json: { error: 'server_error' } }],
    ['502 with a web page', { status: 502, text: '<html>Bad gateway</html>', headers: atOnce }],
    ['a connection that breaks', 'reset' as const],
  ])('after %s', async (_, answer) => {
    server.answerWith(answer, tokenAnswer({ access_token: 'at last' }))
    expect((await getToken()).token).toBe('at last')
    expect(server.requests).toHaveLength(2)
  })

  it('when Retry-After, a date, has come', async () => {
    const past = new Date(Date.now() - 1000).toUTCString()
    server.answerWith({ ...busy, headers: { 'retry-after': past } }, tokenAnswer({ access_token: 'at last' }))
    expect((await getToken()).token).toBe('at last')
  })

  it('with the same correlation id', async () => {
    server.answerWith({ ...busy, headers: atOnce }, tokenAnswer())
    await getToken()
    const [first, second] = server.requests.map(({ headers }) => headers['client-request-id'])
    expect(first).toMatch(/^[0-9a-f-]{36}$/)
    expect(second).toBe(first)
  })

  it('three times and no more; then its last answer is the error', async () => {
    server.answerWith({ ...busy, headers: atOnce })
    await expect(getToken()).rejects.toMatchObject({ name: 'TokenRequestError', status: 503 })
    expect(server.requests).toHaveLength(4)
  })

  it('not before the time it asks for; where that is beyond the bound, it fails at once and tells', async () => {
    server.answerWith({ ...busy, headers: { 'retry-after': '120' } })
    await expect(getToken()).rejects.toMatchObject({
      retryAfterMilliseconds: 120_000,
      message: expect.stringContaining('asks to wait 120 s'),
    })
    expect(server.requests).toHaveLength(1)
  })

  it('not when it has not built the endpoint', async () => {
    server.answerWith({ status: 501, json: { error: 'not_implemented' } })
    await expect(getToken()).rejects.toBeInstanceOf(TokenRequestError)
    expect(server.requests).toHaveLength(1)
  })
})

describe('an authority that cannot be reached', () => {
  it('never answers: the error says so, and after how long', async () => {
    server.answerWith('silence')
    const failure = getToken({ timeoutMilliseconds: 200 })
    await expect(failure).rejects.toBeInstanceOf(AuthorityUnreachableError)
    await expect(failure).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      authorityHost: server.authorityHost,
      message: expect.stringContaining('gave no answer within 0.2 seconds'),
    })
  })

  it('accepts connections and never speaks TLS', async () => {
    const sockets: Socket[] = []
    const mute = createServer((socket) => sockets.push(socket))
    const port = await listen(mute)
    const failure = getToken({ authorityHost: `https://127.0.0.1:${port}`, timeoutMilliseconds: 200 })
    await expect(failure).rejects.toMatchObject({ name: 'AuthorityUnreachableError', code: 'ETIMEDOUT' })
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => mute.close(resolve))
  })

  it('stays within the bound while it keeps breaking connections', async () => {
    server.answerWith('reset')
    const failure = getToken({ timeoutMilliseconds: 300 })
    await expect(failure).rejects.toBeInstanceOf(AuthorityUnreachableError)
    expect(server.requests.length).toBeLessThanOrEqual(2) // four, if it had the time
  })

  it('is not there: the error names the remedy', async () => {
    await server.close()
    const failure = getToken()
    await expect(failure).rejects.toMatchObject({ name: 'AuthorityUnreachableError', code: 'ECONNREFUSED' })
    await expect(failure).rejects.toThrow('doorstep up')
  })

  it('has a certificate that nobody vouches for: the error names ca', async () => {
    const failure = getToken({ transport: nodeTransport() })
    await expect(failure).rejects.toBeInstanceOf(AuthorityUnreachableError)
    await expect(failure).rejects.toThrow('nodeTransport({ ca })')
    expect(server.requests).toEqual([])
  })

  it('sends an answer without end: reading stops at its bound', async () => {
    server.answerWith({ status: 200, text: 'x'.repeat(2 * 1024 * 1024) })
    const failure = getToken()
    await expect(failure).rejects.toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE' })
    await expect(failure).rejects.toThrow('far more than a token endpoint does')
  })

  it('fails in a transport of the user: its own words are kept', async () => {
    const transport = () => Promise.reject(new Error('the tunnel is closed'))
    const failure = getToken({ transport })
    await expect(failure).rejects.toThrow(`${server.authorityHost} could not be reached: the tunnel is closed`)
  })

  it('breaks connections in a transport over fetch: it is asked again', async () => {
    let calls = 0
    const transport = async () => {
      calls += 1
      if (calls === 1) {
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('gone'), { code: 'UND_ERR_SOCKET' }) })
      }
      return { status: 200, headers: {}, body: JSON.stringify(tokenAnswer({ access_token: 'at last' }).json) }
    }
    expect((await getToken({ transport })).token).toBe('at last')
  })
})

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}
