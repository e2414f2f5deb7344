import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newApplication } from '../../directory/application.ts'
import { newServicePrincipal } from '../../directory/service-principal.ts'
import type { Tenant } from '../../directory/tenant.ts'
import { newUser } from '../../directory/user.ts'
import { opaqueTokenId } from '../../protocol/opaque-token.ts'
import type { AuthorizationCode, DeviceCode } from '../../protocol/sign-in-records.ts'
import { openStores } from '../../stores/open.ts'
import type { Stores } from '../../stores/stores.ts'
import { tokenIssuer } from '../../tokens/issuer.ts'
import { newOpaqueToken } from '../../tokens/opaque-token.ts'
import { loginHost } from './index.ts'

const tenantId = randomUUID()
const userId = randomUUID()
const client = randomUUID()
const api = randomUUID()
const apiUri = 'https://api.contoso.example'
const secret = 'the secret of the client'
const page = 'https://page.contoso.example'
const verifier = 'a-verifier-that-is-long-enough-for-rfc-7636-0001'
const startedAt = Date.UTC(2030, 0, 2, 3, 4, 5, 678)
const dayInMilliseconds = 86_400_000

let folder: string
let stores: Stores
let server: Server
let now: number

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  stores = await openStores({ directory: folder })
  await stores.commit(directory())
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const host = await loginHost({
    ...stores,
    hashPassword: async (password) => password,
    secrets: {
      matchesAny: async (text, kept) => kept.includes(text),
    },
    pairwiseHash: (text) => createHash('sha256').update(text).digest('base64url'),
    issuer: tokenIssuer(() => ({ keyId: 'key', privateKey })),
    keys: { certificates: async () => new Map() },
    foreignKeys: { find: async () => undefined },
    graphTokens: { verify: () => Promise.reject(new Error('No token is verified here.')) },
    clock: { now: () => now },
    seal: { seal: (text) => text, open: (text) => text },
    newId: () => randomUUID(),
    reportFault: (fault) => {
      throw fault
    },
  })
  const asked = { kind: 'entra', host: 'login.microsoftonline.com' } as const
  server = createServer((sent, answer) => host.handle(sent, answer, asked))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await new Promise((resolve) => server?.close(resolve))
  await stores?.close()
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  now = startedAt
})

function directory() {
  const createdDateTime = '2029-01-01T00:00:00.000Z'
  const tenant: Tenant = {
    id: tenantId,
    displayName: 'Contoso',
    verifiedDomains: [{ name: 'contoso.example', isDefault: true, isInitial: true }],
    createdDateTime,
    countryLetterCode: null,
    usersCanRegisterApplications: true,
    usersCanConsent: true,
  }
  const place = { tenantId, createdDateTime }
  const user = newUser({ userPrincipalName: 'alice@contoso.example', displayName: 'Alice' }, { ...place, id: userId })
  const identity = (appId: string) => ({ ...place, id: randomUUID(), appId, publisherDomain: 'contoso.example' })
  const clientApplication = newApplication(
    {
      displayName: 'client',
      isFallbackPublicClient: true,
      signInAudience: 'AzureADMultipleOrgs',
      spa: { redirectUris: [page] },
    },
    identity(client),
  )
  const permission = {
    id: randomUUID(),
    value: 'Things.Read',
    type: 'User' as const,
    isEnabled: true,
    adminConsentDisplayName: null,
    adminConsentDescription: null,
    userConsentDisplayName: null,
    userConsentDescription: null,
  }
  const settings = newApplication({ displayName: 'api', identifierUris: [apiUri] }, identity(api))
  const preAuthorizedApplications = [{ appId: client, delegatedPermissionIds: [permission.id] }]
  const apiApplication = {
    ...settings,
    api: { ...settings.api, oauth2PermissionScopes: [permission], preAuthorizedApplications },
  }
  const applications = [clientApplication, apiApplication]
  return [
    { change: 'createTenant', tenant } as const,
    { change: 'createUser', user } as const,
    ...applications.flatMap((application) => [
      { change: 'createApplication', application } as const,
      {
        change: 'createServicePrincipal',
        servicePrincipal: newServicePrincipal(application, { ...place, id: randomUUID() }),
      } as const,
    ]),
    {
      change: 'addPasswordCredential',
      credential: {
        keyId: randomUUID(),
        ownerId: clientApplication.id,
        displayName: null,
        hint: secret.slice(0, 3),
        secretHash: secret,
        startDateTime: createdDateTime,
        endDateTime: '2040-01-01T00:00:00.000Z',
      },
    } as const,
  ]
}

const signIn = {
  tenantId,
  userId,
  method: 'pwd',
  authenticatedAt: startedAt - 1000,
  sessionId: randomUUID(),
} as const

/** Leaves a code behind as a sign-in does, and returns its text. */
async function authorizationCode(members: Partial<AuthorizationCode> = {}): Promise<string> {
  const text = newOpaqueToken()
  const code: AuthorizationCode = {
    ...signIn,
    id: opaqueTokenId(text),
    clientAppId: client,
    redirectUri: 'http://localhost:8080',
    redirectUriType: 'web',
    codeChallenge: null,
    scopes: [`${apiUri}/.default`],
    resource: null,
    nonce: null,
    segment: tenantId,
    expiresAt: startedAt + 600_000,
    ...members,
  }
  await stores.commit([{ change: 'addAuthorizationCode', code }])
  return text
}

const correlationId = randomUUID()

async function deviceCode(answer: DeviceCode['answer'], members: Partial<DeviceCode> = {}): Promise<string> {
  const text = newOpaqueToken()
  const code: DeviceCode = {
    id: opaqueTokenId(text),
    userCode: randomUUID().slice(0, 8).toUpperCase(),
    clientAppId: client,
    scopes: [`${apiUri}/.default`, 'openid', 'offline_access'],
    resource: null,
    segment: 'organizations',
    correlationId,
    runId: null,
    expiresAt: startedAt + 900_000,
    answer,
    ...members,
  }
  await stores.commit([{ change: 'addDeviceCode', code }])
  return text
}

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape is what they test
  readonly body: any
}

function post(body: string, { segment = tenantId, origin }: { segment?: string; origin?: string } = {}) {
  const { port } = server.address() as AddressInfo
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(origin !== undefined && { origin }) }
  const path = `/${segment}/oauth2/v2.0/token`
  return new Promise<Answer>((resolve, reject) => {
    const sent = request({ port, method: 'POST', path, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: JSON.parse(text) }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

type Members = Readonly<Record<string, string>>

const encoded = (members: Members) => new URLSearchParams(members).toString()
const redeem = (code: string, members: Members = {}, options = {}) =>
  post(
    encoded({
      grant_type: 'authorization_code',
      client_id: client,
      client_secret: secret,
      redirect_uri: 'http://localhost:8080',
      code,
      ...members,
    }),
    options,
  )
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))

describe('a code', () => {
  it('is redeemed for an access token', async () => {
    const { status, body } = await redeem(await authorizationCode())
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['token_type', 'scope', 'expires_in', 'ext_expires_in', 'access_token'])
    expect(claimsOf(body.access_token)).toMatchObject({ aud: apiUri, appidacr: '1', oid: userId, scp: 'Things.Read' })
  })

  it('is redeemed in the form in which a guide prints it', async () => {
    const code = await authorizationCode({ scopes: [`${api}/.default`] })
    const { body } = await post(`client_id=${client}
  &scope=${api}%2f.default openid profile offline_access
  &code=${code}
  &redirect_uri=http%3A%2F%2Flocalhost%3a8080
  &grant_type=authorization_code
  &client_secret=${encodeURIComponent(secret)}`)
    expect(body).toMatchObject({ refresh_token: expect.any(String), id_token: expect.any(String) })
    expect(claimsOf(body.access_token)).toMatchObject({ aud: api })
    expect(body.scope).toBe(`${api}/Things.Read ${api}/.default`)
  })

  it('passes its nonce on to the id_token', async () => {
    const code = await authorizationCode({ scopes: ['openid', `${apiUri}/Things.Read`], nonce: 'n-0S6_WzA2Mj' })
    const { body } = await redeem(code)
    expect(claimsOf(body.id_token)).toMatchObject({ aud: client, nonce: 'n-0S6_WzA2Mj' })
  })

  it('is redeemed with its verifier', async () => {
    const value = createHash('sha256').update(verifier).digest('base64url')
    const codeChallenge = { method: 'S256', value } as const
    const wrong = await redeem(await authorizationCode({ codeChallenge }), { code_verifier: `${verifier}x` })
    expect(wrong.body).toMatchObject({ error: 'invalid_grant', error_codes: [501481] })
    const right = await redeem(await authorizationCode({ codeChallenge }), { code_verifier: verifier })
    expect(right.status).toBe(200)
  })

  it('is honoured once, however many redeem it at the same time', async () => {
    const code = await authorizationCode()
    const answers = await Promise.all(Array.from({ length: 40 }, () => redeem(code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const others = answers.filter(({ status }) => status !== 200)
    expect(new Set(others.map(({ body }) => body.error_codes[0]))).toEqual(new Set([54005]))
  })

  it('survives a redemption that was refused', async () => {
    const code = await authorizationCode()
    expect((await redeem(code, { client_secret: 'wrong' })).body.error_codes).toEqual([7000215])
    expect((await redeem(code)).status).toBe(200)
  })

  it.each([
    ['is unknown', {}, { code: newOpaqueToken() }, 70000],
    ['is garbage', {}, { code: 'garbage' }, 9002313],
    ['comes with another redirect URI', {}, { redirect_uri: 'http://localhost:8080/' }, 500112],
    ['is too old', { expiresAt: startedAt }, {}, 70008],
    ['is another client’s', { clientAppId: api }, {}, 70000],
    ['was asked for over common', { segment: 'common', tenantId: randomUUID() }, {}, 700005],
    ['is redeemed for several APIs', {}, { scope: `${apiUri}/Things.Read User.Read` }, 28000],
    ['was asked for with several APIs', { scopes: [`${apiUri}/Things.Read`, 'User.Read'] }, {}, 28003],
  ] as const)('is refused when it %s', async (_, kept, sent, number) => {
    const { status, body } = await redeem(await authorizationCode(kept), sent)
    expect({ status, codes: body.error_codes }).toEqual({ status: 400, codes: [number] })
  })
})

describe('a code of a sign-in that was revoked before it was redeemed', () => {
  const approved = { kind: 'approved', ...signIn } as const
  const redeemBoth = async () => [
    await redeem(await authorizationCode()),
    await post(encoded({ grant_type: 'device_code', client_id: client, device_code: await deviceCode(approved) }), {
      segment: 'organizations',
    }),
  ]

  it('is refused', async () => {
    const before = await redeemBoth()
    expect(before.map(({ status }) => status)).toEqual([200, 200])
    await stores.commit([
      { change: 'revokeSignInSessions', userId, validFrom: new Date(startedAt - 999).toISOString() },
    ])
    const after = await redeemBoth()
    expect(after.map(({ body }) => body.error_codes)).toEqual([[50173], [50173]])
    await stores.commit([{ change: 'revokeSignInSessions', userId, validFrom: '2029-01-01T00:00:00.000Z' }])
  })

  it('is refused when the password was changed, unless the sign-in needed none', async () => {
    const password = { userId, passwordHash: 'hash', mustChange: false }
    const changedDateTime = new Date(startedAt - 999).toISOString()
    await stores.commit([{ change: 'setUserPassword', password: { ...password, changedDateTime } }])
    const after = await redeemBoth()
    expect(after.map(({ body }) => body.error_codes)).toEqual([[50173], [50173]])
    const answered = await redeem(await authorizationCode({ method: 'control' }))
    expect(answered.status).toBe(200)
    const longAgo = '2029-01-01T00:00:00.000Z'
    await stores.commit([{ change: 'setUserPassword', password: { ...password, changedDateTime: longAgo } }])
  })
})

describe('a page', () => {
  const value = createHash('sha256').update(verifier).digest('base64url')
  const ofPage = { redirectUri: page, redirectUriType: 'spa', codeChallenge: { method: 'S256', value } } as const
  const scopes = [`${apiUri}/.default`, 'openid', 'offline_access']
  const sent = { client_secret: '', redirect_uri: page, code_verifier: verifier }

  it('may read its answer, which says when the refresh token ends', async () => {
    const { status, headers, body } = await redeem(await authorizationCode({ ...ofPage, scopes }), sent, {
      origin: page,
    })
    expect(status).toBe(200)
    expect(headers['access-control-allow-origin']).toBe(page)
    expect(Object.keys(body)).toEqual([
      'token_type',
      'scope',
      'expires_in',
      'ext_expires_in',
      'access_token',
      'refresh_token',
      'refresh_token_expires_in',
      'id_token',
    ])
    expect(body.refresh_token_expires_in).toBe(86_399)
  })

  it('may read why it was refused', async () => {
    const code = await authorizationCode({ ...ofPage, scopes })
    const { headers, body } = await redeem(code, { ...sent, code_verifier: `${verifier}x` }, { origin: page })
    expect(body.error_codes).toEqual([501481])
    expect(headers['access-control-allow-origin']).toBe(page)
  })

  it.each([
    ['without Origin', ofPage, sent, undefined, 9002327],
    ['with a secret', ofPage, { ...sent, client_secret: secret }, page, 90023],
    ['without PKCE', { ...ofPage, codeChallenge: null }, { ...sent, code_verifier: '' }, page, 9002325],
    ['for a redirect URI of a server', { redirectUri: page }, { redirect_uri: page }, page, 9002326],
  ] as const)('is refused %s', async (_, kept, members, origin, number) => {
    const { body } = await redeem(await authorizationCode(kept), members, { ...(origin && { origin }) })
    expect(body.error_codes).toEqual([number])
  })

  it('has refresh tokens that end 24 hours after the sign-in, whenever they were exchanged', async () => {
    const first = await redeem(await authorizationCode({ ...ofPage, scopes }), sent, { origin: page })
    const refresh = (token: string) =>
      post(encoded({ grant_type: 'refresh_token', client_id: client, refresh_token: token }), { origin: page })
    now = startedAt + dayInMilliseconds / 2
    const second = await refresh(first.body.refresh_token)
    expect(second.body.refresh_token_expires_in).toBe(43_200)
    now = startedAt + dayInMilliseconds
    const third = await refresh(second.body.refresh_token)
    expect(third.body).toMatchObject({ error: 'invalid_grant', error_codes: [700084], suberror: 'bad_token' })
    expect(third.headers['access-control-allow-origin']).toBe(page)
  })
})

describe('a program', () => {
  const ofProgram = { redirectUriType: 'publicClient' } as const

  it('redeems a code without secret', async () => {
    const { status, body } = await redeem(await authorizationCode(ofProgram), { client_secret: '' })
    expect(status).toBe(200)
    expect(claimsOf(body.access_token)).toMatchObject({ appidacr: '0' })
  })

  it('is refused with one', async () => {
    const { status, body } = await redeem(await authorizationCode(ofProgram))
    expect({ status, error: body.error, codes: body.error_codes }).toEqual({
      status: 401,
      error: 'invalid_client',
      codes: [700025],
    })
  })

  it('is refused without one where the redirect URI is a server’s', async () => {
    const { status, body } = await redeem(await authorizationCode(), { client_secret: '' })
    expect({ status, codes: body.error_codes }).toEqual({ status: 401, codes: [7000218] })
  })
})

describe('a device code', () => {
  const poll = (code: Members, segment = 'organizations', grantType = 'device_code') =>
    post(encoded({ grant_type: grantType, client_id: client, ...code }), { segment })
  const approved = { kind: 'approved', ...signIn } as const

  it.each([
    ['device_code', 'urn:ietf:params:oauth:grant-type:device_code'],
    ['code', 'device_code'],
  ])('is redeemed as %s with %s', async (parameter, grantType) => {
    const { status, body } = await poll({ [parameter]: await deviceCode(approved) }, 'organizations', grantType)
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(expect.arrayContaining(['access_token', 'refresh_token', 'id_token']))
  })

  it('is redeemed at the tenant that the person signed in to', async () => {
    expect((await poll({ device_code: await deviceCode(approved) }, tenantId)).status).toBe(200)
  })

  it('is honoured once, however many poll at the same time', async () => {
    const code = await deviceCode(approved)
    const answers = await Promise.all(Array.from({ length: 80 }, () => poll({ device_code: code })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const others = answers.filter(({ status }) => status !== 200)
    expect(new Set(others.map(({ body }) => body.error_codes[0]))).toEqual(new Set([7000014]))
  })

  it.each([
    ['pending', { kind: 'pending' }, {}, 'authorization_pending', 70016],
    ['declined', { kind: 'declined' }, {}, 'authorization_declined', 65004],
    ['expired', { kind: 'pending' }, { expiresAt: startedAt }, 'expired_token', 70020],
  ] as const)('that is %s answers with the correlation id of its own', async (_, answer, kept, error, number) => {
    const { status, headers, body } = await poll({ device_code: await deviceCode(answer, kept) })
    expect({ status, ...body }).toMatchObject({ status: 400, error, error_codes: [number] })
    expect(body.correlation_id).toBe(correlationId)
    expect(headers['client-request-id']).toBe(correlationId)
  })

  it.each([
    ['is another client’s', { clientAppId: api }, 'organizations'],
    ['was begun elsewhere', { segment: 'organizations' }, 'common'],
  ])('is refused when it %s', async (_, kept, segment) => {
    const { body } = await poll({ device_code: await deviceCode({ kind: 'pending' }, kept) }, segment)
    expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [7000014] })
  })

  it('that is polled in a loop is told to slow down', async () => {
    const code = await deviceCode({ kind: 'pending' })
    const answers = await Promise.all(Array.from({ length: 70 }, () => poll({ device_code: code })))
    expect(new Set(answers.map(({ body }) => body.error))).toEqual(new Set(['authorization_pending', 'slow_down']))
    now = startedAt + 5_000
    expect((await poll({ device_code: code })).body.error).toBe('authorization_pending')
  })
})
