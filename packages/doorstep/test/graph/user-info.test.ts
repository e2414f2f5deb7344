import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contoso } from '../login/contoso.ts'
import { requestToken } from '../login/request-token.ts'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { adminTool, reader, robot, signInForm, staffSeed, stockApi } from './staff.ts'

let doorstep: RunningDoorstep
beforeAll(async () => {
  doorstep = await startDoorstep({ seed: staffSeed() })
})
afterAll(() => doorstep?.stop())

interface Tokens {
  readonly access_token: string
  readonly id_token: string
}

async function tokens(scope: string, clientId = reader.appId, name = 'member'): Promise<Tokens> {
  const { status, body, text } = await requestToken(doorstep, { ...signInForm(name, clientId), scope })
  expect(status, text).toBe(200)
  return body
}

const subjectOf = ({ id_token }: Tokens) =>
  JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString('utf8')).sub

const userInfo = (token: string, method = 'GET', body?: unknown) =>
  doorstep.request(method, '/graph/oidc/userinfo', body, token === '' ? {} : { authorization: `Bearer ${token}` })

const robotToken = async () =>
  (
    await requestToken(doorstep, {
      grant_type: 'client_credentials',
      client_id: robot.appId,
      client_secret: robot.secret,
      scope: 'https://graph.microsoft.com/.default',
    })
  ).body.access_token

describe('userinfo', () => {
  it('is where the discovery document says, and has the subject of the id_token', async () => {
    const { body: discovery } = await doorstep.request(
      'GET',
      `/${contoso.tenantId}/v2.0/.well-known/openid-configuration`,
    )
    expect(discovery.userinfo_endpoint).toBe(`${doorstep.url}/graph/oidc/userinfo`)
    const issued = await tokens('openid profile email User.Read')
    for (const [method, sent] of [
      ['GET', undefined],
      ['POST', undefined],
      ['POST', 'access_token=ignored'],
    ] as const) {
      const { status, headers, body, text } = await userInfo(issued.access_token, method, sent)
      expect(status, text).toBe(200)
      expect(headers['content-type']).toBe('application/json; charset=utf-8')
      expect(body).toEqual({
        sub: subjectOf(issued),
        name: 'member',
        family_name: 'Ber',
        given_name: 'Mem',
        picture: `${doorstep.url}/graph/v1.0/me/photo/$value`,
        email: 'mem.ber@contoso.example',
      })
    }
    const other = await tokens('openid profile email User.Read', adminTool.appId)
    expect(subjectOf(other)).not.toBe(subjectOf(issued))
    expect((await userInfo(other.access_token)).body.sub).toBe(subjectOf(other))
  })

  it('tells what the scopes allow and no more', async () => {
    const issued = await tokens('openid https://graph.microsoft.com/User.Read')
    expect((await userInfo(issued.access_token)).body).toEqual({ sub: subjectOf(issued) })
    const withEmail = await tokens('openid email https://graph.microsoft.com/User.Read')
    const { body } = await userInfo(withEmail.access_token)
    expect(body).toEqual({ sub: subjectOf(withEmail), email: 'mem.ber@contoso.example' })
    const nameless = await tokens('openid profile email User.Read', reader.appId, 'colleague')
    expect((await userInfo(nameless.access_token)).body).not.toHaveProperty('email')
  })

  it('needs a token for Graph that has openid and speaks for a user', async () => {
    for (const token of ['', 'nonsense']) {
      const { status, body, headers } = await userInfo(token)
      expect(status).toBe(401)
      expect(body.error.code).toBe('InvalidAuthenticationToken')
      expect(headers['www-authenticate']).toMatch(/^Bearer /)
    }
    const { access_token: withoutOpenId } = await tokens('https://graph.microsoft.com/User.Read')
    for (const token of [withoutOpenId, await robotToken()]) {
      const { status, body } = await userInfo(token)
      expect({ status, code: body.error.code }).toEqual({ status: 403, code: 'Authorization_RequestDenied' })
    }
  })
})

describe('userinfo of v1.0', () => {
  const path = (tenant: string) => `/${tenant}/openid/userinfo`
  const ask = (token: string, tenant: string = contoso.tenantId, method = 'GET') =>
    doorstep.request(method, path(tenant), undefined, token === '' ? {} : { authorization: `Bearer ${token}` })

  it('says what an id_token of v1.0 says', async () => {
    const { body: discovery } = await doorstep.request('GET', `/${contoso.tenantId}/.well-known/openid-configuration`)
    expect(discovery.userinfo_endpoint).toBe(`${doorstep.url}${path(contoso.tenantId)}`)
    const issued = await tokens('openid User.Read')
    for (const [tenant, method] of [
      [contoso.tenantId, 'GET'],
      ['common', 'POST'],
    ] as const) {
      const { status, body, text } = await ask(issued.access_token, tenant, method)
      expect(status, text).toBe(200)
      expect(body).toMatchObject({
        sub: subjectOf(issued),
        name: 'member',
        upn: 'member@contoso.example',
        unique_name: 'member@contoso.example',
        tid: contoso.tenantId,
      })
    }
  })

  it('refuses what is no user’s token of the tenant', async () => {
    const { access_token } = await tokens('openid User.Read')
    for (const [token, tenant] of [
      ['', contoso.tenantId],
      ['nonsense', contoso.tenantId],
      [access_token, doorstep.tenantId],
    ] as const) {
      const { status, body, headers } = await ask(token, tenant)
      expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_token' })
      expect(headers['www-authenticate']).toMatch(/^Bearer/)
    }
    const application = await ask(await robotToken())
    expect({ status: application.status, error: application.body.error }).toEqual({
      status: 403,
      error: 'insufficient_scope',
    })
    expect((await ask(access_token, stockApi.appId)).body.error_codes).toEqual([90002])
  })
})

describe('a page in a browser', () => {
  const origin = 'http://localhost:3000'

  it('may call Graph from any origin, refusals included', async () => {
    const preflight = await doorstep.request('OPTIONS', '/graph/v1.0/me', undefined, {
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization,client-request-id',
    })
    expect(preflight.status).toBe(200)
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization,client-request-id',
    })
    expect(preflight.text).toBe('')
    const { access_token: token } = await tokens('openid User.Read')
    for (const [path, authorization, status] of [
      ['/graph/v1.0/me', `Bearer ${token}`, 200],
      ['/graph/oidc/userinfo', `Bearer ${token}`, 200],
      ['/graph/v1.0/me', 'Bearer none', 401],
    ] as const) {
      const answer = await doorstep.request('GET', path, undefined, { origin, authorization })
      expect(answer.status).toBe(status)
      expect(answer.headers['access-control-allow-origin']).toBe('*')
    }
  })

  it('learns nothing from a question that is no preflight', async () => {
    expect((await doorstep.request('OPTIONS', '/graph/v1.0/me', undefined, { origin })).status).toBe(401)
  })
})
