import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { contoso, fabrikam } from './contoso.ts'
import { expectRefusalBody, type Refusal } from './expect-refusal.ts'
import {
  alice,
  azureCli,
  diary,
  disabled,
  graph,
  joiner,
  manager,
  mustChange,
  newcomer,
  passwordForm,
  peopleSeed,
  selfish,
  stock,
  tool,
  website,
  withoutPassword,
} from './people.ts'
import { claimsOf, type Form, headerOf, requestToken, type TokenEndpoint } from './request-token.ts'

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: peopleSeed() })
})
afterAll(() => doorstep?.stop())

const ask = (members: Form = {}, endpoint: TokenEndpoint = {}) =>
  requestToken(doorstep, passwordForm(members), endpoint)
const decoded = (token: string, index: number) =>
  JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString('utf8'))
const idTokenOf = ({ body }: Answer) => decoded(body.id_token, 1)
const overV1 = { version: 'v1' as const }
const v1Form = (resource: string): Form => ({ scope: undefined, resource })

describe('the answer to a user name and password', () => {
  it('has the members of v2.0 in their order', async () => {
    const { status, body, text } = await ask()
    expect(status, text).toBe(200)
    expect(Object.keys(body)).toEqual([
      'token_type',
      'scope',
      'expires_in',
      'ext_expires_in',
      'access_token',
      'refresh_token',
      'id_token',
      'client_info',
    ])
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) })
    expect(body.refresh_token).toMatch(/^1\.A[\w-]+\.[\w-]+$/)
    expect(decoded(`.${body.client_info}`, 1)).toEqual({ uid: alice.id, utid: contoso.tenantId })
  })

  it('has the members of v1.0 in their order, with numbers as strings', async () => {
    const { status, body, text } = await ask(v1Form(diary.uri), overV1)
    expect(status, text).toBe(200)
    expect(Object.keys(body)).toEqual([
      'token_type',
      'scope',
      'expires_in',
      'ext_expires_in',
      'expires_on',
      'not_before',
      'resource',
      'access_token',
      'refresh_token',
      'id_token',
      'client_info',
    ])
    expect(body).toMatchObject({
      scope: 'Entries.Read',
      expires_in: expect.stringMatching(/^\d+$/),
      resource: diary.uri,
    })
  })

  it('has neither refresh token nor id_token when OpenID scopes were not asked for', async () => {
    const { body } = await ask({ scope: `${stock.uri}/.default`, client_info: undefined })
    expect(Object.keys(body)).toEqual(['token_type', 'scope', 'expires_in', 'ext_expires_in', 'access_token'])
  })

  it('is for between 60 and 90 minutes', async () => {
    const { body } = await ask()
    expect(body.expires_in).toBeGreaterThanOrEqual(3590)
    expect(body.expires_in).toBeLessThanOrEqual(5400)
  })

  it.each([
    ['the API by its URI', `${stock.uri}/.default`, `${stock.uri}/Stock.Read ${stock.uri}/.default`],
    ['a named scope of it', `${stock.uri}/Stock.Read`, `${stock.uri}/Stock.Read`],
    ['the API by its client id', `${stock.appId}/stock.read`, `${stock.appId}/Stock.Read`],
    ['an API whose URI ends in a slash', `${diary.uri}/.default`, `${diary.uri}/Entries.Read ${diary.uri}/.default`],
    ['Microsoft Graph, short', 'User.Read openid profile', 'openid profile User.Read'],
    ['Microsoft Graph in full', `${graph}/User.Read openid`, `openid ${graph}/User.Read`],
  ])('echoes the granted scopes of %s', async (_, scope, echo) => {
    const { body, text } = await ask({ scope })
    expect(body.scope, text).toBe(echo)
  })

  it('is signed with the published keys', async () => {
    const keys = createLocalJWKSet((await doorstep.request('GET', '/common/discovery/v2.0/keys')).body)
    const { body } = await ask()
    const { payload } = await jwtVerify(body.id_token, keys, { audience: tool.appId })
    expect(payload.tid).toBe(contoso.tenantId)
    await jwtVerify(body.access_token, keys, { audience: stock.appId })
  })
})

describe('the access token', () => {
  it('of a v2.0 API says who, for whom and what', async () => {
    const answer = await ask()
    const claims = claimsOf(answer)
    expect(claims).toMatchObject({
      aud: stock.appId,
      azp: tool.appId,
      azpacr: '0',
      groups: [alice.groupId],
      name: alice.displayName,
      oid: alice.id,
      preferred_username: alice.name,
      scp: 'Stock.Read',
      tid: contoso.tenantId,
      ver: '2.0',
    })
    expect(claims.sub).toMatch(/^[\w-]{43}$/)
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['idtyp']))
    expect(headerOf(answer)).not.toHaveProperty('x5t')
  })

  it('of a v1.0 API has the names of v1.0', async () => {
    const claims = claimsOf(await ask({ scope: `${diary.uri}/.default` }))
    expect(claims).toMatchObject({
      aud: diary.uri,
      acr: '1',
      amr: ['pwd'],
      appid: tool.appId,
      appidacr: '0',
      family_name: 'Larsen',
      given_name: 'Alice',
      name: alice.displayName,
      oid: alice.id,
      scp: 'Entries.Read',
      unique_name: alice.name,
      upn: alice.name,
      ver: '1.0',
    })
    expect(claims.ipaddr).toMatch(/^[\d.:a-f]+$/)
  })

  it('of Microsoft Graph tells OpenID scopes and directory roles', async () => {
    const answer = await ask({ scope: 'User.Read openid profile' })
    const claims = claimsOf(answer)
    expect(claims).toMatchObject({ aud: graph, idtyp: 'user', wids: ['b79fbf4d-3ef9-4689-8143-76b194e85509'] })
    expect(String(claims.scp).split(' ').sort()).toEqual(['User.Read', 'openid', 'profile'])
    expect(claims).toMatchObject({ xms_st: { sub: idTokenOf(answer).sub } })
  })

  it('leaves out a name that was not asked for', async () => {
    expect(claimsOf(await ask({ scope: `${stock.uri}/.default` }))).not.toHaveProperty('preferred_username')
  })

  it('points elsewhere for the groups of somebody who has too many', async () => {
    const claims = claimsOf(await ask({ username: joiner.name }))
    expect(claims).not.toHaveProperty('groups')
    expect(claims).toMatchObject({
      _claim_names: { groups: 'src1' },
      _claim_sources: {
        src1: {
          endpoint: `https://graph.windows.net/${contoso.tenantId}/users/${joiner.id}/getMemberObjects`,
        },
      },
    })
  })

  it('names app roles that the user holds through a group', async () => {
    const { body } = await requestToken(doorstep, {
      grant_type: 'client_credentials',
      client_id: manager.appId,
      client_secret: manager.secret,
      scope: `${graph}/.default`,
    })
    const headers = { authorization: `Bearer ${body.access_token}` }
    const api = await doorstep.request(
      'GET',
      `/graph/v1.0/servicePrincipals(appId='${stock.appId}')`,
      undefined,
      headers,
    )
    const assigned = await doorstep.request(
      'POST',
      `/graph/v1.0/servicePrincipals/${api.body.id}/appRoleAssignedTo`,
      { principalId: alice.groupId, resourceId: api.body.id, appRoleId: stock.clerkRoleId },
      headers,
    )
    expect(assigned.status, assigned.text).toBe(201)
    expect(claimsOf(await ask())).toMatchObject({ roles: ['Clerk'] })
    expect(claimsOf(await ask({ username: joiner.name }))).not.toHaveProperty('roles')
  })
})

describe('the id_token', () => {
  it('of v2.0 is the client’s', async () => {
    const answer = await ask()
    const claims = idTokenOf(answer)
    expect(claims).toMatchObject({
      aud: tool.appId,
      groups: [alice.groupId],
      name: alice.displayName,
      oid: alice.id,
      preferred_username: alice.name,
      tid: contoso.tenantId,
      ver: '2.0',
    })
    expect(claims.exp - claims.iat).toBe(3900)
    expect(claims.sub).not.toBe(claimsOf(answer).sub)
    expect(claims).not.toHaveProperty('azp')
  })

  it('knows a user under one sub at a client, and under another at another', async () => {
    const [first, second] = [idTokenOf(await ask()), idTokenOf(await ask())]
    const elsewhere = idTokenOf(await ask({ client_id: website.appId, client_secret: website.secret }))
    expect(second.sub).toBe(first.sub)
    expect(elsewhere.sub).not.toBe(first.sub)
    expect(elsewhere.oid).toBe(first.oid)
  })

  it('tells the mail address when email is asked for', async () => {
    expect(idTokenOf(await ask())).not.toHaveProperty('email')
    const answer = await ask({ scope: `${stock.uri}/.default openid email` })
    expect(idTokenOf(answer)).toMatchObject({ email: 'alice.larsen@contoso.example' })
  })

  it('of the v1.0 token endpoint is unsigned', async () => {
    const { body } = await ask(v1Form(diary.uri), overV1)
    expect(body.id_token).toMatch(/\.$/)
    expect(decoded(body.id_token, 0)).toEqual({ typ: 'JWT', alg: 'none' })
    expect(decoded(body.id_token, 1)).toMatchObject({ aud: tool.appId, upn: alice.name, ver: '1.0' })
  })
})

describe('a client', () => {
  it('that is confidential proves itself', async () => {
    const answer = await ask({ client_id: website.appId, client_secret: website.secret })
    expect(claimsOf(answer)).toMatchObject({ azp: website.appId, azpacr: '1' })
  })

  it('that exposes nothing gets a token whose audience is itself', async () => {
    const members = { client_id: selfish.appId, client_secret: selfish.secret }
    const scope = `${selfish.appId}/.default openid profile offline_access`
    const answer = await ask({ ...members, scope })
    expect(claimsOf(answer)).toMatchObject({ aud: selfish.appId, appid: selfish.appId, scp: 'User.Read' })
    expect(answer.body).toMatchObject({ refresh_token: expect.any(String), id_token: expect.any(String) })
  })

  it('of Microsoft’s gets a token over organizations, in the tenant of the user', async () => {
    const scope = 'https://management.core.windows.net//.default openid profile offline_access'
    const answer = await ask({ client_id: azureCli, scope }, { tenant: 'organizations' })
    expect(claimsOf(answer)).toMatchObject({ aud: 'https://management.core.windows.net/', tid: contoso.tenantId })
    expect(answer.body).toMatchObject({
      foci: '1',
      scope: 'https://management.core.windows.net//user_impersonation https://management.core.windows.net//.default',
    })
  })
})

const clientProofMissing: Refusal = {
  status: 401,
  error: 'invalid_client',
  code: 7000218,
  text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
}
const invalidGrant = { status: 400, error: 'invalid_grant' }

describe('a password grant is refused', () => {
  const { tenantId } = contoso
  const refusals: readonly (readonly [string, Form, Refusal, string])[] = [
    ['with a wrong password', { password: 'wrong' }, { ...invalidGrant, code: 50126 }, tenantId],
    ['without such a user', { username: 'nobody@contoso.example' }, { ...invalidGrant, code: 50034 }, tenantId],
    ['for a disabled user', { username: disabled.name }, { ...invalidGrant, code: 50057 }, tenantId],
    ['for a user without password', { username: withoutPassword.name }, { ...invalidGrant, code: 50056 }, tenantId],
    ['for a client that is not public', { client_id: website.appId }, clientProofMissing, tenantId],
    ['without a scope', { scope: undefined }, { status: 400, error: 'invalid_request', code: 900144 }, tenantId],
    [
      'for an unknown API',
      { scope: 'https://nobody.example/.default' },
      { status: 400, error: 'invalid_resource', code: 500011 },
      tenantId,
    ],
    [
      'for an unknown scope',
      { scope: `${stock.uri}/Stock.Burn` },
      { status: 400, error: 'invalid_scope', code: 70011 },
      tenantId,
    ],
    [
      'with a secret of a public client',
      { client_secret: 'x' },
      { status: 401, error: 'invalid_client', code: 700025 },
      tenantId,
    ],
    [
      'with a wrong secret',
      { client_id: website.appId, client_secret: 'x' },
      { status: 401, error: 'invalid_client', code: 7000215 },
      tenantId,
    ],
    ['over common', {}, { status: 400, error: 'invalid_request', code: [9001023, 50194] }, 'common'],
    ['over consumers', {}, { status: 400, error: 'invalid_request', code: [9001023, 9002332] }, 'consumers'],
    [
      'where the user is a guest',
      { client_id: azureCli, scope: 'User.Read' },
      { ...invalidGrant, code: 50034 },
      fabrikam.tenantId,
    ],
  ]

  it.each(refusals)('%s', async (_, members, refusal, tenant) => {
    expectRefusalBody(await ask(members, { tenant }), refusal)
  })

  it.each([
    ['nobody has consented to the client', { client_id: newcomer.appId }],
    ['consent does not cover the scope', { scope: `${stock.uri}/Stock.Write` }],
  ])('when %s, with a suberror', async (_, members) => {
    const { status, body } = await ask(members)
    expect({ status, ...body }).toMatchObject({
      status: 400,
      error: 'invalid_grant',
      error_codes: [65001],
      suberror: 'consent_required',
    })
  })

  it('while the password must be changed', async () => {
    const { body } = await ask({ username: mustChange.name })
    expect(body).toMatchObject({ error_codes: [50055], suberror: 'user_password_expired' })
  })

  it('over organizations for a single-tenant client', async () => {
    const members = { client_id: website.appId, client_secret: website.secret }
    expectRefusalBody(await ask(members, { tenant: 'organizations' }), {
      status: 400,
      error: 'invalid_request',
      code: 50194,
    })
  })
})

describe('the realm of a user', () => {
  it('is managed, in the form of 1.0', async () => {
    const { status, body } = await doorstep.request('GET', `/common/userrealm/${alice.name}?api-version=1.0`)
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        ver: '1.0',
        account_type: 'Managed',
        domain_name: contoso.domain,
        cloud_instance_name: 'microsoftonline.com',
        cloud_audience_urn: 'urn:federation:MicrosoftOnline',
      },
    })
  })

  it('is unknown where no tenant has the domain', async () => {
    const { body } = await doorstep.request('GET', '/common/UserRealm/x%40nobody.example?api-version=1.0')
    expect(body.account_type).toBe('Unknown')
  })

  it('is told of the first when it is asked of two', async () => {
    const asked = `/common/userrealm?user=${alice.name}&user=a@nowhere.example&api-version=2.1&api-version=1.0`
    const { status, body } = await doorstep.request('GET', asked)
    expect([status, body.NameSpaceType, body.Login]).toEqual([200, 'Managed', alice.name])
  })

  it('has the form of 2.x', async () => {
    const { body } = await doorstep.request('GET', `/common/userrealm?user=${alice.name}&api-version=2.1`)
    expect(body).toMatchObject({ NameSpaceType: 'Managed', Login: alice.name, DomainName: contoso.domain })
  })
})
