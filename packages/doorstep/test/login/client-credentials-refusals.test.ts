import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import {
  contoso,
  contosoSeed,
  extractor,
  foreigner,
  inventory,
  keyless,
  ledger,
  retired,
  shortLived,
} from './contoso.ts'
import { expectNoSecret, expectRefusal, type Refusal } from './expect-refusal.ts'
import { accessTokenOf, basic, clientCredentials, encodedForm, type Form, requestToken } from './request-token.ts'
import { realName, sendRaw } from './send-raw.ts'

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: contosoSeed() })
})
afterAll(() => doorstep?.stop())

const scope = `${inventory.uri}/.default`
const good = clientCredentials({ scope })
const unknownId = 'e5d4c3b2-a190-4f8e-9d7c-6b5a49382716'
const tokenPath = `/${contoso.tenantId}/oauth2/v2.0/token`

function invalidSecret(appId: string): Refusal {
  return {
    status: 401,
    error: 'invalid_client',
    code: 7000215,
    text: `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${appId}'.`,
    errorUri: 'present',
  }
}

function expiredSecret(appId: string): Refusal {
  return {
    status: 401,
    error: 'invalid_client',
    code: 7000222,
    text: `The provided client secret keys for app '${appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
  }
}

const noSecret: Refusal = {
  status: 401,
  error: 'invalid_client',
  code: 7000216,
  text: "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
}

function unknownApplication(appId: string, tenant: { tenantId: string; name: string } = contoso): Refusal {
  return {
    status: 400,
    error: 'unauthorized_client',
    code: 700016,
    text: new RegExp(
      `^Application with identifier '${appId}' was not found in the directory '(${tenant.tenantId}|${tenant.name})'\\. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant\\. You may have sent your authentication request to the wrong tenant\\.$`,
    ),
  }
}

function missing(parameter: string): Refusal {
  return {
    status: 400,
    error: 'invalid_request',
    code: 900144,
    text: `The request body must contain the following parameter: '${parameter}'.`,
  }
}

function unknownResource(resource: string): Refusal {
  const name = resource.replaceAll('.', '\\.')
  return {
    status: 400,
    error: 'invalid_resource',
    code: 500011,
    text: new RegExp(
      `^The resource principal named ${name} was not found in the tenant named (${contoso.tenantId}|${contoso.name})\\. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant\\. You might have sent your authentication request to the wrong tenant\\.$`,
    ),
    errorUri: 'present',
  }
}

function notDefault(asked: string): Refusal {
  return {
    status: 400,
    error: 'invalid_scope',
    code: 1002012,
    text: `The provided value for scope ${asked} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  }
}

function unknownTenant(segment: string): Refusal {
  return {
    status: 400,
    error: ['invalid_request', 'invalid_tenant'],
    code: 90002,
    text: `Tenant '${segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  }
}

async function expectStillServing(): Promise<void> {
  accessTokenOf(await requestToken(doorstep, good))
}

describe('a client secret is refused', () => {
  it.each(['v1', 'v2'] as const)('when it is wrong, on %s', async (version) => {
    const form = { ...good, client_secret: 'wrong', resource: version === 'v1' ? inventory.uri : undefined }
    expectRefusal(await requestToken(doorstep, form, { version }), invalidSecret(extractor.appId))
  })

  it('when it is the id of the secret', async () => {
    const form = { ...good, client_secret: extractor.keyId }
    expectRefusal(await requestToken(doorstep, form), invalidSecret(extractor.appId))
  })

  it.each([
    ['another letter case', extractor.secret.toLowerCase()],
    ['its last letter missing', extractor.secret.slice(0, -1)],
    ['its hint alone', extractor.secret.slice(0, 3)],
    ['a letter more', `${extractor.secret}x`],
  ])('when it has %s', async (_, client_secret) => {
    expectRefusal(await requestToken(doorstep, { ...good, client_secret }), invalidSecret(extractor.appId))
  })

  it('when it belongs to another application', async () => {
    const form = { ...good, client_secret: foreigner.secret }
    expectRefusal(await requestToken(doorstep, form), invalidSecret(extractor.appId))
  })

  it('when the application has none', async () => {
    const form = { ...good, client_id: keyless.appId }
    expectRefusal(await requestToken(doorstep, form), invalidSecret(keyless.appId))
  })

  it('when it has expired', async () => {
    const form = { ...good, client_id: retired.appId, client_secret: retired.secret }
    expectRefusal(await requestToken(doorstep, form), expiredSecret(retired.appId))
  })

  it('when it has expired, though the application has others that have not', async () => {
    const form = { ...good, client_secret: extractor.expiredSecret }
    expectRefusal(await requestToken(doorstep, form), expiredSecret(extractor.appId))
  })

  it('when it is wrong in a Basic header', async () => {
    const headers = basic(extractor.appId, 'wrong', 'encoded')
    const form = { ...good, client_secret: undefined }
    expectRefusal(await requestToken(doorstep, form, { headers }), invalidSecret(extractor.appId))
  })

  it('when it is wrong, whatever else is wrong with the scope', async () => {
    const form = { ...good, client_secret: 'wrong', scope: 'https://nobody.example/.default' }
    expectRefusal(await requestToken(doorstep, form), invalidSecret(extractor.appId))
  })

  it('when it is wrong, also after the right one was accepted', async () => {
    await expectStillServing()
    expectRefusal(await requestToken(doorstep, { ...good, client_secret: 'wrong' }), invalidSecret(extractor.appId))
    await expectStillServing()
  })
})

describe('a request without a credential', () => {
  it.each(['v1', 'v2'] as const)('is refused on %s', async (version) => {
    const form = { ...good, client_secret: undefined, resource: version === 'v1' ? inventory.uri : undefined }
    expectRefusal(await requestToken(doorstep, form, { version }), noSecret)
  })

  it('is refused when the secret is empty', async () => {
    expectRefusal(await requestToken(doorstep, { ...good, client_secret: '' }), {
      status: [400, 401],
      error: ['invalid_client', 'invalid_request'],
      code: [7000216, 7000215, 7000218, 900144],
    })
  })
})

describe('an application is refused', () => {
  it('when nobody knows it', async () => {
    expectRefusal(await requestToken(doorstep, { ...good, client_id: unknownId }), unknownApplication(unknownId))
  })

  it('when it has no service principal in the tenant', async () => {
    const form = { ...good, client_id: foreigner.appId, client_secret: foreigner.secret }
    expectRefusal(await requestToken(doorstep, form), unknownApplication(foreigner.appId))
  })

  it('when its client id is all zeros', async () => {
    const zeros = '00000000-0000-0000-0000-000000000000'
    expectRefusal(await requestToken(doorstep, { ...good, client_id: zeros }), {
      status: 400,
      error: 'unauthorized_client',
      code: 700038,
      text: `${zeros} is not a valid application identifier.`,
      errorUri: 'absent',
    })
  })

  it('when its client id is no GUID', async () => {
    expectRefusal(await requestToken(doorstep, { ...good, client_id: 'extractor' }), {
      status: 400,
      error: 'unauthorized_client',
      code: [700016, 700038],
    })
  })

  it('when it names itself by its object id', async () => {
    const form = { ...good, client_id: extractor.objectId }
    expectRefusal(await requestToken(doorstep, form), unknownApplication(extractor.objectId))
  })

  it('when it does not name itself', async () => {
    expectRefusal(await requestToken(doorstep, { ...good, client_id: undefined }), missing('client_id'))
  })

  it('before its secret is looked at', async () => {
    const form = { ...good, client_id: unknownId, client_secret: 'wrong', scope: 'https://nobody.example/.default' }
    expectRefusal(await requestToken(doorstep, form), unknownApplication(unknownId))
  })
})

describe('a tenant is refused', () => {
  it.each([unknownId, 'nobody.example', 'nobody.onmicrosoft.com'])('when nobody knows it: %s', async (tenant) => {
    expectRefusal(await requestToken(doorstep, good, { tenant }), unknownTenant(tenant))
  })

  it.each(['contoso', 'not_a_tenant', '1234'])('when it is neither GUID nor domain: %s', async (tenant) => {
    expectRefusal(await requestToken(doorstep, good, { tenant }), {
      status: 400,
      error: 'invalid_request',
      code: 900023,
      text: `Specified tenant identifier '${tenant}' is neither a valid DNS name, nor a valid external domain.`,
    })
  })

  it.each(['common', 'organizations'])('when it is the alias %s', async (tenant) => {
    expectRefusal(await requestToken(doorstep, good, { tenant }), {
      status: 400,
      error: 'invalid_request',
      code: [50059, 90019, 9001023],
    })
  })

  it('when it is the alias consumers', async () => {
    const answer = await requestToken(doorstep, good, { tenant: 'consumers' })
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ error: expect.any(String), error_codes: [expect.any(Number)] })
    expectNoSecret(answer)
  })

  it('before anything else is looked at', async () => {
    expectRefusal(
      await requestToken(doorstep, { client_id: unknownId }, { tenant: unknownId }),
      unknownTenant(unknownId),
    )
  })
})

describe('a resource is refused', () => {
  it.each(['https://nobody.example', 'api://nobody', unknownId])(
    'on v2.0 when nobody knows it: %s',
    async (resource) => {
      const form = { ...good, scope: `${resource}/.default` }
      expectRefusal(await requestToken(doorstep, form), unknownResource(resource))
    },
  )

  it.each(['https://nobody.example', 'https://nobody.example/', unknownId])(
    'on v1.0 when nobody knows it: %s',
    async (resource) => {
      const form = clientCredentials({ resource })
      expectRefusal(await requestToken(doorstep, form, { version: 'v1' }), unknownResource(resource))
    },
  )

  it('when it exists in another tenant alone', async () => {
    const form = { ...good, scope: `${foreigner.appId}/.default` }
    expectRefusal(await requestToken(doorstep, form), unknownResource(foreigner.appId))
  })

  it('when it only begins like one that is known', async () => {
    const form = { ...good, scope: `${inventory.uri}.nobody.example/.default` }
    expectRefusal(await requestToken(doorstep, form), unknownResource(`${inventory.uri}.nobody.example`))
  })

  it('on v1.0 when there is none', async () => {
    expectRefusal(await requestToken(doorstep, clientCredentials(), { version: 'v1' }), missing('resource'))
  })

  it('on v1.0 when there is only a scope, which v1.0 ignores', async () => {
    expectRefusal(await requestToken(doorstep, good, { version: 'v1' }), missing('resource'))
  })

  it('on v1.0 when it is the client itself by its URI', async () => {
    const form = clientCredentials({ resource: extractor.uri })
    expectRefusal(await requestToken(doorstep, form, { version: 'v1' }), {
      status: 400,
      error: ['invalid_request', 'invalid_resource'],
      code: 90009,
      text: `Application '${extractor.appId}'(extractor) is requesting a token for itself. This scenario is supported only if resource is specified using the GUID based App Identifier.`,
    })
  })

  it('on v2.0 when it disagrees with the scope', async () => {
    expectRefusal(await requestToken(doorstep, { ...good, resource: ledger.uri }), {
      status: 400,
      error: ['invalid_request', 'invalid_resource', 'invalid_target'],
      code: 9010010,
      text: "The resource parameter provided in the request doesn't match with the requested scopes.",
    })
  })

  it('but not on v2.0 when it agrees with the scope', async () => {
    accessTokenOf(await requestToken(doorstep, { ...good, resource: inventory.uri }))
  })
})

describe('a scope is refused on v2.0', () => {
  it('when there is none', async () => {
    expectRefusal(await requestToken(doorstep, { ...good, scope: undefined }), missing('scope'))
  })

  it('when there is a resource instead', async () => {
    const form = { ...good, scope: undefined, resource: inventory.uri }
    expectRefusal(await requestToken(doorstep, form), missing('scope'))
  })

  it.each([`${inventory.uri}/Stock.Read`, `${inventory.appId}/Stock.Read`, 'https://graph.microsoft.com/User.Read'])(
    'when it is a named one: %s',
    async (named) => {
      expectRefusal(await requestToken(doorstep, { ...good, scope: named }), notDefault(named))
    },
  )

  it.each([
    ['a short name of Microsoft Graph', 'User.Read'],
    ['a client id with .default and no slash', `${inventory.appId}.default`],
    ['OpenID scopes alone', 'openid profile'],
    ['a resource without a scope', inventory.uri],
    ['.default and a named one of the same resource', `${scope} ${inventory.uri}/Stock.Read`],
    ['two resources', `${scope} ${ledger.uri}/.default`],
    ['separated by a comma', `${scope},${ledger.uri}/.default`],
    ['a default in another word', `${inventory.uri}/.defaults`],
    ['a lone slash', '/'],
  ])('when it is %s', async (_, asked) => {
    expectRefusal(await requestToken(doorstep, { ...good, scope: asked }), {
      status: 400,
      error: ['invalid_scope', 'invalid_request', 'invalid_resource'],
      code: [1002012, 70011, 28000, 700022, 500011, 900144],
    })
  })
})

describe('of several mistakes', () => {
  const stranger = clientCredentials({ client_id: unknownId, client_secret: 'wrong' })

  it('the tenant comes first', async () => {
    expectRefusal(await requestToken(doorstep, stranger, { tenant: unknownId }), unknownTenant(unknownId))
  })

  it('an unknown application comes before a missing scope', async () => {
    expectRefusal(await requestToken(doorstep, stranger), unknownApplication(unknownId))
  })

  it('a missing scope comes before a wrong secret', async () => {
    expectRefusal(await requestToken(doorstep, clientCredentials({ client_secret: 'wrong' })), missing('scope'))
  })

  it('a wrong secret comes before a bad scope', async () => {
    const form = { ...good, client_secret: 'wrong', scope: `${inventory.uri}/Stock.Read` }
    expectRefusal(await requestToken(doorstep, form), invalidSecret(extractor.appId))
  })
})

describe('a grant type', () => {
  it('is refused when it is unknown', async () => {
    expectRefusal(await requestToken(doorstep, { ...good, grant_type: 'magic' }), {
      status: 400,
      error: 'unsupported_grant_type',
      code: 70003,
      text: "The app requested an unsupported grant type 'magic'.",
      errorUri: 'absent',
    })
  })

  it('is refused in another letter case or with a blank inside', async () => {
    for (const grant_type of ['Client_Credentials', 'client credentials']) {
      const { status, body } = await requestToken(doorstep, { ...good, grant_type })
      expect([status, body.error]).toEqual([400, 'unsupported_grant_type'])
    }
  })

  it('must be there', async () => {
    expectRefusal(await requestToken(doorstep, { ...good, grant_type: undefined }), missing('grant_type'))
  })
})

describe('the token endpoint refuses the method', () => {
  it.each([
    ['GET', 'v2.0/token'],
    ['PUT', 'v2.0/token'],
    ['DELETE', 'v2.0/token'],
    ['PATCH', 'v2.0/token'],
    ['GET', 'token'],
  ])('%s of %s', async (method, endpoint) => {
    const answer = await doorstep.request(method, `/${contoso.tenantId}/oauth2/${endpoint}`)
    expectRefusal(answer, {
      status: 400,
      error: 'invalid_request',
      code: 900561,
      text: `The endpoint only accepts POST requests. Received a ${method} request.`,
    })
  })

  it('PUT of a form that would be good', async () => {
    const answer = await doorstep.request('PUT', tokenPath, encodedForm(good))
    expectRefusal(answer, { status: 400, error: 'invalid_request', code: 900561 })
  })

  it('GET with the parameters in the query', async () => {
    const answer = await doorstep.request('GET', `${tokenPath}?${encodedForm(good)}`)
    expectRefusal(answer, { status: 400, error: 'invalid_request', code: 900561 })
  })
})

describe('a body', () => {
  it('of JSON counts as having no parameters', async () => {
    expectRefusal(await doorstep.request('POST', tokenPath, good), missing('grant_type'))
  })

  it.each(['', '&&&', '   ', '='])('without parameters is refused: %j', async (body) => {
    expectRefusal(await doorstep.request('POST', tokenPath, body), missing('grant_type'))
  })

  it('that is not there is refused, with and without a content type', async () => {
    expectRefusal(await doorstep.request('POST', tokenPath), missing('grant_type'))
    expectRefusal(await sendRaw(doorstep, { method: 'POST', path: tokenPath }), missing('grant_type'))
  })

  it('in the query does not count', async () => {
    const answer = await requestToken(doorstep, '', { query: `?${encodedForm(good)}` })
    expectRefusal(answer, missing('grant_type'))
  })

  it('of several parts counts as having no parameters', async () => {
    const part = (name: string, value = '') =>
      `--cut\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const body = `${Object.entries(good)
      .map(([name, value]) => part(name, value))
      .join('')}--cut--\r\n`
    const headers = { 'content-type': 'multipart/form-data; boundary=cut' }
    expectRefusal(await requestToken(doorstep, body, { headers }), missing('grant_type'))
  })

  it('of a megabyte is refused, and the next request is served', async () => {
    const body = `${encodedForm({ ...good, client_secret: undefined })}&client_secret=${'x'.repeat(1_048_576)}`
    const { status } = await requestToken(doorstep, body)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    await expectStillServing()
  })

  it.each([
    ['a broken escape', 'grant_type=client_credentials&client_id=%ZZ&client_secret=%'],
    ['bytes that are no UTF-8', 'grant_type=client_credentials&client_id=%FF%FE&client_secret=x'],
    ['a zero character', `grant_type=client_credentials&client_id=${extractor.appId}%00&client_secret=x`],
    ['a name of Object.prototype', 'grant_type=constructor&client_id=__proto__&toString=x&__proto__=y'],
    ['a very long client id', `grant_type=client_credentials&client_id=${'a'.repeat(10_000)}&client_secret=x`],
    ['markup', 'grant_type=<script>alert(1)</script>&client_id=<b>'],
  ])('with %s is refused as any other', async (_, body) => {
    const answer = await requestToken(doorstep, body)
    expect([400, 401]).toContain(answer.status)
    expect(Object.keys(answer.body).slice(0, 3)).toEqual(['error', 'error_description', 'error_codes'])
    await expectStillServing()
  })

  it.each(['grant_type', 'client_id', 'client_secret', 'scope'])(
    'may not make the server fail by two %s',
    async (name) => {
      const answer = await requestToken(doorstep, `${encodedForm(good)}&${name}=other`)
      expect([200, 400, 401]).toContain(answer.status)
      if (answer.status !== 200) expect(answer.body).toMatchObject({ error: expect.any(String) })
      expectNoSecret(answer)
    },
  )
})

describe('an Authorization header', () => {
  const withoutSecret: Form = { ...good, client_secret: undefined }
  const encode = (text: string) => Buffer.from(text).toString('base64')

  it.each([
    ['Basic without a value', 'Basic'],
    ['Basic with a blank', 'Basic '],
    ['no base64', 'Basic !!!'],
    ['base64 without a colon', `Basic ${encode(extractor.appId)}`],
    ['an empty secret', `Basic ${encode(`${extractor.appId}:`)}`],
    ['an empty client id', `Basic ${encode(`:${extractor.secret}`)}`],
    ['another scheme', `Bearer ${extractor.secret}`],
    ['two values', `Basic ${encode(`${extractor.appId}:wrong`)} ${encode('a:b')}`],
    ['broken escapes', `Basic ${encode(`${extractor.appId}:%ZZ%`)}`],
  ])('is refused as a credential: %s', async (_, authorization) => {
    const answer = await requestToken(doorstep, withoutSecret, { headers: { authorization } })
    expectRefusal(answer, {
      status: [400, 401],
      error: ['invalid_client', 'invalid_request', 'unauthorized_client'],
      code: [7000215, 7000216, 7000218, 900144, 9002313, 90013, 90004, 700016],
    })
  })

  it('is refused when its client is unknown', async () => {
    const headers = basic(unknownId, extractor.secret, 'encoded')
    const answer = await requestToken(doorstep, { ...withoutSecret, client_id: undefined }, { headers })
    expectRefusal(answer, unknownApplication(unknownId))
  })

  it('never authenticates another client than the one it names', async () => {
    const headers = basic(extractor.appId, extractor.secret, 'encoded')
    const answer = await requestToken(doorstep, { ...withoutSecret, client_id: keyless.appId }, { headers })
    expect([400, 401]).toContain(answer.status)
    expectNoSecret(answer)
  })

  it('with a wrong secret is not helped by a scope that is right', async () => {
    const headers = basic(extractor.appId, extractor.keyId, 'raw')
    const answer = await requestToken(doorstep, { ...withoutSecret, client_id: undefined }, { headers })
    expectRefusal(answer, invalidSecret(extractor.appId))
  })
})

describe('the correlation id of a refusal', () => {
  const id = '2f1e0d3c-4b5a-4968-8776-655443322110'
  const wrong = { ...good, client_secret: 'wrong' }

  it('is the client-request-id header', async () => {
    const answer = await requestToken(doorstep, wrong, { headers: { 'client-request-id': id } })
    expectRefusal(answer, invalidSecret(extractor.appId))
    expect(answer.body.correlation_id).toBe(id)
    expect(answer.headers['client-request-id']).toBe(id)
  })

  it('is client-request-id in the query, where MSAL JS puts it', async () => {
    const answer = await requestToken(doorstep, wrong, { query: `?client-request-id=${id}` })
    expectRefusal(answer, invalidSecret(extractor.appId))
    expect(answer.body.correlation_id).toBe(id)
  })

  it('is new when the request has none, as the trace id always is', async () => {
    const [first, second] = [await requestToken(doorstep, wrong), await requestToken(doorstep, wrong)]
    expect(first.body.correlation_id).not.toBe(second.body.correlation_id)
    expect(first.body.trace_id).not.toBe(second.body.trace_id)
    expect(first.body.trace_id).not.toBe(first.body.correlation_id)
  })

  it('cannot add lines to the answer', async () => {
    const answer = await requestToken(doorstep, wrong, { query: '?client-request-id=a%0d%0aset-cookie:%20x=y' })
    expect(answer.status).toBe(401)
    expect(JSON.stringify(answer.headers['set-cookie'] ?? '')).not.toContain('x=y')
  })
})

describe('a refusal under the real name', () => {
  it('points to the look-up page of the real name', async () => {
    const answer = await sendRaw(doorstep, {
      host: realName,
      method: 'POST',
      path: tokenPath,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: encodedForm({ ...good, client_secret: 'wrong' }),
    })
    expectRefusal(answer, invalidSecret(extractor.appId))
    expect(answer.body.error_uri).toBe('https://login.microsoftonline.com/error?code=7000215')
  })
})

describe('what an administrator set through Microsoft Graph', () => {
  interface Registered {
    readonly appId: string
    readonly principalId: string
  }
  const ask = async (method: string, path: string, body: unknown, status: number) => {
    const answer = await doorstep.graph.request(method, path, body)
    expect(answer.status, answer.text).toBe(status)
    return answer.body
  }
  const register = async (displayName: string): Promise<Registered & { secret: string }> => {
    const { id, appId } = await ask('POST', '/v1.0/applications', { displayName }, 201)
    const principal = await ask('POST', '/v1.0/servicePrincipals', { appId }, 201)
    const { secretText } = await ask('POST', `/v1.0/applications/${id}/addPassword`, {}, 200)
    return { appId, principalId: principal.id, secret: secretText }
  }
  const tokenFor = (client: Registered & { secret: string }, api: Registered) =>
    requestToken(
      doorstep,
      clientCredentials({ client_id: client.appId, client_secret: client.secret, scope: `${api.appId}/.default` }),
      { tenant: doorstep.tenantId },
    )

  it('keeps applications without a role from an API that requires an assignment', async () => {
    const [client, api] = [await register('unassigned'), await register('guarded')]
    accessTokenOf(await tokenFor(client, api))
    await ask('PATCH', `/v1.0/servicePrincipals/${api.principalId}`, { appRoleAssignmentRequired: true }, 204)
    expectRefusal(await tokenFor(client, api), {
      status: 400,
      error: 'invalid_grant',
      code: 501051,
      text: `Application '${client.appId}'(unassigned) is not assigned to a role for the application '${api.appId}'(guarded).`,
    })
  })

  it('keeps a disabled application out', async () => {
    const [client, api] = [await register('switched off'), await register('open')]
    await ask('PATCH', `/v1.0/servicePrincipals/${client.principalId}`, { accountEnabled: false }, 204)
    expectRefusal(await tokenFor(client, api), {
      status: 400,
      error: 'unauthorized_client',
      code: 7000112,
      text: `Application '${client.appId}'(switched off) is disabled.`,
    })
    await ask('PATCH', `/v1.0/servicePrincipals/${client.principalId}`, { accountEnabled: true }, 204)
    accessTokenOf(await tokenFor(client, api))
  })
})

describe('as time goes by', () => {
  const form = { ...good, client_id: shortLived.appId, client_secret: shortLived.secret }

  afterAll(() => doorstep?.control.request('POST', '/clock', { reset: true }))

  it('a secret expires, though it was accepted before', async () => {
    accessTokenOf(await requestToken(doorstep, form))
    const moved = await doorstep.control.request('POST', '/clock', { advanceSeconds: 2 * 86_400 })
    expect(moved.status).toBe(200)
    const answer = await requestToken(doorstep, form)
    expectRefusal(answer, expiredSecret(shortLived.appId))
    const day = (text: string) => text.slice(0, 10)
    expect(day(answer.body.timestamp)).toBe(day(moved.body.now))
  })

  it('the other applications go on', async () => {
    await expectStillServing()
  })
})

describe('a path that cannot be a tenant', () => {
  it.each([
    ['has a broken escape', '/%zz/oauth2/v2.0/token'],
    ['is endless', `/${'a'.repeat(600)}/oauth2/v2.0/token`],
  ])('that %s is refused in the platform’s own form', async (_name, path) => {
    const answer = await doorstep.request('POST', path, 'grant_type=client_credentials')
    expect(answer.status).toBe(400)
    expect(answer.body.error_codes).toEqual([900023])
  })
})
