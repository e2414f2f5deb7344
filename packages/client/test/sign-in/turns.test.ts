import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  fileStore,
  InteractiveBrowserCredential,
  memorySignIns,
  nodeTransport,
  RefreshTokenCredential,
  type SignInStore,
  signInKey,
} from '../../src/index.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { startTokenServer, type TokenServer, tokenAnswer } from '../support/token-server.ts'

const WELL_KNOWN = '/.well-known/openid-configuration'

let server: TokenServer
let directory: string

beforeEach(async () => {
  server = await startTokenServer()
  directory = await mkdtemp(join(tmpdir(), 'doorstep-'))
})
afterEach(async () => {
  await server.close()
  await rm(directory, { recursive: true, force: true })
})

const common = () => ({
  clientId: 'app',
  discoveryUrl: `${server.authorityHost}${WELL_KNOWN}`,
  transport: nodeTransport({ ca: server.certificate }),
})
const metadata = () => ({
  issuer: server.authorityHost,
  authorization_endpoint: `${server.authorityHost}/authorize`,
  token_endpoint: `${server.authorityHost}/token`,
  jwks_uri: `${server.authorityHost}/keys`,
})
const sent = () => server.requests.filter(({ path }) => path === '/token').map(({ form }) => form.refresh_token)

/** A provider that takes each refresh token once. */
function rotating(): void {
  let next = 1
  server.answerWith(({ path }) => {
    if (path === WELL_KNOWN) return { json: metadata() }
    next += 1
    return { ...tokenAnswer({ refresh_token: `refresh-${next}` }), afterMilliseconds: 30 }
  })
}

describe('the refresh token of a rotating provider', () => {
  const openStore = async () => (await fileStore({ directory, keychain: 'off' })).signIns

  it.each<[string, () => Promise<[SignInStore, SignInStore]>]>([
    [
      'one store in memory',
      async () => {
        const store = memorySignIns()
        return [store, store]
      },
    ],
    ['two stores of one folder', async () => [await openStore(), await openStore()]],
  ])('is sent once by two credentials with %s', async (_, stores) => {
    rotating()
    const [one, other] = await stores()
    const of = { authorityHost: server.authorityHost, tenantId: '', clientId: 'app' }
    const signIn = { homeAccountId: 'alice', username: 'alice', refreshToken: 'refresh-1' }
    await one.set(signInKey(of), { ...of, ...signIn, version: 'v2.0', issuedAt: Date.now() })
    const credentials = [one, other].map(
      (signIns) => new InteractiveBrowserCredential({ ...common(), signIns, disableAutomaticAuthentication: true }),
    )
    await Promise.all(credentials.flatMap((credential) => [credential.getToken('read'), credential.getToken('write')]))
    expect(sent()).toEqual(['refresh-1', 'refresh-2', 'refresh-3', 'refresh-4'])
  })

  it('is forgotten after a plain invalid_grant, as RFC 6749 has it', async () => {
    const signIns = memorySignIns()
    const of = { authorityHost: server.authorityHost, tenantId: '', clientId: 'app' }
    const signIn = { homeAccountId: 'alice', username: 'alice', refreshToken: 'refresh-1' }
    await signIns.set(signInKey(of), { ...of, ...signIn, version: 'v2.0', issuedAt: Date.now() })
    server.answerWith(({ path }) =>
      path === WELL_KNOWN ? { json: metadata() } : { status: 400, json: { error: 'invalid_grant' } },
    )
    const credential = new InteractiveBrowserCredential({ ...common(), signIns, disableAutomaticAuthentication: true })
    expect(await refusalOf(credential.getToken('read'))).toMatchObject({ name: 'AuthenticationRequiredError' })
    expect(await signIns.list()).toEqual([])
  })
})

describe('a provider that hangs', () => {
  const refreshing = () =>
    new RefreshTokenCredential({ ...common(), refreshToken: 'refresh-1', timeoutMilliseconds: 300 })
  const silentToken = () => server.answerWith(({ path }) => (path === WELL_KNOWN ? { json: metadata() } : 'silence'))

  it('holds up those who wait for their turn no longer than the one whose turn it is', async () => {
    silentToken()
    const credential = refreshing()
    const asked = ['a', 'b', 'c', 'd', 'e']
    const refused = await Promise.all(asked.map((scope) => refusalOf(credential.getToken(scope))))
    for (const error of refused) expect(error).toMatchObject({ name: 'AuthorityUnreachableError', code: 'ETIMEDOUT' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(sent()).toHaveLength(1)
  })

  it.each<[string, () => void]>([
    ['at its token endpoint', silentToken],
    ['at its metadata', () => server.answerWith('silence')],
  ])('%s holds up nobody who gives up', async (_, hang) => {
    hang()
    const credential = new RefreshTokenCredential({
      ...common(),
      refreshToken: 'refresh-1',
      timeoutMilliseconds: 1_000,
    })
    const controllers = [new AbortController(), new AbortController()]
    const asked = controllers.map(({ signal }) => refusalOf(credential.getToken('read', { abortSignal: signal })))
    for (const controller of controllers) controller.abort()
    for (const refused of asked) expect(await refused).toMatchObject({ name: 'AbortError' })
  })
})
