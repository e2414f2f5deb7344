import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { Browser, locationOf, redirected, claimsOf as tokenClaims } from './browser.ts'
import { contoso } from './contoso.ts'
import { claimsOf, encodedForm, type Form, requestToken } from './request-token.ts'

const consumersId = '9188040d-6c67-4c5b-b112-36a304b66dad'
const password = 'Correct-horse-7-battery'
const dave = { id: '00000000-0000-0000-66f3-3332eca7ea81', name: 'dave@outlook.example', password }
const erin = { name: 'erin@outlook.example', password }
const alice = { name: 'alice@contoso.example', password }
const shop = { appId: '0b000000-c987-4234-abcd-1a2b3c4d5e01' }
const orders = { appId: '0b000000-c987-4234-abcd-1a2b3c4d5e02', uri: 'https://orders.contoso.example' }
const redirectUri = 'http://localhost:8080'

const seed = JSON.stringify({
  tenants: [
    {
      tenantId: contoso.tenantId,
      displayName: contoso.name,
      domain: contoso.domain,
      users: [{ userPrincipalName: alice.name, displayName: 'Alice', password }],
      guests: [erin.name],
      applications: [
        {
          displayName: 'Orders API',
          appId: orders.appId,
          identifierUris: [orders.uri],
          signInAudience: 'AzureADandPersonalMicrosoftAccount',
          api: {
            requestedAccessTokenVersion: 2,
            oauth2PermissionScopes: [
              { value: 'Orders.Read', type: 'User', adminConsentDisplayName: 'Read orders' },
              { value: 'Orders.All', type: 'Admin', adminConsentDisplayName: 'All orders' },
            ],
          },
        },
        {
          displayName: 'Shop',
          appId: shop.appId,
          signInAudience: 'AzureADandPersonalMicrosoftAccount',
          isFallbackPublicClient: true,
          publicClient: { redirectUris: ['http://localhost'] },
          api: { requestedAccessTokenVersion: 2 },
          permissions: ['Microsoft Graph/User.Read', 'Orders API/Orders.Read'],
        },
      ],
    },
  ],
  personalAccounts: [
    { id: dave.id, userPrincipalName: dave.name, displayName: 'Dave', password, givenName: 'Dave' },
    { userPrincipalName: erin.name, displayName: 'Erin', password },
  ],
})

let folder: string
let doorstep: RunningDoorstep

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  doorstep = await startDoorstep({ seed, dataDirectory: folder })
})
afterAll(async () => {
  await doorstep?.stop()
  await rm(folder, { recursive: true, force: true })
})

interface SignIn {
  readonly segment?: string
  readonly scope?: string
  readonly person?: { readonly name: string; readonly password: string }
}

const authorizePath = (segment: string, parameters: Form, version = 'v2.0/') =>
  `/${segment}/oauth2/${version}authorize?${encodedForm({ client_id: shop.appId, response_type: 'code', redirect_uri: redirectUri, ...parameters })}`

/** Signs in by the pages and agrees to whatever they ask. */
async function tokens({ segment = 'consumers', scope = 'User.Read', person = dave }: SignIn = {}): Promise<Answer> {
  const browser = new Browser(doorstep)
  const parameters = { scope: `openid profile email offline_access ${scope}` }
  let answer = await browser.signIn(await browser.open(authorizePath(segment, parameters)), person)
  if (answer.status === 200) answer = await browser.send(answer)
  expect(answer.status, answer.text).toBe(302)
  const form = {
    grant_type: 'authorization_code',
    client_id: shop.appId,
    code: redirected(answer).get('code') ?? '',
    redirect_uri: redirectUri,
    client_info: '1',
  }
  return requestToken(doorstep, form, { tenant: segment })
}

describe('tokens of a personal account', () => {
  it('are issued by the tenant of personal accounts, to an account whose id begins with zeros', async () => {
    const { body } = await tokens()
    const claims = tokenClaims(body.id_token)
    expect(claims).toMatchObject({
      iss: `${doorstep.url}/${consumersId}/v2.0`,
      tid: consumersId,
      oid: dave.id,
      name: 'Dave',
      preferred_username: dave.name,
      email: dave.name,
      ver: '2.0',
    })
    for (const absent of ['idp', 'wids', 'groups', 'roles']) expect(claims).not.toHaveProperty(absent)
    expect(JSON.parse(Buffer.from(body.client_info, 'base64url').toString())).toEqual({
      uid: dave.id,
      utid: consumersId,
    })
    expect(tokenClaims(body.access_token)).not.toHaveProperty('wids')
  })

  it('have an id of that form where the seed file gives none', async () => {
    const { body } = await tokens({ person: erin })
    expect(tokenClaims(body.id_token).oid).toMatch(/^00000000-0000-0000-[\da-f]{4}-[\da-f]{12}$/)
  })

  it('read the person from Microsoft Graph, who is in no organization', async () => {
    const { body } = await tokens()
    const authorization = { authorization: `Bearer ${body.access_token}` }
    const me = await doorstep.request('GET', '/graph/v1.0/me', undefined, authorization)
    expect(me.body).toMatchObject({ id: dave.id, userPrincipalName: dave.name, displayName: 'Dave' })
  })

  it('reach an API of the home of the application that takes personal accounts', async () => {
    const answer = await tokens({ scope: `${orders.uri}/Orders.Read` })
    expect(claimsOf(answer)).toMatchObject({ aud: orders.appId, tid: consumersId, oid: dave.id, scp: 'Orders.Read' })
  })

  it('do not come over v1.0', async () => {
    const browser = new Browser(doorstep)
    const refused = await browser.signIn(
      await browser.open(authorizePath('common', { resource: orders.uri }, '')),
      dave,
    )
    expect(redirected(refused).get('error')).toBe('invalid_request')
    expect(redirected(refused).get('error_description')).toMatch(/^AADSTS90027: /)
    const { body } = await tokens()
    const form = { grant_type: 'refresh_token', client_id: shop.appId, refresh_token: body.refresh_token }
    for (const tenant of ['consumers', 'common', consumersId]) {
      const answer = await requestToken(doorstep, { ...form, resource: orders.uri }, { tenant, version: 'v1' })
      expect(answer.body.error_codes, tenant).toEqual([90027])
    }
    const device = { client_id: shop.appId, resource: orders.uri }
    const code = await doorstep.request('POST', '/consumers/oauth2/devicecode', encodedForm(device))
    expect(code.body.error_codes).toEqual([90027])
  })
})

describe('a personal account that is a guest', () => {
  it('has the tenant in its tokens, and where it comes from', async () => {
    const answer = await tokens({ segment: contoso.tenantId, person: erin, scope: `${orders.uri}/Orders.Read` })
    const claims = tokenClaims(answer.body.id_token)
    expect(claims).toMatchObject({ tid: contoso.tenantId, idp: 'live.com', email: erin.name })
    expect(claims.preferred_username).toBe(erin.name)
    expect(claims.oid).not.toMatch(/^00000000-0000-0000-/)
    const home = JSON.parse(Buffer.from(answer.body.client_info, 'base64url').toString())
    expect(home).toEqual({ uid: expect.stringMatching(/^00000000-0000-0000-/), utid: consumersId })
  })

  it('is marked by its provider in v1.0 tokens of the tenant', async () => {
    const answer = await tokens({ segment: contoso.tenantId, person: erin })
    expect(claimsOf(answer)).toMatchObject({
      ver: '1.0',
      idp: 'live.com',
      unique_name: `live.com#${erin.name}`,
      acct: 1,
    })
  })
})

describe('what a personal account cannot have', () => {
  it('a permission that is an administrator to grant', async () => {
    const browser = new Browser(doorstep)
    const path = authorizePath('consumers', { scope: `${orders.uri}/Orders.All` })
    const answer = await browser.signIn(await browser.open(path), dave)
    expect(answer.status).toBe(200)
    expect(answer.headers).not.toHaveProperty('location')
    expect(answer.text).not.toContain('name="adminConsent"')
  })

  it('a session that answers for it where work accounts sign in', async () => {
    const browser = new Browser(doorstep)
    let answer = await browser.signIn(await browser.open(authorizePath('consumers', { scope: 'User.Read' })), dave)
    if (answer.status === 200) answer = await browser.send(answer)
    expect(answer.status).toBe(302)
    const silent = { scope: 'User.Read', prompt: 'none' }
    expect(locationOf(await browser.open(authorizePath('consumers', silent)))).toMatch(/[?]code=/)
    expect(locationOf(await browser.open(authorizePath('common', silent)))).toMatch(/[?]code=/)
    const elsewhere = await browser.open(authorizePath('organizations', silent))
    expect(redirected(elsewhere).get('error')).toBe('interaction_required')
  })
})

describe('who asks about a user name', () => {
  const ask = (userName: unknown) => doorstep.request('POST', '/common/GetCredentialType', { Username: userName })

  it.each([
    ['a work account', alice.name, 0, 3],
    ['a personal account', dave.name, 5, 2],
    ['nobody of a tenant', 'nobody@contoso.example', 1, 3],
    ['nobody at all', 'nobody@outlook.example', 1, 1],
  ])('hears of %s what kind it is', async (_who, userName, exists, domainType) => {
    const { status, body } = await ask(userName)
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        Username: userName,
        Display: userName,
        IfExistsResult: exists,
        IsUnmanaged: false,
        ThrottleStatus: 0,
        Credentials: { PrefCredential: 1, HasPassword: true },
        EstsProperties: { DomainType: domainType },
      },
    })
  })

  it('is refused without one', async () => {
    expect((await ask('')).body.error_codes).toEqual([900144])
  })

  it('finds no managed realm behind a personal account', async () => {
    const { body } = await doorstep.request('GET', `/common/userrealm/${dave.name}?api-version=1.0`)
    expect(body).toMatchObject({ account_type: 'Unknown', cloud_instance_name: 'microsoftonline.com' })
  })
})

describe('a data folder from before there were personal accounts', () => {
  it('gets their tenant at the next start', async () => {
    const older = await mkdtemp(join(tmpdir(), 'doorstep-'))
    try {
      await (await startDoorstep({ dataDirectory: older })).stop()
      const file = new DatabaseSync(join(older, 'doorstep.db'))
      file.exec(`delete from service_principal where tenant_id = '${consumersId}'`)
      file.exec(`delete from tenant where id = '${consumersId}'`)
      file.close()
      const upgraded = await startDoorstep({ dataDirectory: older, seed })
      try {
        const { body } = await upgraded.request('POST', '/common/GetCredentialType', { Username: dave.name })
        expect(body.IfExistsResult).toBe(5)
      } finally {
        await upgraded.stop()
      }
    } finally {
      await rm(older, { recursive: true, force: true })
    }
  })

  it('takes the seed file again without a change', async () => {
    await doorstep.stop()
    doorstep = await startDoorstep({ seed, dataDirectory: folder })
    expect(tokenClaims((await tokens()).body.id_token).oid).toBe(dave.id)
  })
})
