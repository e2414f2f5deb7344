import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'

let doorstep: RunningDoorstep
const graph = (...sent: Parameters<RunningDoorstep['graph']['request']>) => doorstep.graph.request(...sent)

beforeAll(async () => {
  doorstep = await startDoorstep()
})
afterAll(() => doorstep.stop())

const someId = (number: number) => `00000000-1111-4222-8333-${String(number).padStart(12, '0')}`
const many = <Item>(count: number, make: (number: number) => Item) => Array.from({ length: count }, (_, n) => make(n))
const scope = (number: number, more: object = {}) => ({ id: someId(number), value: `Data.Read${number}`, ...more })
const role = (number: number, more: object = {}) => ({
  id: someId(number),
  value: `Role${number}`,
  displayName: 'r',
  description: 'r',
  allowedMemberTypes: ['User'],
  ...more,
})
const web = (...redirectUris: readonly unknown[]) => ({ web: { redirectUris } })
const api = (more: object) => ({ api: more })
const access = (...lists: readonly number[]) => ({
  requiredResourceAccess: lists.map((count, position) => ({
    resourceAppId: someId(position),
    resourceAccess: many(count, (number) => ({ id: someId(number), type: 'Scope' })),
  })),
})
const personal = (more: object = {}, ofApi: object = {}) => ({
  signInAudience: 'AzureADandPersonalMicrosoftAccount',
  api: { requestedAccessTokenVersion: 2, ...ofApi },
  ...more,
})
const uris = (count: number) => many(count, (number) => `https://app.example/${number}`)

/** What nobody can register, and which property the refusal names. */
const refused: readonly (readonly [body: object, property: string])[] = [
  [{ displayName: 7 }, 'displayName'],
  [{ displayName: null }, 'displayName'],
  [{ displayName: 'x'.repeat(257) }, 'displayName'],
  [{ description: 'x'.repeat(1025) }, 'description'],
  [{ notes: 'x'.repeat(1025) }, 'notes'],
  [{ colour: 'red' }, 'colour'],
  [{ web: { colour: 'red' } }, 'web.colour'],
  [{ web: 'https://app.example' }, 'web'],
  [{ id: someId(1) }, 'id'],
  [{ appId: someId(1) }, 'appId'],
  [{ createdDateTime: '2030-01-01T00:00:00Z' }, 'createdDateTime'],
  [{ publisherDomain: 'contoso.example' }, 'publisherDomain'],
  [{ verifiedPublisher: {} }, 'verifiedPublisher'],
  [{ customSecurityAttributes: { Engineering: {} } }, 'customSecurityAttributes'],
  [{ servicePrincipalLockConfiguration: { isEnabled: true } }, 'servicePrincipalLockConfiguration'],
  [{ passwordCredentials: [{ displayName: 'x' }] }, 'passwordCredentials'],
  [{ isFallbackPublicClient: 'yes' }, 'isFallbackPublicClient'],
  [{ tags: 'a' }, 'tags'],
  [{ tags: [''] }, 'tags[0]'],
  [{ tags: ['a b'] }, 'tags[0]'],
  [{ tags: ['x'.repeat(257)] }, 'tags[0]'],
  [{ groupMembershipClaims: 'Everything' }, 'groupMembershipClaims'],
  [{ optionalClaims: { idToken: [{}] } }, 'optionalClaims.idToken[0].name'],

  [web('http://app.example/cb'), 'web.redirectUris[0]'],
  [web('https://app.example/#x'), 'web.redirectUris[0]'],
  [web('app.example/cb'), 'web.redirectUris[0]'],
  [web('custom://auth'), 'web.redirectUris[0]'],
  [web(`https://app.example/${'x'.repeat(240)}`), 'web.redirectUris[0]'],
  [web('https://app.example', 7), 'web.redirectUris[1]'],
  [{ spa: { redirectUris: ['http://app.example'] } }, 'spa.redirectUris[0]'],
  [{ publicClient: { redirectUris: ['javascript:alert'] } }, 'publicClient.redirectUris[0]'],
  [{ ...web('https://app.example/'), spa: { redirectUris: ['https://app.example/'] } }, 'spa.redirectUris'],
  [web(...uris(257)), 'redirectUris'],
  [{ web: { logoutUrl: 'http://app.example/out' } }, 'web.logoutUrl'],
  [{ web: { homePageUrl: 'app' } }, 'web.homePageUrl'],

  [{ identifierUris: ['nonsense'] }, 'identifierUris'],
  [{ identifierUris: [`https://localhost/${'x'.repeat(250)}`] }, 'identifierUris[0]'],
  [{ identifierUris: 'https://localhost/x' }, 'identifierUris'],

  [api({ requestedAccessTokenVersion: 3 }), 'api.requestedAccessTokenVersion'],
  [api({ oauth2PermissionScopes: [scope(1, { id: 'x' })] }), 'api.oauth2PermissionScopes[0].id'],
  [api({ oauth2PermissionScopes: [scope(1, { value: '.x' })] }), 'api.oauth2PermissionScopes[0].value'],
  [api({ oauth2PermissionScopes: [scope(1, { value: 'a b' })] }), 'api.oauth2PermissionScopes[0].value'],
  [api({ oauth2PermissionScopes: [scope(1, { value: 'ä' })] }), 'api.oauth2PermissionScopes[0].value'],
  [api({ oauth2PermissionScopes: [scope(1, { value: 'x'.repeat(121) })] }), 'api.oauth2PermissionScopes[0].value'],
  [api({ oauth2PermissionScopes: [scope(1, { type: 'Everybody' })] }), 'api.oauth2PermissionScopes[0].type'],
  [api({ oauth2PermissionScopes: [scope(1), scope(1, { value: 'y' })] }), 'api.oauth2PermissionScopes'],
  [api({ oauth2PermissionScopes: [scope(1), scope(2, { value: 'Data.Read1' })] }), 'api.oauth2PermissionScopes'],
  [{ ...api({ oauth2PermissionScopes: [scope(1)] }), appRoles: [role(1)] }, 'appRoles'],
  [{ appRoles: [role(1), role(2, { value: 'Role1' })] }, 'appRoles'],
  [{ appRoles: [role(1, { allowedMemberTypes: [] })] }, 'appRoles[0].allowedMemberTypes'],
  [{ appRoles: [role(1, { allowedMemberTypes: ['Group'] })] }, 'appRoles[0].allowedMemberTypes[0]'],
  [{ appRoles: [role(1, { displayName: '' })] }, 'appRoles[0].displayName'],
  [{ appRoles: many(701, (number) => role(number)) }, 'appRoles'],
  [
    api({ preAuthorizedApplications: [{ appId: someId(1), delegatedPermissionIds: [someId(9)] }] }),
    'api.preAuthorizedApplications',
  ],
  [
    api({ preAuthorizedApplications: many(2, () => ({ appId: someId(1), delegatedPermissionIds: [] })) }),
    'api.preAuthorizedApplications',
  ],
  [api({ preAuthorizedApplications: [{ appId: someId(1), permissionIds: [] }] }), 'api.preAuthorizedApplications[0]'],
  [api({ knownClientApplications: ['x'] }), 'api.knownClientApplications[0]'],

  [access(401), 'requiredResourceAccess'],
  [access(...many(51, () => 1)), 'requiredResourceAccess'],
  [
    { requiredResourceAccess: many(2, () => ({ resourceAppId: someId(1), resourceAccess: [] })) },
    'requiredResourceAccess',
  ],
  [
    { requiredResourceAccess: [{ resourceAppId: someId(1), resourceAccess: [{ id: someId(1), type: 'Both' }] }] },
    'requiredResourceAccess[0].resourceAccess[0].type',
  ],

  [{ signInAudience: 'Everybody' }, 'signInAudience'],
  [{ signInAudience: 'AzureADandPersonalMicrosoftAccount' }, 'api.requestedAccessTokenVersion'],
  [
    { signInAudience: 'PersonalMicrosoftAccount', api: { requestedAccessTokenVersion: 1 } },
    'api.requestedAccessTokenVersion',
  ],
  [personal(web(...uris(101))), 'redirectUris'],
  [personal(web('https://app.example/?x=1')), 'web.redirectUris'],
  [personal(web('https://*.app.example/')), 'web.redirectUris'],
  [personal({ web: { logoutUrl: 'http://localhost/out' } }), 'web.logoutUrl'],
  [personal({ displayName: 'x'.repeat(91) }), 'displayName'],
  [personal({ identifierUris: ['https://localhost/x?y=1'] }), 'identifierUris'],
  [personal({ identifierUris: [`https://localhost/${'x'.repeat(120)}`] }), 'identifierUris'],
  [personal(access(31)), 'requiredResourceAccess'],
  [personal(access(...many(7, () => 30))), 'requiredResourceAccess'],
  [personal({}, { oauth2PermissionScopes: many(101, (number) => scope(number)) }), 'api.oauth2PermissionScopes'],
  [personal({}, { oauth2PermissionScopes: [scope(1, { value: 'x'.repeat(41) })] }), 'api.oauth2PermissionScopes'],
]

const taken: readonly object[] = [
  { displayName: 'x'.repeat(256) },
  { tags: ['HideApp', 'a'] },
  web(...uris(256)),
  web('http://localhost:3000', 'http://127.0.0.1/cb', 'https://app.example/?x=1', 'https://*.app.example/cb'),
  { publicClient: { redirectUris: ['msal://auth', 'urn:ietf:wg:oauth:2.0:oob'] } },
  { web: { logoutUrl: 'https://localhost/out' } },
  { identifierUris: ['https://localhost/azure-monitor'] },
  access(400),
  {
    ...api({ oauth2PermissionScopes: [scope(1, { value: 'Data.Read' })] }),
    appRoles: [role(2, { value: 'Data.Read' })],
  },
  { appRoles: many(2, (number) => role(number, { value: null })) },
  personal({ ...web(...uris(100)), displayName: 'x'.repeat(90) }),
  { signInAudience: 'AzureADMultipleOrgs' },
]

describe('a registration', () => {
  it.each(refused)('is refused with %j: %s', async (body, property) => {
    const made = await graph('POST', '/v1.0/applications', { displayName: 'x', ...body })
    expect(made.status, made.text).toBe(400)
    expect(made.body.error.code).toMatch(/^(Request_BadRequest|HostNameNotOnVerifiedDomain)$/)
    expect(made.body.error.message).toContain(property)
  })

  it.each(taken)('is taken with %j, and by a change too', async (body) => {
    const made = await graph('POST', '/v1.0/applications', { displayName: 'x', ...body })
    expect(made.status, made.text).toBe(201)
    await graph('DELETE', `/v1.0/applications/${made.body.id}`)
    const { id } = (await graph('POST', '/v1.0/applications', { displayName: 'x' })).body
    const changed = await graph('PATCH', `/v1.0/applications/${id}`, body)
    expect(changed.status, changed.text).toBe(204)
    await graph('DELETE', `/v1.0/applications/${id}`)
  })

  it('is refused the same when it changes', async () => {
    const { id } = (await graph('POST', '/v1.0/applications', { displayName: 'x' })).body
    for (const [body, property] of refused) {
      const changed = await graph('PATCH', `/v1.0/applications/${id}`, body)
      expect(changed.status, JSON.stringify(body)).toBe(400)
      expect(changed.body.error.message).toContain(property)
    }
  })

  it('is judged as a whole when its accounts change', async () => {
    const { id } = (await graph('POST', '/v1.0/applications', { displayName: 'x', ...web(...uris(101)) })).body
    const path = `/v1.0/applications/${id}`
    const audience = await graph('PATCH', path, personal())
    expect([audience.status, audience.body.error.message]).toEqual([400, expect.stringContaining('redirectUris')])
    expect((await graph('PATCH', path, personal(web('https://app.example/')))).status).toBe(204)
    const back = { signInAudience: 'AzureADMyOrg', api: { requestedAccessTokenVersion: null } }
    expect((await graph('PATCH', path, back)).status).toBe(204)
  })

  it.each([
    [
      api({ oauth2PermissionScopes: [scope(1)] }),
      api({ oauth2PermissionScopes: [] }),
      api({ oauth2PermissionScopes: [scope(1, { isEnabled: false })] }),
    ],
    [{ appRoles: [role(1)] }, { appRoles: [] }, { appRoles: [role(1, { isEnabled: false })] }],
  ])('keeps %j until it is disabled', async (with_, without, disabled) => {
    const { id } = (await graph('POST', '/v1.0/applications', { displayName: 'x', ...with_ })).body
    const refusal = await graph('PATCH', `/v1.0/applications/${id}`, without)
    expect([refusal.status, refusal.body.error.code]).toEqual([400, 'CannotDeleteOrUpdateEnabledEntitlement'])
    expect((await graph('PATCH', `/v1.0/applications/${id}`, disabled)).status).toBe(204)
    expect((await graph('PATCH', `/v1.0/applications/${id}`, without)).status).toBe(204)
  })
})

describe('a unique name', () => {
  const prefer = { prefer: 'create-if-missing' }

  it('addresses its application, makes it when it is missing, and stays', async () => {
    const path = "/v1.0/applications(uniqueName='the-one')"
    const missing = await graph('PATCH', path, { displayName: 'x' })
    expect([missing.status, missing.body.error.code]).toEqual([404, 'Request_ResourceNotFound'])
    const made = await graph('PATCH', path, { displayName: 'One' }, prefer)
    expect([made.status, made.body.uniqueName, made.body.displayName]).toEqual([201, 'the-one', 'One'])
    const changed = await graph('PATCH', path, { displayName: 'Still one' }, prefer)
    expect(changed.status).toBe(204)
    const read = await graph('GET', "/v1.0/applications(uniqueName='The-One')")
    expect(read.body).toMatchObject({ id: made.body.id, displayName: 'Still one' })
    const other = await graph('PATCH', path, { uniqueName: 'another' })
    expect([other.status, other.body.error.message]).toEqual([400, expect.stringContaining("'uniqueName'")])
    expect((await graph('PATCH', path, { uniqueName: null })).status).toBe(400)
    const twin = await graph('POST', '/v1.0/applications', { displayName: 'x', uniqueName: 'THE-ONE' })
    expect([twin.status, twin.body.error.details[0].target]).toEqual([409, 'uniqueName'])
    expect((await graph('DELETE', path)).status).toBe(204)
    const nameless = await graph('PATCH', path, {}, prefer)
    expect([nameless.status, nameless.body.error.message]).toEqual([400, expect.stringContaining("'displayName'")])
  })

  it('is no key of other collections', async () => {
    const { status, body } = await graph('GET', "/v1.0/servicePrincipals(uniqueName='x')")
    expect([status, body.error.code]).toEqual([400, 'BadRequest'])
  })
})

describe('secrets', () => {
  const newPath = async (properties: object = {}) => {
    const { id } = (await graph('POST', '/v1.0/applications', { displayName: 'x', ...properties })).body
    return `/v1.0/applications/${id}/addPassword`
  }

  it.each([
    [{ displayName: 'x'.repeat(257) }, 'displayName'],
    [{ displayName: 7 }, 'displayName'],
    [{ startDateTime: 'tomorrow' }, 'startDateTime'],
    [{ startDateTime: '2040-01-01T00:00:00Z', endDateTime: '2039-01-01T00:00:00Z' }, 'endDateTime'],
    [{ endDateTime: '2020-01-01T00:00:00Z' }, 'endDateTime'],
    [{ secretText: 'mine' }, 'secretText'],
    [{ hint: 'abc' }, 'hint'],
    [{ keyId: 'x' }, 'keyId'],
    [{ colour: 'red' }, 'colour'],
  ])('are refused with %j', async (passwordCredential, property) => {
    const { status, body } = await graph('POST', await newPath(), { passwordCredential })
    expect([status, body.error.message]).toEqual([400, expect.stringContaining(property)])
  })

  it('keep the id that Azure PowerShell gives them, each once', async () => {
    const path = await newPath()
    const passwordCredential = { keyId: someId(7), customKeyIdentifier: 'YQ==' }
    const made = await graph('POST', path, { passwordCredential })
    expect([made.status, made.body.keyId]).toEqual([200, someId(7)])
    expect((await graph('POST', path, { passwordCredential })).status).toBe(409)
  })

  it('are two at most with personal accounts', async () => {
    const path = await newPath(personal())
    const statuses = [await graph('POST', path, {}), await graph('POST', path, {}), await graph('POST', path, {})]
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 400])
    expect(statuses[2]?.body.error.message).toContain('passwordCredentials')
  })
})

describe('what only the real platform has', () => {
  it.each([
    ['GET', '/v1.0/applicationTemplates'],
    ['GET', '/v1.0/applications/:id/logo'],
    ['PUT', '/v1.0/applications/:id/logo'],
    ['POST', '/v1.0/applications/:id/setVerifiedPublisher'],
    ['GET', '/v1.0/applications/:id/extensionProperties'],
    ['GET', '/beta/applications/:id/synchronization/templates'],
    ['POST', '/v1.0/directory/deletedItems/getUserOwnedObjects'],
  ])('is not there for %s %s', async (method, path) => {
    const { id } = (await graph('POST', '/v1.0/applications', { displayName: 'x' })).body
    const { status, body } = await graph(method, path.replace(':id', id), method === 'GET' ? undefined : {})
    expect([status, body.error.code]).toEqual([404, 'ResourceNotFound'])
  })
})
