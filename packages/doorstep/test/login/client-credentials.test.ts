import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { contoso, contosoSeed, extractor, gateway, inventory, ledger, visitor } from './contoso.ts'
import { expectNoSecret, expectRefusal } from './expect-refusal.ts'
import {
  accessTokenOf,
  basic,
  type Claims,
  claimsOf,
  clientCredentials,
  headerOf,
  requestToken,
} from './request-token.ts'

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: contosoSeed() })
})
afterAll(() => doorstep?.stop())

const guid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/
const graphUri = 'https://graph.microsoft.com'
const forInventory = { scope: `${inventory.uri}/.default` }
const forLedger = { scope: `${ledger.uri}/.default` }

/** Seconds since 1970 on the clock of the local cloud. */
async function now(): Promise<number> {
  const { body } = await doorstep.control.request('GET', '/clock')
  return Date.parse(body.now) / 1000
}

describe('the answer of the v2.0 token endpoint', () => {
  it('has four members in their order, with numbers as numbers', async () => {
    const { status, body } = await requestToken(doorstep, clientCredentials(forInventory))
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['token_type', 'expires_in', 'ext_expires_in', 'access_token'])
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) })
    expect(body.ext_expires_in).toBe(body.expires_in)
  })

  it('is the same when MSAL asks for client_info and OpenID scopes besides', async () => {
    const scope = `${inventory.uri}/.default openid profile offline_access`
    const { status, body } = await requestToken(doorstep, clientCredentials({ scope, client_info: '1' }))
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['token_type', 'expires_in', 'ext_expires_in', 'access_token'])
  })

  it('holds no secret', async () => {
    expectNoSecret(await requestToken(doorstep, clientCredentials(forInventory)))
  })

  it('counts expires_in from now and the life of the token from 300 seconds earlier', async () => {
    const { body } = await requestToken(doorstep, clientCredentials(forInventory))
    const { iat, nbf, exp } = claimsOf(await requestToken(doorstep, clientCredentials(forInventory)))
    expect(nbf).toBe(iat)
    expect(body.expires_in).toBeGreaterThanOrEqual(3590)
    expect(body.expires_in).toBeLessThanOrEqual(5400)
    const lifetime = Number(exp) - Number(iat) - 300
    expect(lifetime).toBeGreaterThanOrEqual(3590)
    expect(lifetime).toBeLessThanOrEqual(5401)
  })
})

describe('the answer of the v1.0 token endpoint', () => {
  it('has seven members in their order, with numbers as strings', async () => {
    const { status, body } = await requestToken(doorstep, clientCredentials({ resource: ledger.uri }), {
      version: 'v1',
    })
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual([
      'token_type',
      'expires_in',
      'ext_expires_in',
      'expires_on',
      'not_before',
      'resource',
      'access_token',
    ])
    const digits = expect.stringMatching(/^\d+$/)
    expect(body).toMatchObject({
      token_type: 'Bearer',
      expires_in: digits,
      ext_expires_in: body.expires_in,
      expires_on: digits,
      not_before: digits,
      resource: ledger.uri,
    })
  })

  it('says in expires_on and not_before what the token says', async () => {
    const answer = await requestToken(doorstep, clientCredentials({ resource: ledger.uri }), { version: 'v1' })
    const { exp, nbf } = claimsOf(answer)
    expect(answer.body).toMatchObject({ expires_on: String(exp), not_before: String(nbf) })
  })

  it.each([ledger.uri, `${ledger.uri}/`, ledger.uriWithSlash, 'https://archive.contoso.example', ledger.appId])(
    'echoes the resource %s as requested, in the answer and in aud',
    async (resource) => {
      const answer = await requestToken(doorstep, clientCredentials({ resource }), { version: 'v1' })
      expect(answer.body).toMatchObject({ resource })
      expect(claimsOf(answer)).toMatchObject({ aud: resource, ver: '1.0' })
    },
  )
})

describe('moments in a token', () => {
  it('are 300 seconds before the clock of the local cloud', async () => {
    const before = Math.floor(await now())
    const { iat, nbf } = claimsOf(await requestToken(doorstep, clientCredentials(forInventory)))
    const after = Math.ceil(await now())
    expect(nbf).toBe(iat)
    expect(Number(iat) + 300).toBeGreaterThanOrEqual(before)
    expect(Number(iat) + 300).toBeLessThanOrEqual(after)
  })

  it('agree with expires_in, which is at most the rest of the life', async () => {
    const before = Math.floor(await now())
    const answer = await requestToken(doorstep, clientCredentials(forInventory))
    const after = Math.ceil(await now())
    const exp = Number(claimsOf(answer).exp)
    expect(answer.body.expires_in).toBeLessThanOrEqual(exp - before)
    expect(answer.body.expires_in).toBeGreaterThanOrEqual(exp - after - 1)
  })

  it('follow the clock when it is advanced', async () => {
    const first = claimsOf(await requestToken(doorstep, clientCredentials(forInventory)))
    await doorstep.control.request('POST', '/clock', { advanceSeconds: 7200 })
    const second = claimsOf(await requestToken(doorstep, clientCredentials(forInventory)))
    await doorstep.control.request('POST', '/clock', { reset: true })
    expect(Number(second.iat) - Number(first.iat)).toBeGreaterThanOrEqual(7200)
    expect(Number(second.iat) - Number(first.iat)).toBeLessThan(7320)
  })
})

describe('client secrets', () => {
  const goodSecrets = [extractor.secret, extractor.secondSecret, extractor.oddSecret]

  it.each(goodSecrets)('each of several works in the body: %s', async (client_secret) => {
    accessTokenOf(await requestToken(doorstep, clientCredentials({ client_secret, ...forInventory })))
  })

  it.each(goodSecrets)('each works as Basic, form-encoded as RFC 6749 says: %s', async (secret) => {
    const form = clientCredentials({ client_secret: undefined, ...forInventory })
    accessTokenOf(await requestToken(doorstep, form, { headers: basic(extractor.appId, secret, 'encoded') }))
  })

  it.each(goodSecrets)('each works as Basic, raw as many libraries send it: %s', async (secret) => {
    const form = clientCredentials({ client_secret: undefined, ...forInventory })
    accessTokenOf(await requestToken(doorstep, form, { headers: basic(extractor.appId, secret, 'raw') }))
  })

  it.each(['v1', 'v2'] as const)('Basic needs no client_id in the body, on %s', async (version) => {
    const form = { grant_type: 'client_credentials', ...(version === 'v1' ? { resource: ledger.uri } : forLedger) }
    const headers = basic(extractor.appId, extractor.secret, 'encoded')
    const claims = claimsOf(await requestToken(doorstep, form, { version, headers }))
    expect(claims).toMatchObject({ appid: extractor.appId, appidacr: '1' })
  })

  it('the name of the scheme Basic may have any case', async () => {
    const { authorization = '' } = basic(extractor.appId, extractor.secret, 'encoded')
    const headers = { authorization: authorization.replace('Basic', 'basic') }
    accessTokenOf(await requestToken(doorstep, { grant_type: 'client_credentials', ...forInventory }, { headers }))
  })

  it('client ids may have any case, and tokens carry the registered form', async () => {
    const client_id = extractor.appId.toUpperCase()
    expect(claimsOf(await requestToken(doorstep, clientCredentials({ client_id, ...forInventory })))).toMatchObject({
      azp: extractor.appId,
    })
  })
})

describe('claims of a version 2.0 token', () => {
  const always = 'aio aud azp azpacr exp iat iss nbf oid rh sub tid uti ver xms_ftd'.split(' ')
  let header: Claims
  let claims: Claims

  beforeAll(async () => {
    const answer = await requestToken(
      doorstep,
      clientCredentials({ client_id: visitor.appId, client_secret: visitor.secret, ...forInventory }),
    )
    header = headerOf(answer)
    claims = claimsOf(answer)
  })

  it('are exactly those of a real one', () => {
    expect(Object.keys(claims).sort()).toEqual(always)
  })

  it('have their values', () => {
    expect(claims).toMatchObject({
      aud: inventory.appId,
      iss: `${doorstep.url}/${contoso.tenantId}/v2.0`,
      azp: visitor.appId,
      azpacr: '1',
      tid: contoso.tenantId,
      ver: '2.0',
      oid: expect.stringMatching(guid),
      sub: claims.oid,
      uti: expect.stringMatching(/^[\w-]{22}$/),
      rh: expect.stringMatching(/^[01]\.A[\w-]+\.$/),
      aio: expect.stringMatching(/^\S+$/),
      xms_ftd: expect.stringMatching(/^\S+$/),
    })
  })

  it('come under a header without x5t', () => {
    expect(Object.entries(header)).toEqual([
      ['typ', 'JWT'],
      ['alg', 'RS256'],
      ['kid', expect.stringMatching(/^[\w-]{27}$/)],
    ])
  })

  it('gain roles, and nothing else, when roles are assigned', async () => {
    const withRoles = claimsOf(await requestToken(doorstep, clientCredentials(forInventory)))
    expect(Object.keys(withRoles).sort()).toEqual([...always, 'roles'].sort())
    expect(withRoles.roles).toHaveLength(2)
    expect(withRoles.roles).toEqual(expect.arrayContaining(['Stock.Read', 'Stock.Write']))
  })

  it('gain idtyp when the API asks for it', async () => {
    const forGateway = clientCredentials({ scope: `${gateway.uri}/.default` })
    const gained = claimsOf(await requestToken(doorstep, forGateway))
    expect(gained.idtyp).toBe('app')
    expect(Object.keys(gained).sort()).toEqual([...always, 'idtyp'].sort())
  })

  it('are made anew for every token', async () => {
    const again = claimsOf(await requestToken(doorstep, clientCredentials(forInventory)))
    expect(again.uti).not.toBe(claims.uti)
  })
})

describe('claims of a version 1.0 token', () => {
  const always = 'aio appid appidacr aud exp iat idp iss nbf oid rh sub tid uti ver'.split(' ')
  const opaqueExtras = ['xms_act_fct', 'xms_ftd', 'xms_idrel', 'xms_sub_fct', 'xms_tnt_fct']

  function withoutOpaqueExtras(claims: Claims): string[] {
    return Object.keys(claims)
      .filter((name) => !opaqueExtras.includes(name))
      .sort()
  }

  it('are exactly those of a real one', async () => {
    const form = clientCredentials({ client_id: visitor.appId, client_secret: visitor.secret, ...forLedger })
    expect(withoutOpaqueExtras(claimsOf(await requestToken(doorstep, form)))).toEqual(always)
  })

  it('have their values', async () => {
    const claims = claimsOf(await requestToken(doorstep, clientCredentials(forLedger)))
    expect(claims.iss).toMatch(new RegExp(`/${contoso.tenantId}/$`))
    expect(claims).toMatchObject({
      aud: ledger.uri,
      appid: extractor.appId,
      appidacr: '1',
      idp: claims.iss,
      tid: contoso.tenantId,
      ver: '1.0',
      oid: expect.stringMatching(guid),
      sub: claims.oid,
      roles: ['Entries.Read'],
      uti: expect.stringMatching(/^[\w-]{22}$/),
      rh: expect.stringMatching(/^[01]\.A[\w-]+\.$/),
    })
    expect(withoutOpaqueExtras(claims)).toEqual([...always, 'roles'].sort())
  })

  it('come under a header with x5t, which equals kid', async () => {
    const header = headerOf(await requestToken(doorstep, clientCredentials(forLedger)))
    expect(Object.entries(header)).toEqual([
      ['typ', 'JWT'],
      ['alg', 'RS256'],
      ['x5t', header.kid],
      ['kid', expect.stringMatching(/^[\w-]{27}$/)],
    ])
  })

  it('say idtyp and wids in tokens for Microsoft Graph', async () => {
    const claims = claimsOf(await requestToken(doorstep, clientCredentials({ scope: `${graphUri}/.default` })))
    expect(claims).toMatchObject({ aud: graphUri, ver: '1.0', idtyp: 'app' })
    expect(claims.wids).toEqual(['0997a1d0-0d1d-4acb-b408-d5ca73121e90'])
    expect(claims).not.toHaveProperty('roles')
    expect(claims).not.toHaveProperty('scp')
  })
})

describe('the version of a token', () => {
  it.each([
    ['v1', inventory.appId, '2.0'],
    ['v2', inventory.appId, '2.0'],
    ['v1', ledger.appId, '1.0'],
    ['v2', ledger.appId, '1.0'],
  ] as const)('asked through %s for %s is %s: the API decides, not the endpoint', async (version, api, ver) => {
    const target = version === 'v1' ? { resource: api } : { scope: `${api}/.default` }
    expect(claimsOf(await requestToken(doorstep, clientCredentials(target), { version }))).toMatchObject({ ver })
  })

  it('of Azure Resource Manager is 1.0 through v2.0 too', async () => {
    const form = clientCredentials({ scope: 'https://management.azure.com/.default' })
    expect(claimsOf(await requestToken(doorstep, form))).toMatchObject({ ver: '1.0', idtyp: 'app' })
  })
})

describe('aud', () => {
  it.each([`${inventory.uri}/.default`, `${inventory.uri}//.default`, `${inventory.appId}/.default`])(
    'of a version 2.0 token is the client id of the API, asked as %s',
    async (scope) => {
      expect(claimsOf(await requestToken(doorstep, clientCredentials({ scope }))).aud).toBe(inventory.appId)
    },
  )

  it.each([inventory.uri, `${inventory.uri}/`, inventory.appId])(
    'of a version 2.0 token is the client id of the API, asked with resource=%s on v1.0',
    async (resource) => {
      const answer = await requestToken(doorstep, clientCredentials({ resource }), { version: 'v1' })
      expect(claimsOf(answer).aud).toBe(inventory.appId)
      expect(answer.body.resource).toBe(resource)
    },
  )

  it.each([
    [`${ledger.uri}/.default`, ledger.uri],
    [`${ledger.uri}//.default`, `${ledger.uri}/`],
    [`${ledger.uriWithSlash}/.default`, ledger.uriWithSlash],
    ['https://archive.contoso.example/.default', 'https://archive.contoso.example'],
    [`${ledger.appId}/.default`, ledger.appId],
    ['https://management.azure.com/.default', 'https://management.azure.com'],
    ['https://management.azure.com//.default', 'https://management.azure.com/'],
    ['https://management.core.windows.net//.default', 'https://management.core.windows.net/'],
    ['https://westeurope-1.cognitedata.com/.default', 'https://westeurope-1.cognitedata.com'],
    ['https://api.cognitedata.com/.default', 'https://api.cognitedata.com'],
  ])('of a version 1.0 token asked as %s is %s', async (scope, aud) => {
    expect(claimsOf(await requestToken(doorstep, clientCredentials({ scope })))).toMatchObject({ aud, ver: '1.0' })
  })

  it('is found whatever the case of the identifier', async () => {
    const scope = `${ledger.uri.replace('ledger', 'LEDGER')}/.default`
    const { aud } = claimsOf(await requestToken(doorstep, clientCredentials({ scope })))
    expect(String(aud).toLowerCase()).toBe(ledger.uri)
  })

  it.each([
    ['v1', { resource: extractor.appId }],
    ['v2', { scope: `${extractor.appId}/.default` }],
  ] as const)('is the client itself when it asks for its own id, on %s', async (version, target) => {
    const claims = claimsOf(await requestToken(doorstep, clientCredentials(target), { version }))
    expect(claims).toMatchObject({ aud: extractor.appId })
    expect(claims).not.toHaveProperty('roles')
  })

  it('is Microsoft Graph for .default alone', async () => {
    const { aud } = claimsOf(await requestToken(doorstep, clientCredentials({ scope: '.default' })))
    expect([graphUri, '00000003-0000-0000-c000-000000000000']).toContain(aud)
  })
})

describe('who a token is about', () => {
  it('is the service principal, one and the same for every API, and not the registration', async () => {
    const [first, second] = [
      claimsOf(await requestToken(doorstep, clientCredentials(forInventory))),
      claimsOf(await requestToken(doorstep, clientCredentials(forLedger))),
    ]
    expect(first.oid).toBe(second.oid)
    expect([extractor.objectId, extractor.appId]).not.toContain(first.oid)
  })

  it('is the object id that Microsoft Graph shows for the service principal', async () => {
    const answer = await requestToken(
      doorstep,
      {
        grant_type: 'client_credentials',
        client_id: doorstep.bootstrap.clientId,
        client_secret: doorstep.bootstrap.clientSecret,
        scope: `${graphUri}/.default`,
      },
      { tenant: doorstep.tenantId },
    )
    const { oid, sub, tid } = claimsOf(answer)
    const filter = encodeURIComponent(`appId eq '${doorstep.bootstrap.clientId}'`)
    const shown = await doorstep.graph.request('GET', `/v1.0/servicePrincipals?$filter=${filter}`)
    expect(shown.body.value).toHaveLength(1)
    expect([oid, sub, tid]).toEqual([shown.body.value[0].id, shown.body.value[0].id, doorstep.tenantId])
  })

  it.each([contoso.domain, contoso.domain.toUpperCase(), contoso.tenantId.toUpperCase()])(
    'belongs to the tenant itself when asked through %s',
    async (tenant) => {
      const claims = claimsOf(await requestToken(doorstep, clientCredentials(forInventory), { tenant }))
      expect(claims).toMatchObject({ tid: contoso.tenantId, iss: `${doorstep.url}/${contoso.tenantId}/v2.0` })
    },
  )
})

describe('registrations made through Microsoft Graph', () => {
  let client: { appId: string; id: string }
  let api: { appId: string; servicePrincipalId: string }
  const roleId = '3d7e1f52-0c84-4b1a-9e6d-58a7c0b9d213'
  const created = async (path: string, body: unknown) => {
    const answer = await doorstep.graph.request('POST', path, body)
    expect(answer.status, answer.text).toBe(201)
    return answer.body
  }
  const addPassword = async (displayName: string) => {
    const path = `/v1.0/applications/${client.id}/addPassword`
    const answer = await doorstep.graph.request('POST', path, { passwordCredential: { displayName } })
    expect(answer.status, answer.text).toBe(200)
    return answer.body
  }
  const tokenWith = (client_secret: string, scope = `${api.appId}/.default`) =>
    requestToken(
      doorstep,
      { grant_type: 'client_credentials', client_id: client.appId, client_secret, scope },
      { tenant: doorstep.tenantId },
    )

  beforeAll(async () => {
    client = await created('/v1.0/applications', { displayName: 'made through Graph' })
    const registered = await created('/v1.0/applications', {
      displayName: 'API made through Graph',
      api: { requestedAccessTokenVersion: 2 },
      appRoles: [
        { id: roleId, value: 'Meters.Read', displayName: 'r', description: 'd', allowedMemberTypes: ['Application'] },
      ],
    })
    const { id: servicePrincipalId } = await created('/v1.0/servicePrincipals', { appId: registered.appId })
    api = { appId: registered.appId, servicePrincipalId }
  })

  it('get tokens once they have a service principal, with roles once they are assigned', async () => {
    const { secretText } = await addPassword('roles')
    expectRefusal(await tokenWith(secretText), { status: 400, error: 'unauthorized_client', code: 700016 })
    const { id: principalId } = await created('/v1.0/servicePrincipals', { appId: client.appId })
    const before = claimsOf(await tokenWith(secretText))
    expect(before).toMatchObject({ aud: api.appId, oid: principalId, sub: principalId })
    expect(before).not.toHaveProperty('roles')
    await created(`/v1.0/servicePrincipals/${principalId}/appRoleAssignments`, {
      principalId,
      resourceId: api.servicePrincipalId,
      appRoleId: roleId,
    })
    expect(claimsOf(await tokenWith(secretText)).roles).toEqual(['Meters.Read'])
  })

  it('show a secret once, and its first three letters ever after', async () => {
    const { secretText, keyId, hint } = await addPassword('shown once')
    expect(secretText.length).toBeGreaterThanOrEqual(32)
    expect(hint).toBe(secretText.slice(0, 3))
    const shown = await doorstep.graph.request('GET', `/v1.0/applications/${client.id}`)
    expect(shown.text).not.toContain(secretText)
    const [credential] = shown.body.passwordCredentials.filter((kept: { keyId: string }) => kept.keyId === keyId)
    expect(credential).toMatchObject({ displayName: 'shown once', hint, secretText: null })
  })

  it('may have several secrets, and removing one leaves the others', async () => {
    const [kept, removed] = [await addPassword('kept'), await addPassword('removed')]
    accessTokenOf(await tokenWith(kept.secretText))
    accessTokenOf(await tokenWith(removed.secretText))
    const removal = { keyId: removed.keyId }
    const answer = await doorstep.graph.request('POST', `/v1.0/applications/${client.id}/removePassword`, removal)
    expect(answer.status).toBe(204)
    expectRefusal(await tokenWith(removed.secretText), { status: 401, error: 'invalid_client', code: 7000215 })
    accessTokenOf(await tokenWith(kept.secretText))
  })
})
