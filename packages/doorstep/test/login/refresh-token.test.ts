import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { contoso, fabrikam } from './contoso.ts'
import { expectRefusalBody } from './expect-refusal.ts'
import {
  alice,
  azureCli,
  azurePowerShell,
  diary,
  graph,
  newcomer,
  passwordForm,
  peopleSeed,
  stock,
  tool,
  website,
} from './people.ts'
import { claimsOf, type Form, requestToken, type TokenEndpoint } from './request-token.ts'

let folder: string
let doorstep: RunningDoorstep

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  doorstep = await startDoorstep({ seed: peopleSeed(), dataDirectory: folder })
})
afterAll(async () => {
  await doorstep?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function signIn(members: Form = {}, endpoint: TokenEndpoint = {}): Promise<string> {
  const { body, text } = await requestToken(doorstep, passwordForm(members), endpoint)
  expect(body.refresh_token, text).toEqual(expect.any(String))
  return body.refresh_token
}

function refresh(refresh_token: string, members: Form = {}, endpoint: TokenEndpoint = {}): Promise<Answer> {
  return requestToken(
    doorstep,
    { grant_type: 'refresh_token', client_id: tool.appId, refresh_token, ...members },
    endpoint,
  )
}

const idTokenOf = ({ body }: Answer) =>
  JSON.parse(Buffer.from(body.id_token.split('.')[1] ?? '', 'base64url').toString('utf8'))
const advance = (seconds: number) => doorstep.control.request('POST', '/clock', { advanceSeconds: seconds })
const daysInSeconds = 86_400

describe('a refresh token', () => {
  it('gives tokens for what was asked for at first, and a new refresh token', async () => {
    const token = await signIn()
    const answer = await refresh(token, { client_info: '1' })
    expect(Object.keys(answer.body)).toEqual([
      'token_type',
      'scope',
      'expires_in',
      'ext_expires_in',
      'access_token',
      'refresh_token',
      'id_token',
      'client_info',
    ])
    expect(answer.body.refresh_token).not.toBe(token)
    expect(claimsOf(answer)).toMatchObject({ aud: stock.appId, oid: alice.id, scp: 'Stock.Read' })
    expect(idTokenOf(answer)).not.toHaveProperty('nonce')
  })

  it('stays valid after it was used, as its successors do', async () => {
    const token = await signIn()
    const next = (await refresh(token)).body.refresh_token
    for (const each of [token, next, token]) expect((await refresh(each)).status).toBe(200)
  })

  it('is honoured for each of many who use it at once', async () => {
    const token = await signIn()
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(20)
  })

  it('is for any API', async () => {
    const token = await signIn()
    const scope = `${diary.uri}/.default offline_access`
    expect(claimsOf(await refresh(token, { scope }))).toMatchObject({ aud: diary.uri, scp: 'Entries.Read' })
    expect(claimsOf(await refresh(token, { scope: 'User.Read' }))).toMatchObject({ aud: graph })
  })

  it('gives a token for the first API of several', async () => {
    const scope = `${diary.uri}/Entries.Read ${stock.uri}/Stock.Read`
    expect(claimsOf(await refresh(await signIn(), { scope }))).toMatchObject({ aud: diary.uri })
  })

  it('crosses from v2.0 to v1.0 and back', async () => {
    const fromV2 = await signIn()
    const v1 = await refresh(fromV2, { resource: diary.uri }, { version: 'v1' })
    expect(v1.body).toMatchObject({ resource: diary.uri, scope: 'Entries.Read' })
    const fromV1 = await signIn({ scope: undefined, resource: diary.uri }, { version: 'v1' })
    expect(claimsOf(await refresh(fromV1))).toMatchObject({ aud: diary.uri })
    expect(claimsOf(await refresh(fromV1, {}, { version: 'v1' }))).toMatchObject({ aud: diary.uri })
  })

  it('of a tool that is for several tenants works over organizations and at another tenant of the user', async () => {
    const scope = 'https://management.core.windows.net//.default openid profile offline_access'
    const cli = { client_id: azureCli, scope, client_info: '1' }
    const token = await signIn(cli, { tenant: 'organizations' })
    const home = await refresh(token, cli, { tenant: 'organizations' })
    expect(claimsOf(home)).toMatchObject({ tid: contoso.tenantId, oid: alice.id })
    const away = await refresh(token, cli, { tenant: fabrikam.tenantId })
    const claims = claimsOf(away)
    expect(claims).toMatchObject({
      tid: fabrikam.tenantId,
      email: alice.name,
      idp: expect.stringContaining(contoso.tenantId),
      unique_name: alice.name,
    })
    expect(claims.oid).not.toBe(alice.id)
    expect(claims).not.toHaveProperty('upn')
    expect(JSON.parse(Buffer.from(away.body.client_info, 'base64url').toString())).toEqual({
      uid: alice.id,
      utid: contoso.tenantId,
    })
    const back = await refresh(away.body.refresh_token, cli, { tenant: contoso.tenantId })
    expect(claimsOf(back)).toMatchObject({ tid: contoso.tenantId, oid: alice.id })
  })

  it('of one of Microsoft’s tools is good for the others', async () => {
    const scope = 'https://management.azure.com/.default offline_access'
    const token = await signIn({ client_id: azureCli, scope })
    const answer = await refresh(token, { client_id: azurePowerShell, scope })
    expect(claimsOf(answer)).toMatchObject({ appid: azurePowerShell })
    const { body } = await refresh(token, { scope: 'User.Read' })
    expect(body).toMatchObject({ error: 'invalid_grant', suberror: 'client_mismatch' })
  })
})

describe('a refresh token is refused', () => {
  const invalidGrant = { status: 400, error: 'invalid_grant' }

  it('when nobody has issued it', async () => {
    const unknown = (await signIn()).replace(/.{6}$/, 'AAAAAA')
    expectRefusalBody(await refresh(unknown), { ...invalidGrant, code: 70000 })
    expectRefusalBody(await refresh('garbage'), { ...invalidGrant, code: [9002313, 70000] })
  })

  it('when it is another client’s', async () => {
    expectRefusalBody(await refresh(await signIn(), { client_id: newcomer.appId }), { ...invalidGrant, code: 70000 })
  })

  it('of a confidential client without proof', async () => {
    const proof = { client_id: website.appId, client_secret: website.secret }
    const token = await signIn(proof)
    expectRefusalBody(await refresh(token, { client_id: website.appId }), {
      status: 401,
      error: 'invalid_client',
      code: 7000218,
    })
    expect((await refresh(token, proof)).status).toBe(200)
  })

  it('for an API without consent', async () => {
    const { body } = await refresh(await signIn(), { scope: 'https://vault.azure.net/.default' })
    expect(body).toMatchObject({ error_codes: [65001], suberror: 'consent_required' })
  })

  it('at a tenant the user does not belong to', async () => {
    const cli = { client_id: azureCli, scope: `${graph}/.default offline_access` }
    const answer = await refresh(await signIn(cli), cli, { tenant: doorstep.tenantId })
    expectRefusalBody(answer, { ...invalidGrant, code: 50020 })
  })

  it('after 90 days without use, and each use begins them anew', async () => {
    const token = await signIn()
    await advance(60 * daysInSeconds)
    const next = (await refresh(token)).body.refresh_token
    await advance(31 * daysInSeconds)
    const { body } = await refresh(token)
    expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [700082], suberror: 'bad_token' })
    expect(body.error_description).toMatch(/issued on \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z and was inactive/)
    expect((await refresh(next)).status).toBe(200)
  })
})

describe('a restart', () => {
  it('keeps refresh tokens, and a changed password revokes them', async () => {
    const token = await signIn()
    await doorstep.stop()
    doorstep = await startDoorstep({ seed: peopleSeed(), dataDirectory: folder })
    expect((await refresh(token)).status).toBe(200)
    await doorstep.stop()
    doorstep = await startDoorstep({ seed: peopleSeed({}, 'Another-horse-8-battery'), dataDirectory: folder })
    const { body } = await refresh(token)
    expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [50173], suberror: 'bad_token' })
  })
})

describe('settings of the seed file', () => {
  it('shorten access tokens, and count requests as consented', async () => {
    const lenient = await startDoorstep({ seed: peopleSeed({ accessTokenLifetime: '30s', consent: 'auto' }) })
    try {
      const form = passwordForm({ client_id: newcomer.appId, scope: `${stock.uri}/Stock.Write` })
      const answer = await requestToken(lenient, form)
      expect(claimsOf(answer)).toMatchObject({ scp: 'Stock.Write' })
      expect(answer.body.expires_in).toBeLessThanOrEqual(30)
    } finally {
      await lenient.stop()
    }
  })

  it('lengthen access tokens, which then say when to renew them', async () => {
    const patient = await startDoorstep({ seed: peopleSeed({ accessTokenLifetime: '24h' }) })
    try {
      const { body } = await requestToken(patient, passwordForm())
      expect(body.refresh_in).toBe(Math.floor(body.expires_in / 2))
    } finally {
      await patient.stop()
    }
  })
})
