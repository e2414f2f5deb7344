import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, startDoorstep } from '../support/start-doorstep.ts'

type Doorstep = Awaited<ReturnType<typeof startDoorstep>>

const graphAppId = '00000003-0000-0000-c000-000000000000'
const userRead = 'e1fe6dd8-ba31-4d61-89e7-88639da4683d'
const userReadAll = 'df021288-bdef-4463-88db-98f22de89214'
const nobody = '00000000-1111-2222-3333-444444444444'

let doorstep: Doorstep
let graphApi: { id: string }
const graph = (...sent: Parameters<Doorstep['graph']['request']>) => doorstep.graph.request(...sent)

beforeAll(async () => {
  doorstep = await startDoorstep()
  graphApi = (await graph('GET', `/v1.0/servicePrincipals(appId='${graphAppId}')`)).body
})
afterAll(() => doorstep.stop())

async function newPair(properties: object = {}) {
  const application = (await graph('POST', '/v1.0/applications', { displayName: 'demo', ...properties })).body
  const servicePrincipal = (await graph('POST', '/v1.0/servicePrincipals', { appId: application.appId })).body
  return { application, servicePrincipal }
}

describe('service principals', () => {
  it('mirror their application', async () => {
    const role = { id: nobody, value: 'Tasks.Read', displayName: 't', description: 't', allowedMemberTypes: ['User'] }
    const { application, servicePrincipal } = await newPair({
      appRoles: [role],
      publicClient: { redirectUris: ['http://localhost'] },
    })
    expect(servicePrincipal).toMatchObject({
      appId: application.appId,
      appOwnerOrganizationId: doorstep.tenantId,
      accountEnabled: true,
      servicePrincipalType: 'Application',
      servicePrincipalNames: [application.appId],
      replyUrls: ['http://localhost'],
      appRoles: [{ value: 'Tasks.Read', origin: 'Application' }],
      passwordCredentials: [],
      keyCredentials: [],
    })
    expect(servicePrincipal.id).not.toBe(application.id)
  })

  it('are refused for an application that is not there, in the words that Azure CLI retries on', async () => {
    const { status, body } = await graph('POST', '/v1.0/servicePrincipals', { appId: nobody, accountEnabled: true })
    expect(status).toBe(400)
    expect(body.error.code).toBe('Request_BadRequest')
    expect(body.error.message).toContain('does not reference a valid application object')
  })

  it('exist once per application, and say so in words that Azure CLI does not retry on', async () => {
    const { application } = await newPair()
    const { status, body } = await graph('POST', '/v1.0/servicePrincipals', { appId: application.appId })
    expect([status, body.error.code]).toEqual([409, 'Request_MultipleObjectsWithSameKeyValue'])
    expect(body.error.message).not.toMatch(/ does not (exist|reference) /)
  })

  it('are changed and deleted, and leave their application', async () => {
    const { application, servicePrincipal } = await newPair()
    const path = `/v1.0/servicePrincipals/${servicePrincipal.id}`
    const change = { accountEnabled: false, appRoleAssignmentRequired: true, tags: ['x'] }
    expect((await graph('PATCH', path, change)).status).toBe(204)
    expect((await graph('GET', path)).body).toMatchObject(change)
    expect((await graph('PATCH', path, { appId: nobody })).body.error.message).toMatch(/'appId' is read-only/)
    expect((await graph('DELETE', path)).status).toBe(204)
    expect((await graph('GET', path)).status).toBe(404)
    expect((await graph('GET', `/v1.0/applications/${application.id}`)).status).toBe(200)
  })
})

describe('the properties of a service principal', () => {
  const writable = {
    displayName: 'renamed',
    accountEnabled: false,
    appRoleAssignmentRequired: true,
    description: 'for people',
    notes: 'for administrators',
    homepage: 'https://app.contoso.example',
    loginUrl: 'https://app.contoso.example/login',
    tags: ['HideApp', 'WindowsAzureActiveDirectoryIntegratedApp'],
    alternativeNames: ['isExplicit=True'],
    notificationEmailAddresses: ['admin@contoso.example'],
    preferredSingleSignOnMode: 'saml',
  }

  it('can be set when it is made and changed later', async () => {
    const { appId } = (await graph('POST', '/v1.0/applications', { displayName: 'demo' })).body
    const made = await graph('POST', '/v1.0/servicePrincipals', { appId, ...writable, passwordCredentials: [] })
    expect(made.status, made.text).toBe(201)
    expect(made.body).toMatchObject(writable)
    const { servicePrincipal } = await newPair()
    const path = `/v1.0/servicePrincipals/${servicePrincipal.id}`
    expect((await graph('PATCH', path, writable)).status).toBe(204)
    expect((await graph('GET', path)).body).toMatchObject(writable)
    const cleared = { description: null, notes: null, homepage: null, loginUrl: null, preferredSingleSignOnMode: null }
    expect((await graph('PATCH', path, { ...cleared, tags: [] })).status).toBe(204)
    expect((await graph('GET', path)).body).toMatchObject({
      ...cleared,
      tags: [],
      alternativeNames: ['isExplicit=True'],
    })
  })

  it.each([
    [{ appDisplayName: 'x' }, /'appDisplayName' is read-only/],
    [{ servicePrincipalNames: [] }, /'servicePrincipalNames' is read-only/],
    [{ appOwnerOrganizationId: nobody }, /'appOwnerOrganizationId' is read-only/],
    [{ accountEnabled: 'no' }, /'accountEnabled'/],
    [{ displayName: '' }, /'displayName'/],
    [{ homepage: 'app' }, /'homepage'/],
    [{ tags: ['a b'] }, /'tags\[0\]'/],
    [{ notificationEmailAddresses: ['nobody'] }, /'notificationEmailAddresses\[0\]'/],
    [{ preferredSingleSignOnMode: 'magic' }, /'preferredSingleSignOnMode'/],
    [{ replyUrls: ['https://elsewhere.example'] }, /'replyUrls'/],
    [{ customSecurityAttributes: { Engineering: {} } }, /'customSecurityAttributes'/],
    [{ passwordCredentials: [{}] }, /addPassword/],
    [{ samlSingleSignOnSettings: { relayState: 'x' } }, /'samlSingleSignOnSettings'/],
    [{ colour: 'red' }, /'colour'/],
  ])('are refused: %j', async (body, message) => {
    const { servicePrincipal } = await newPair()
    const refused = await graph('PATCH', `/v1.0/servicePrincipals/${servicePrincipal.id}`, body)
    expect([refused.status, refused.body.error.code]).toEqual([400, 'Request_BadRequest'])
    expect(refused.body.error.message).toMatch(message)
  })

  it('that mirror the application can be written back as they were read', async () => {
    const { servicePrincipal } = await newPair({ web: { redirectUris: ['https://app.contoso.example/cb'] } })
    const { replyUrls } = servicePrincipal
    expect(replyUrls).toEqual(['https://app.contoso.example/cb'])
    const path = `/v1.0/servicePrincipals/${servicePrincipal.id}`
    expect((await graph('PATCH', path, { replyUrls, notes: 'x' })).status).toBe(204)
  })

  it('make it where it is missing, when that is preferred', async () => {
    const { appId } = (await graph('POST', '/v1.0/applications', { displayName: 'demo' })).body
    const path = `/v1.0/servicePrincipals(appId='${appId}')`
    expect((await graph('PATCH', path, { notes: 'x' })).status).toBe(404)
    const prefer = { prefer: 'create-if-missing' }
    const made = await graph('PATCH', path, { notes: 'x' }, prefer)
    expect([made.status, made.body.appId, made.body.notes]).toEqual([201, appId, 'x'])
    expect((await graph('PATCH', path, { notes: 'y' }, prefer)).status).toBe(204)
    expect((await graph('GET', path)).body).toMatchObject({ id: made.body.id, notes: 'y' })
  })
})

describe('delegated consent', () => {
  it('is recorded, listed, changed and withdrawn, under ids whose case counts', async () => {
    const { servicePrincipal } = await newPair()
    const { status, body: grant } = await graph('POST', '/v1.0/oauth2PermissionGrants', {
      clientId: servicePrincipal.id,
      consentType: 'AllPrincipals',
      principalId: null,
      resourceId: graphApi.id,
      scope: ' User.Read  openid ',
    })
    expect(status).toBe(201)
    expect(grant).toMatchObject({ clientId: servicePrincipal.id, principalId: null, scope: 'User.Read openid' })
    expect(grant['@odata.context']).toMatch(/#oauth2PermissionGrants\/\$entity$/)

    const filter = encodeURIComponent(`clientId eq '${servicePrincipal.id}'`)
    const listed = await graph('GET', `/v1.0/oauth2PermissionGrants?$filter=${filter}`)
    expect(listed.body.value).toMatchObject([{ id: grant.id }])
    const other = encodeURIComponent(`clientId eq '${servicePrincipal.id}' and consentType eq 'Principal'`)
    expect((await graph('GET', `/v1.0/oauth2PermissionGrants?$filter=${other}`)).body.value).toEqual([])

    expect((await graph('PATCH', `/v1.0/oauth2PermissionGrants/${grant.id}`, { scope: 'User.Read' })).status).toBe(204)
    const read = await graph('GET', `/v1.0/oAuth2PermissionGrants/${grant.id}`)
    expect(read.body.scope).toBe('User.Read')
    expect((await graph('DELETE', `/v1.0/oAuth2PermissionGrants/${grant.id}`)).status).toBe(204)
    expect((await graph('GET', `/v1.0/oauth2PermissionGrants/${grant.id}`)).status).toBe(404)
  })

  it('is listed for the whole tenant, page by page, and filtered', async () => {
    const made: string[] = []
    for (const scope of ['User.Read', 'openid', 'profile']) {
      const clientId = (await newPair()).servicePrincipal.id
      const grant = { clientId, consentType: 'AllPrincipals', resourceId: graphApi.id, scope }
      made.push((await graph('POST', '/v1.0/oauth2PermissionGrants', grant)).body.id)
    }
    const seen: string[] = []
    for (let next: string | undefined = '/v1.0/oauth2PermissionGrants?$top=2&$select=id'; next !== undefined; ) {
      const { status, body, text }: Answer = await graph('GET', next)
      expect(status, text).toBe(200)
      expect(body.value.length).toBeLessThanOrEqual(2)
      seen.push(...body.value.map(({ id }: { id: string }) => id))
      next = body['@odata.nextLink']?.replace(/^.*(?=\/v1\.0\/)/, '')
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining(made))
    for (const [filter, isFound] of [
      [`resourceId eq '${graphApi.id}'`, true],
      ["consentType eq 'AllPrincipals'", true],
      ["consentType eq 'Principal'", false],
      [`resourceId eq '${nobody}'`, false],
    ] as const) {
      const { body } = await graph('GET', `/v1.0/oauth2PermissionGrants?$filter=${encodeURIComponent(filter)}`)
      const ids = body.value.map(({ id }: { id: string }) => id)
      expect(made.map((id) => ids.includes(id))).toEqual([isFound, isFound, isFound])
    }
  })

  it('is refused twice, for a client id instead of an object id, and without a user', async () => {
    const { application, servicePrincipal } = await newPair()
    const grant = { clientId: servicePrincipal.id, resourceId: graphApi.id, scope: 'User.Read' }
    const forAll = { ...grant, consentType: 'AllPrincipals' }
    expect((await graph('POST', '/v1.0/oauth2PermissionGrants', forAll)).status).toBe(201)
    const twice = await graph('POST', '/v1.0/oauth2PermissionGrants', forAll)
    expect([twice.status, twice.body.error.message]).toEqual([409, 'Permission entry already exists.'])
    const confused = await graph('POST', '/v1.0/oauth2PermissionGrants', { ...forAll, clientId: application.appId })
    expect([confused.status, confused.body.error.message]).toEqual([400, expect.stringContaining(servicePrincipal.id)])
    const forOne = await graph('POST', '/v1.0/oauth2PermissionGrants', { ...grant, consentType: 'Principal' })
    expect([forOne.status, forOne.body.error.message]).toEqual([400, expect.stringContaining('principalId')])
  })
})

describe('app role assignments', () => {
  it('are given, seen from both sides, and taken away', async () => {
    const { servicePrincipal } = await newPair()
    const wanted = { principalId: servicePrincipal.id, resourceId: graphApi.id, appRoleId: userReadAll }
    const given = await graph('POST', `/v1.0/servicePrincipals/${graphApi.id}/appRoleAssignedTo`, wanted)
    expect(given.status).toBe(201)
    expect(given.body).toMatchObject({ ...wanted, principalType: 'ServicePrincipal', principalDisplayName: 'demo' })
    expect(given.body['@odata.context']).toMatch(`#servicePrincipals('${graphApi.id}')/appRoleAssignedTo/$entity`)

    const held = await graph('GET', `/v1.0/servicePrincipals/${servicePrincipal.id}/appRoleAssignments`)
    expect(held.body.value).toMatchObject([{ id: given.body.id }])
    const filter = encodeURIComponent(`principalId eq ${servicePrincipal.id}`)
    const seen = await graph('GET', `/v1.0/servicePrincipals/${graphApi.id}/appRoleAssignedTo?$filter=${filter}`)
    expect(seen.body.value).toMatchObject([{ id: given.body.id }])

    const twice = await graph('POST', `/v1.0/servicePrincipals/${servicePrincipal.id}/appRoleAssignments`, wanted)
    expect(twice.status).toBe(400)
    const path = `/v1.0/servicePrincipals/${graphApi.id}/appRoleAssignedTo/${given.body.id}`
    expect((await graph('DELETE', path)).status).toBe(204)
    expect((await graph('DELETE', path)).status).toBe(404)
  })

  it.each([
    ['a delegated permission', { appRoleId: userRead }, /Permission being assigned was not found/],
    ['an unknown role', { appRoleId: nobody }, /^Not a valid reference update/],
    ['an unknown principal', { principalId: nobody }, /'principalId'/],
  ])('are refused: %s', async (_what, wrong, message) => {
    const { servicePrincipal } = await newPair()
    const path = `/v1.0/servicePrincipals/${servicePrincipal.id}/appRoleAssignments`
    const wanted = { principalId: servicePrincipal.id, resourceId: graphApi.id, appRoleId: userReadAll, ...wrong }
    const { status, body } = await graph('POST', path, wanted)
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code: 'Request_BadRequest', message: expect.stringMatching(message) })
  })
})
