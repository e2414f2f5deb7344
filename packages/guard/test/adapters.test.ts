import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import express from 'express'
import fastify from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../../doorstep/test/support/start-doorstep.ts'
import { expressGuard } from '../src/adapters/express.ts'
import { fastifyGuard } from '../src/adapters/fastify.ts'
import {
  type AdmissionOptions,
  createGuard,
  type Guard,
  type GuardOptions,
  guarded,
  type JSONWebKeySet,
  tokenOf,
  type VerifiedToken,
} from '../src/index.ts'

const tenantId = '6a1e0d5c-3f0b-4d52-9a77-0c5f6f0f7d21'
const alice = { userPrincipalName: 'alice@contoso.example', password: 'Correct-horse-7-battery' }
const orders = { appId: 'a7f3c2e1-94d8-4b6a-9c0e-d1e2f3a4b521', uri: 'https://orders.contoso.example' }
const ledger = { appId: 'b8e4d3f2-a5c9-4c7b-8d1f-e2f3a4b5c621', uri: 'https://ledger.contoso.example' }
const tool = { appId: '44d3a9d5-803f-4c31-9296-3e4a5f6b7c21' }
const daemon = { appId: '0a123b56-c987-4234-abcd-1a2b3c4d5e21', secret: 'Dae8Q~only-secret-of-the-daemon-000001' }
const visitor = { appId: '4be5d7a1-60c2-4e0d-93fb-6d1c0b7a9e21', secret: 'Vis8Q~only-secret-of-the-visitor-000021' }

const scope = (value: string) => ({
  value,
  type: 'User',
  isEnabled: true,
  adminConsentDisplayName: value,
  adminConsentDescription: value,
})
const role = (id: string, value: string) => ({
  id,
  value,
  displayName: value,
  description: value,
  allowedMemberTypes: ['Application'],
})

const seed = JSON.stringify({
  tenants: [
    {
      tenantId,
      displayName: 'Contoso',
      domain: 'contoso.example',
      users: [{ ...alice, displayName: 'Alice' }],
      applications: [
        {
          displayName: 'Orders',
          appId: orders.appId,
          identifierUris: [orders.uri],
          api: {
            requestedAccessTokenVersion: 2,
            oauth2PermissionScopes: [scope('Orders.Read'), scope('Orders.Write')],
          },
          appRoles: [role('0d1c2b3a-4f5e-4d6c-8b7a-1f2e3d4c5b21', 'Orders.Read.All')],
        },
        {
          displayName: 'Ledger',
          appId: ledger.appId,
          identifierUris: [ledger.uri],
          api: { oauth2PermissionScopes: [scope('Orders.Read')] },
        },
        {
          displayName: 'tool',
          appId: tool.appId,
          isFallbackPublicClient: true,
          permissions: ['Orders/Orders.Read', 'Ledger/Orders.Read'],
          adminConsent: true,
        },
        {
          displayName: 'daemon',
          appId: daemon.appId,
          passwordCredentials: [{ secretText: daemon.secret }],
          applicationPermissions: ['Orders/Orders.Read.All'],
          adminConsent: true,
        },
        { displayName: 'visitor', appId: visitor.appId, passwordCredentials: [{ secretText: visitor.secret }] },
      ],
    },
  ],
})

let doorstep: RunningDoorstep
beforeAll(async () => {
  doorstep = await startDoorstep({ seed })
})
afterAll(() => doorstep.stop())

async function tokenBy(form: Readonly<Record<string, string>>): Promise<string> {
  const body = new URLSearchParams(form).toString()
  const answer = await doorstep.request('POST', `/${tenantId}/oauth2/v2.0/token`, body)
  expect(answer.status, answer.text).toBe(200)
  return answer.body.access_token
}
const { userPrincipalName: username, password } = alice
const userToken = (wanted = `${orders.uri}/Orders.Read`) =>
  tokenBy({ grant_type: 'password', client_id: tool.appId, username, password, scope: wanted })
const appToken = (client = daemon, wanted = `${orders.uri}/.default`) =>
  tokenBy({
    grant_type: 'client_credentials',
    client_id: client.appId,
    client_secret: client.secret,
    scope: wanted,
  })

/** A guard that believes the local cloud, and nobody else. */
function guardOf(changes: Partial<GuardOptions> = {}): Guard {
  return createGuard({
    tenants: [tenantId],
    audience: [orders.appId, ledger.uri],
    authorityHosts: [doorstep.url],
    fetchKeys: async (url) => {
      const { status, body } = await doorstep.request('GET', new URL(url).pathname)
      if (status !== 200) throw new Error(`status ${status}`)
      return body as JSONWebKeySet
    },
    ...changes,
  })
}

const told = ({ kind, version, clientId, scopes, roles }: VerifiedToken) => ({ kind, version, clientId, scopes, roles })

interface Api {
  readonly url: string
  close(): Promise<unknown>
}

/** Serves GET /orders behind a guard, with each kind of server. */
const servers: Readonly<Record<string, (guard: Guard, options: AdmissionOptions) => Promise<Api>>> = {
  async 'a fetch handler'(guard, options) {
    const handler = guarded(guard, (_request, token) => Response.json(told(token)), options)
    return listen(async (incoming, outgoing) => {
      const headers = new Headers()
      for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
        headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '')
      }
      const answer = await handler(new Request(`http://localhost${incoming.url}`, { headers })).catch(
        () => new Response(null, { status: 500 }),
      )
      outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
    })
  },
  async Express(guard, options) {
    const app = express().set('env', 'test')
    app.get('/orders', expressGuard(guard, options), (request, response) => {
      response.json(told(tokenOf(request)))
    })
    return listen(app)
  },
  async Fastify(guard, options) {
    const app = fastify({ forceCloseConnections: true })
    app.register(fastifyGuard, { guard, ...options })
    app.get('/orders', async (request) => told(tokenOf(request)))
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    return { url, close: () => app.close() }
  },
}

async function listen(handler: Parameters<typeof createServer>[1] & object): Promise<Api> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const open: Api[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()))
})

describe.each(Object.entries(servers))('%s', (_, serve) => {
  const api = async (options: AdmissionOptions = {}, guard: Guard = guardOf()) => {
    const served = await serve(guard, options)
    open.push(served)
    return (token?: string) =>
      fetch(`${served.url}/orders`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
  }
  const both = { scope: 'Orders.Read', role: 'Orders.Read.All' }

  it('lets a user and an application in, each with its own permission', async () => {
    const call = await api(both)
    const [user, application] = await Promise.all([call(await userToken()), call(await appToken())])
    expect(await user.json()).toEqual({
      kind: 'user',
      version: '2.0',
      clientId: tool.appId,
      scopes: ['Orders.Read'],
      roles: [],
    })
    expect(await application.json()).toMatchObject({ kind: 'app', roles: ['Orders.Read.All'] })
  })

  it('lets a v1.0 token of the same cloud in', async () => {
    const answer = await (await api({ scope: 'Orders.Read' }))(await userToken(`${ledger.uri}/Orders.Read`))
    expect(await answer.json()).toMatchObject({ kind: 'user', version: '1.0' })
  })

  it('asks for a token where there is none, and says where to get one', async () => {
    const authorizationUri = `${doorstep.url}/${tenantId}`
    const answer = await (await api({ challenge: { authorizationUri, clientId: orders.appId } }))()
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer authorization_uri="${authorizationUri}", client_id="${orders.appId}"`,
    )
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await answer.json()).toMatchObject({ error: 'missing_token' })
  })

  it('refuses permissions that are missing with 403', async () => {
    const call = await api(both)
    const visiting = await call(await appToken(visitor))
    expect(visiting.status).toBe(403)
    expect(visiting.headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope".*Orders\.Read\.All/)
    const writing = await (await api({ scope: ['Orders.Write', 'Orders.Delete'] }))(await userToken())
    expect(writing.status).toBe(403)
    expect(writing.headers.get('www-authenticate')).toMatch(/, scope="Orders\.Write Orders\.Delete"$/)
  })

  it("refuses an application's own token where a scope is needed", async () => {
    const answer = await (await api({ scope: 'Orders.Read' }))(await appToken())
    expect(answer.status).toBe(403)
    expect((await answer.json()) as unknown).toMatchObject({ error_description: expect.stringContaining('own') })
  })

  it('refuses tokens for another API, expired ones and altered ones with 401, and tells the log', async () => {
    const refused: string[] = []
    const onRefused = (error: Error) => refused.push(`${error.name} ${(error as { reason?: string }).reason}`)
    const call = await api({ onRefused })
    const late = await api({ onRefused }, guardOf({ clock: () => Date.now() + 86_400_000 }))
    const token = await userToken()
    const answers = [
      await call(await appToken(daemon, 'https://graph.microsoft.com/.default')),
      await late(token),
      await call(`${token.slice(0, -4)}AAAA`),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401])
    expect(refused).toEqual(['TokenRefused audience', 'TokenRefused expired', 'TokenRefused signature'])
  })

  it('refuses two Authorization headers, whichever is the good one', async () => {
    await api()
    const { port } = new URL(open.at(-1)?.url ?? '')
    const token = await userToken()
    for (const headers of [
      [token, 'other'],
      ['other', token],
    ]) {
      const lines = headers.map((value) => `Authorization: Bearer ${value}\r\n`).join('')
      const socket = connect(Number(port), '127.0.0.1')
      socket.end(`GET /orders HTTP/1.1\r\nHost: localhost\r\n${lines}Connection: close\r\n\r\n`)
      const answer = await text(socket)
      expect(answer).toMatch(/^HTTP\/1\.1 401 /)
      expect(answer).toContain('more than one word')
    }
  })

  it('answers 503 while the keys cannot be had, and tells nobody where they are', async () => {
    const fetchKeys = () => Promise.reject(new Error('no route to 10.0.0.1'))
    const answer = await (await api({}, guardOf({ fetchKeys })))(await userToken())
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('30')
    expect(await answer.text()).not.toMatch(/10\.0\.0\.1|keys"|https/)
  })

  it('leaves faults of the API to the server', async () => {
    const keys = () => Promise.reject(new Error('database gone'))
    const answer = await (await api({}, guardOf({ keys })))(await userToken())
    expect(answer.status).toBe(500)
    expect(answer.headers.get('www-authenticate')).toBeNull()
  })
})

describe('a requirement that names nothing is refused before the first request', () => {
  it.each([{ scope: [] }, { scope: '' }, { role: [''] }])('%j', async (options) => {
    const guard = guardOf()
    expect(() => guarded(guard, () => new Response(), options)).toThrow(TypeError)
    expect(() => expressGuard(guard, options)).toThrow(TypeError)
    await expect(
      fastify()
        .register(fastifyGuard, { guard, ...options })
        .ready(),
    ).rejects.toThrow(TypeError)
  })

  it.each([
    [{ scopes: 'Orders.Read' }, "'scopes'. Did you mean 'scope'?"],
    [{ roles: ['Orders.Export'] }, "'roles'. Did you mean 'role'?"],
    [{ challenge: { realmm: 'x' } }, "'realmm'. Did you mean 'realm'?"],
  ])('and so is one that is misspelt: %j', async (written, message) => {
    const guard = guardOf()
    const options = written as AdmissionOptions
    expect(() => guarded(guard, () => new Response(), options)).toThrow(message)
    expect(() => expressGuard(guard, options)).toThrow(message)
    const register = (more: object) => fastify().register(fastifyGuard, { guard, ...more })
    await expect(register(options).ready()).rejects.toThrow(message)
    await register({ prefix: '/v1', logLevel: 'warn' }).ready()
    expect(() => expressGuard(options as never)).toThrow('expressGuard: expected a guard first')
  })

  it('and so is a plugin without its guard', async () => {
    await expect(
      fastify()
        .register(fastifyGuard, {} as never)
        .ready(),
    ).rejects.toThrow(/createGuard/)
  })
})

describe('fastifyGuard', () => {
  it('guards its own scope, those inside and unknown routes of it, and no other', async () => {
    const app = fastify()
    app.get('/health', async () => 'well')
    app.register(async (inner) => {
      inner.get('/before', async () => 'x')
      inner.register(fastifyGuard, { guard: guardOf() })
      inner.get('/orders', async () => 'x')
      inner.register(async (deeper) => {
        deeper.get('/deeper', async () => 'x')
      })
    })
    const statusOf = async (url: string) => (await app.inject({ url })).statusCode
    expect(await Promise.all(['/health', '/before', '/orders', '/deeper'].map(statusOf))).toEqual([200, 401, 401, 401])
    await app.close()
  })
})

describe('tokenOf', () => {
  it('says that a route is not guarded', () => {
    expect(() => tokenOf({})).toThrow(/expressGuard or fastifyGuard/)
  })
})
