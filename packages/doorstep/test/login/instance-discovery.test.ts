import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { contoso, contosoSeed } from './contoso.ts'
import { expectRefusalBody } from './expect-refusal.ts'
import { realName, sendRaw } from './send-raw.ts'

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: contosoSeed() })
})
afterAll(() => doorstep?.stop())

const authorizeUrl = `https://${realName}/${contoso.tenantId}/oauth2/v2.0/authorize`

function ask(authorizationEndpoint: string | undefined, apiVersion = '1.1', host: string = realName): Promise<Answer> {
  const query = new URLSearchParams({ 'api-version': apiVersion })
  if (authorizationEndpoint !== undefined) query.set('authorization_endpoint', authorizationEndpoint)
  return sendRaw(doorstep, { host, path: `/common/discovery/instance?${query}` })
}

describe('instance discovery', () => {
  it('names the document of the tenant, then the version, then the clouds', async () => {
    const { status, body } = await ask(authorizeUrl)
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['tenant_discovery_endpoint', 'api-version', 'metadata'])
    expect(body.tenant_discovery_endpoint).toBe(
      `https://${realName}/${contoso.tenantId}/v2.0/.well-known/openid-configuration`,
    )
    expect(body['api-version']).toBe('1.1')
  })

  it('lists the public cloud first, with all its names', async () => {
    const { body } = await ask(authorizeUrl)
    expect(body.metadata[0]).toEqual({
      preferred_network: 'login.microsoftonline.com',
      preferred_cache: 'login.windows.net',
      aliases: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
    })
  })

  it('lists the national clouds', async () => {
    const { body } = await ask(authorizeUrl)
    const aliases = body.metadata.slice(1).flatMap((cloud: { aliases: string[] }) => cloud.aliases)
    expect(aliases).toEqual(
      expect.arrayContaining([
        'login.partner.microsoftonline.cn',
        'login.chinacloudapi.cn',
        'login.microsoftonline.de',
        'login.microsoftonline.us',
        'login.usgovcloudapi.net',
        'login-us.microsoftonline.com',
      ]),
    )
  })

  it('has no clouds in version 1.0', async () => {
    const { status, body } = await ask(authorizeUrl, '1.0')
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('metadata')
    expect(body.tenant_discovery_endpoint).toContain(`/${contoso.tenantId}/`)
  })

  it('answers a v1.0 address with the v1.0 document', async () => {
    const { body } = await ask(`https://${realName}/${contoso.tenantId}/oauth2/authorize`)
    expect(body.tenant_discovery_endpoint).toBe(
      `https://${realName}/${contoso.tenantId}/.well-known/openid-configuration`,
    )
  })

  it.each(['common', 'organizations'])('keeps the segment %s', async (segment) => {
    const { body } = await ask(`https://${realName}/${segment}/oauth2/v2.0/authorize`)
    expect(body.tenant_discovery_endpoint).toBe(`https://${realName}/${segment}/v2.0/.well-known/openid-configuration`)
  })

  it.each(['login.windows.net', 'login.microsoft.com', 'sts.windows.net'])('knows the alias %s', async (alias) => {
    const { status, body } = await ask(`https://${alias}/${contoso.tenantId}/oauth2/v2.0/authorize`)
    expect(status).toBe(200)
    expect(body.tenant_discovery_endpoint).toMatch(/\/v2\.0\/\.well-known\/openid-configuration$/)
  })

  it('leads to a document that is there', async () => {
    const { body } = await ask(authorizeUrl)
    const { host, pathname } = new URL(body.tenant_discovery_endpoint)
    expect((await sendRaw(doorstep, { host, path: pathname })).body.issuer).toContain(contoso.tenantId)
  })

  it('works through localhost, with the address of localhost', async () => {
    const query = new URLSearchParams({
      'api-version': '1.1',
      authorization_endpoint: `${doorstep.url}/${contoso.tenantId}/oauth2/v2.0/authorize`,
    })
    const { status, body } = await doorstep.request('GET', `/common/discovery/instance?${query}`)
    expect(status).toBe(200)
    expect(body.tenant_discovery_endpoint).toBe(
      `${doorstep.url}/${contoso.tenantId}/v2.0/.well-known/openid-configuration`,
    )
  })

  it('is open to pages of any origin, refusals too', async () => {
    expect((await ask(authorizeUrl)).headers['access-control-allow-origin']).toBe('*')
    const refused = await ask('https://login.attacker.example/common/oauth2/v2.0/authorize')
    expect(refused.headers['access-control-allow-origin']).toBe('*')
  })

  it('refuses a host that is no instance', async () => {
    expectRefusalBody(await ask('https://login.attacker.example/common/oauth2/v2.0/authorize'), {
      status: 400,
      error: 'invalid_instance',
      code: 50049,
      text: /^Unknown or invalid instance\./,
    })
  })

  it.each([undefined, '', 'not an address', 'login.microsoftonline.com'])(
    'refuses a request it cannot read: %j',
    async (authorizationEndpoint) => {
      expectRefusalBody(await ask(authorizationEndpoint), {
        status: 400,
        error: ['invalid_instance', 'invalid_request'],
        code: [50049, 50050, 900144],
      })
    },
  )
})

describe('an authority that is none', () => {
  it.each([
    ['of another port', 'https://login.microsoftonline.com:81/common/oauth2/v2.0/authorize', 50049],
    ['without TLS', 'http://login.microsoftonline.com/common/oauth2/v2.0/authorize', 50050],
    ['with something else for a tenant', 'https://login.microsoftonline.com/e%20vil/oauth2/v2.0/authorize', 50050],
  ])('%s is not repeated', async (_name, endpoint, code) => {
    const { status, body } = await ask(endpoint)
    expect(status).toBe(400)
    expect(body.error_codes).toEqual([code])
  })
})
