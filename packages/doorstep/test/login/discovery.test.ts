import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { contoso, contosoSeed, extractor } from './contoso.ts'
import { expectRefusalBody } from './expect-refusal.ts'
import { realName, sendRaw } from './send-raw.ts'

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: contosoSeed() })
})
afterAll(() => doorstep?.stop())

const realOrigin = `https://${realName}`
const personalTenantId = '9188040d-6c67-4c5b-b112-36a304b66dad'
const v2Path = (segment: string) => `/${segment}/v2.0/.well-known/openid-configuration`
const v1Path = (segment: string) => `/${segment}/.well-known/openid-configuration`
/** Members that the real document has gained since 2026. */
const newer = ['mtls_endpoint_aliases', 'tls_client_certificate_bound_access_tokens']

async function documentUnderRealName(path: string) {
  const { status, text, body } = await sendRaw(doorstep, { host: realName, path })
  expect(status, text).toBe(200)
  return body
}

async function documentThroughLocalhost(path: string) {
  const { status, text, body } = await doorstep.request('GET', path)
  expect(status, text).toBe(200)
  return body
}

/** The real v2.0 document, member by member; `newer` ones left out. */
function v2Document(segment: string, issuer: string, region: unknown) {
  return {
    token_endpoint: `${realOrigin}/${segment}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: expect.arrayContaining([
      'client_secret_post',
      'private_key_jwt',
      'client_secret_basic',
    ]),
    jwks_uri: `${realOrigin}/${segment}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer,
    request_uri_parameter_supported: false,
    userinfo_endpoint: 'https://graph.microsoft.com/oidc/userinfo',
    authorization_endpoint: `${realOrigin}/${segment}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${realOrigin}/${segment}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${realOrigin}/${segment}/oauth2/v2.0/logout`,
    claims_supported: [
      'sub',
      'iss',
      'cloud_instance_name',
      'cloud_instance_host_name',
      'cloud_graph_host_name',
      'msgraph_host',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'acr',
      'nonce',
      'preferred_username',
      'name',
      'tid',
      'ver',
      'at_hash',
      'c_hash',
      'email',
    ],
    kerberos_endpoint: `${realOrigin}/${segment}/kerberos`,
    tenant_region_scope: region,
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: 'graph.microsoft.com',
    rbac_url: 'https://pas.windows.net',
  }
}

function expectDocument(document: Record<string, unknown>, expected: Record<string, unknown>): void {
  const established = Object.fromEntries(Object.entries(document).filter(([name]) => !newer.includes(name)))
  expect(established).toEqual(expected)
  expect(Object.keys(established)).toEqual(Object.keys(expected))
}

describe('the v2.0 document under the real name', () => {
  const issuer = `${realOrigin}/${contoso.tenantId}/v2.0`
  const region = expect.stringMatching(/^[A-Z]{2,3}$/)

  it.each([
    contoso.tenantId,
    contoso.tenantId.toUpperCase(),
    contoso.domain,
    contoso.domain.toUpperCase(),
    'ConToso.Example',
  ])('of the tenant asked as %s has its id everywhere', async (segment) => {
    expectDocument(await documentUnderRealName(v2Path(segment)), v2Document(contoso.tenantId, issuer, region))
  })

  it.each(['common', 'organizations'])('of %s keeps the segment and has a template for issuer', async (segment) => {
    const template = `${realOrigin}/{tenantid}/v2.0`
    expectDocument(await documentUnderRealName(v2Path(segment)), v2Document(segment, template, null))
  })

  it('of consumers has the issuer of personal accounts', async () => {
    const personalIssuer = `${realOrigin}/${personalTenantId}/v2.0`
    expectDocument(await documentUnderRealName(v2Path('consumers')), v2Document('consumers', personalIssuer, null))
  })

  it('names at least three ways to authenticate a client, in the real order', async () => {
    const { token_endpoint_auth_methods_supported: methods } = await documentUnderRealName(v2Path(contoso.tenantId))
    expect(methods.slice(0, 3)).toEqual(['client_secret_post', 'private_key_jwt', 'client_secret_basic'])
    expect(['self_signed_tls_client_auth', undefined]).toContain(methods[3])
  })

  it('claims nothing that Entra does not: PKCE methods, grant types, revocation, introspection, registration', async () => {
    const document = await documentUnderRealName(v2Path('common'))
    const absent = [
      'code_challenge_methods_supported',
      'grant_types_supported',
      'revocation_endpoint',
      'introspection_endpoint',
      'registration_endpoint',
      'check_session_iframe',
      'claims_parameter_supported',
    ]
    expect(Object.keys(document).filter((name) => absent.includes(name))).toEqual([])
  })

  it('is the same with a port in the Host header', async () => {
    const { body } = await sendRaw(doorstep, {
      host: realName,
      headers: { host: `${realName}:443` },
      path: v2Path(contoso.tenantId),
    })
    expect(body.issuer).toBe(issuer)
  })

  it.each(['login.windows.net', 'login.microsoft.com', 'sts.windows.net'])('is served under %s too', async (host) => {
    const { status, body } = await sendRaw(doorstep, { host, path: v2Path(contoso.tenantId) })
    expect(status).toBe(200)
    expect(body.token_endpoint).toMatch(new RegExp(`/${contoso.tenantId}/oauth2/v2\\.0/token$`))
  })

  it.each(['?appid=', '?p='])('is served with %s and an application id', async (query) => {
    const document = await documentUnderRealName(`${v2Path(contoso.tenantId)}${query}${extractor.appId}`)
    expect(document.issuer).toBe(issuer)
    const { pathname, search } = new URL(document.jwks_uri)
    const { keys } = await documentUnderRealName(`${pathname}${search}`)
    expect(keys.length).toBeGreaterThan(0)
  })
})

describe('the v1.0 document under the real name', () => {
  const claims = ['sub', 'iss', 'aud', 'exp', 'iat', 'amr', 'given_name', 'family_name', 'nickname']

  it.each([contoso.tenantId, contoso.domain])(
    'of the tenant asked as %s differs as in the real cloud',
    async (segment) => {
      const document = await documentUnderRealName(v1Path(segment))
      expect(document).toMatchObject({
        issuer: `https://sts.windows.net/${contoso.tenantId}/`,
        authorization_endpoint: `${realOrigin}/${contoso.tenantId}/oauth2/authorize`,
        token_endpoint: `${realOrigin}/${contoso.tenantId}/oauth2/token`,
        end_session_endpoint: `${realOrigin}/${contoso.tenantId}/oauth2/logout`,
        device_authorization_endpoint: `${realOrigin}/${contoso.tenantId}/oauth2/devicecode`,
        jwks_uri: `${realOrigin}/common/discovery/keys`,
        userinfo_endpoint: `${realOrigin}/${contoso.tenantId}/openid/userinfo`,
        check_session_iframe: `${realOrigin}/${contoso.tenantId}/oauth2/checksession`,
        microsoft_multi_refresh_token: true,
        scopes_supported: ['openid'],
        response_types_supported: ['code', 'id_token', 'code id_token', 'token id_token', 'token'],
        claims_supported: expect.arrayContaining(claims),
        cloud_instance_name: 'microsoftonline.com',
        cloud_graph_host_name: 'graph.windows.net',
        msgraph_host: 'graph.microsoft.com',
      })
    },
  )

  it.each(['common', 'organizations'])('of %s has a template for issuer', async (segment) => {
    const document = await documentUnderRealName(v1Path(segment))
    expect(document).toMatchObject({
      issuer: 'https://sts.windows.net/{tenantid}/',
      token_endpoint: `${realOrigin}/${segment}/oauth2/token`,
      jwks_uri: `${realOrigin}/common/discovery/keys`,
    })
  })
})

describe('the documents through localhost', () => {
  const ofLogin = ['token_endpoint', 'authorization_endpoint', 'device_authorization_endpoint', 'end_session_endpoint']

  it('have the issuer and addresses of localhost, as strict OpenID clients need them', async () => {
    const document = await documentThroughLocalhost(v2Path(contoso.domain))
    expect(document.issuer).toBe(`${doorstep.url}/${contoso.tenantId}/v2.0`)
    for (const name of [...ofLogin, 'jwks_uri']) {
      expect(document[name], name).toMatch(new RegExp(`^${doorstep.url}/${contoso.tenantId}/`))
    }
  })

  it.each(['common', 'organizations'])('of %s have a template for issuer', async (segment) => {
    const document = await documentThroughLocalhost(v2Path(segment))
    expect(document.issuer).toBe(`${doorstep.url}/{tenantid}/v2.0`)
    expect(document.token_endpoint).toBe(`${doorstep.url}/${segment}/oauth2/v2.0/token`)
  })

  it('of v1.0 name endpoints without v2.0', async () => {
    const document = await documentThroughLocalhost(v1Path(contoso.tenantId))
    for (const name of ofLogin) {
      expect(document[name], name).toMatch(new RegExp(`^${doorstep.url}/${contoso.tenantId}/oauth2/(?!v2\\.0)`))
    }
    expect(document.jwks_uri).toBe(`${doorstep.url}/common/discovery/keys`)
  })

  it('have the same members as those under the real name', async () => {
    for (const path of [v2Path(contoso.tenantId), v1Path(contoso.tenantId), v2Path('common')]) {
      const [local, real] = [await documentThroughLocalhost(path), await documentUnderRealName(path)]
      expect(Object.keys(local)).toEqual(Object.keys(real))
    }
  })

  it('never copy a Host header', async () => {
    const { status, text } = await sendRaw(doorstep, {
      path: v2Path(contoso.tenantId),
      headers: { host: 'attacker.example' },
    })
    expect(status).toBe(421)
    expect(text).not.toContain('attacker.example/')
  })

  it('have the listening port whatever port the Host header says', async () => {
    const { body } = await sendRaw(doorstep, { path: v2Path(contoso.tenantId), headers: { host: 'localhost:1' } })
    expect(body.issuer).toBe(`${doorstep.url}/${contoso.tenantId}/v2.0`)
  })
})

describe('the issuer in tokens', () => {
  it('is that of the document, by the name that was asked', async () => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: extractor.appId,
      client_secret: extractor.secret,
      scope: 'https://inventory.contoso.example/.default',
    }).toString()
    const path = `/${contoso.tenantId}/oauth2/v2.0/token`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const issuerOf = async (host?: string) => {
      const sent = { method: 'POST', path, headers, body: form }
      const { body } = await sendRaw(doorstep, host === undefined ? sent : { ...sent, host })
      return JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString()).iss
    }
    expect(await issuerOf(realName)).toBe(`${realOrigin}/${contoso.tenantId}/v2.0`)
    expect(await issuerOf()).toBe(`${doorstep.url}/${contoso.tenantId}/v2.0`)
  })

  it('of version 1.0 is sts.windows.net under the real name', async () => {
    const { body } = await sendRaw(doorstep, {
      host: realName,
      method: 'POST',
      path: `/${contoso.domain}/oauth2/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: extractor.appId,
        client_secret: extractor.secret,
        resource: 'https://ledger.contoso.example',
      }).toString(),
    })
    const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString())
    const issuer = `https://sts.windows.net/${contoso.tenantId}/`
    expect(claims).toMatchObject({ iss: issuer, idp: issuer })
  })
})

describe('a tenant that is not there', () => {
  it.each(['f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f', 'nobody.example'])('has no document: %s', async (segment) => {
    for (const path of [v2Path(segment), v1Path(segment)]) {
      expectRefusalBody(await sendRaw(doorstep, { host: realName, path }), {
        status: 400,
        error: 'invalid_tenant',
        code: 90002,
        text: `Tenant '${segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
      })
    }
  })

  it('has no document when it cannot be one', async () => {
    expectRefusalBody(await sendRaw(doorstep, { host: realName, path: v2Path('contoso') }), {
      status: 400,
      error: 'invalid_request',
      code: 900023,
      text: "Specified tenant identifier 'contoso' is neither a valid DNS name, nor a valid external domain.",
    })
  })
})
