import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { robotic, signedIn, staffSeed, stockApi } from '../graph/staff.ts'
import { fabrikam } from '../login/contoso.ts'
import { accessTokenOf, requestToken } from '../login/request-token.ts'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'

const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const portalBackend = '74658136-14ec-4630-ad9b-26e160ff0fc6'
const microsoftGraph = '00000003-0000-0000-c000-000000000000'
const userRead = { id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' }
const applicationsOfGraph = { id: '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9', type: 'Role' }
const cloudApplicationAdministrator = '158c047a-c907-4556-b7ef-446551a6b5f7'
const absentApi = '0c1d2e3f-4a5b-4c6d-8e7f-90a1b2c3d4e5'
const clerk = { id: stockApi.clerkRole, type: 'Role' }
const foreigner = '1d2e3f4a-5b6c-4d7e-8f90-a1b2c3d4e5f6'

const access = (resourceAppId: string, ...resourceAccess: readonly object[]) => ({ resourceAppId, resourceAccess })

let doorstep: RunningDoorstep
beforeAll(async () => {
  const { tenants } = JSON.parse(staffSeed())
  const other = {
    tenantId: fabrikam.tenantId,
    displayName: fabrikam.name,
    domain: fabrikam.domain,
    applications: [{ displayName: 'foreigner', appId: foreigner, signInAudience: 'AzureADMultipleOrgs' }],
  }
  doorstep = await startDoorstep({ seed: JSON.stringify({ tenants: [...tenants, other] }) })
})
afterAll(() => doorstep?.stop())

async function tokenOf(name: string, resource = portalBackend): Promise<string> {
  const username = `${name}@contoso.example`
  const form = { client_id: azureCli, scope: `${resource}/.default`, grant_type: 'password', username }
  return accessTokenOf(await requestToken(doorstep, { ...form, password: 'Correct-horse-7-battery' }))
}

async function consent(name: string, appId: string, query = '?onBehalfOfAll=true'): Promise<Answer> {
  const authorization = `Bearer ${await tokenOf(name)}`
  const path = `/portal-api/api/RegisteredApplications/${appId}/Consent${query}`
  return doorstep.request('POST', path, undefined, { authorization })
}

/** Registers an application and lists the permissions that it wants. */
async function register(...requiredResourceAccess: readonly object[]): Promise<string> {
  const ask = await robotic(doorstep)
  const { status, body, text } = await ask('POST', '/applications', {
    displayName: randomUUID(),
    requiredResourceAccess,
  })
  expect(status, text).toBe(201)
  return body.appId
}

/** Delegated scopes and ids of application permissions that an application holds for everybody; by its client id. */
async function held(appId: string): Promise<{ readonly scopes: string[]; readonly roles: string[] } | undefined> {
  const authorization = `Bearer ${await tokenOf('global', microsoftGraph)}`
  const read = async (path: string) =>
    (await doorstep.request('GET', `/graph/v1.0${path}`, undefined, { authorization })).body.value
  const [principal] = await read(`/servicePrincipals?$filter=appId eq '${appId}'`)
  if (!principal) return undefined
  const [grants, assignments] = await Promise.all([
    read(`/servicePrincipals/${principal.id}/oauth2PermissionGrants`),
    read(`/servicePrincipals/${principal.id}/appRoleAssignments`),
  ])
  return {
    scopes: grants.map(({ scope }: { scope: string }) => scope),
    roles: assignments.map(({ appRoleId }: { appRoleId: string }) => appRoleId),
  }
}

function expectRefused({ status, text, body }: Answer, expected: number, code: string): void {
  expect(status, text).toBe(expected)
  expect(body).toMatchObject({ HttpStatusCode: expected, ClientData: { errorCode: code } })
}

describe('consent that an administrator gives in the portal’s backend', () => {
  it('is given by who holds his role through a group', async () => {
    const appId = await register(access(microsoftGraph, userRead))
    expectRefused(await consent('colleague', appId), 403, 'Authorization_RequestDenied')
    const global = await signedIn(doorstep, 'global')
    const colleague = (await global('GET', '/users/colleague@contoso.example')).body.id
    const group = await global('POST', '/groups', {
      displayName: 'Consenters',
      mailEnabled: false,
      mailNickname: 'consenters',
      securityEnabled: true,
      isAssignableToRole: true,
      'members@odata.bind': [`https://graph.microsoft.com/v1.0/directoryObjects/${colleague}`],
    })
    expect(group.status, group.text).toBe(201)
    const given = await global('POST', '/roleManagement/directory/roleAssignments', {
      principalId: group.body.id,
      roleDefinitionId: cloudApplicationAdministrator,
      directoryScopeId: '/',
    })
    expect(given.status, given.text).toBe(201)
    const answer = await consent('colleague', appId)
    expect(answer.status, answer.text).toBeLessThan(300)
    expect(await held(appId)).toEqual({ scopes: ['User.Read'], roles: [] })
    expect((await global('DELETE', `/groups/${group.body.id}`)).status).toBe(204)
  })

  it('grants all that the registration lists, and makes the service principal', async () => {
    const appId = await register(access(microsoftGraph, userRead, applicationsOfGraph), access(stockApi.appId, clerk))
    expect(await held(appId)).toBeUndefined()
    const { status, text } = await consent('global', appId)
    expect([status, text]).toEqual([204, ''])
    const granted = { scopes: ['User.Read'], roles: [applicationsOfGraph.id, clerk.id] }
    expect(await held(appId)).toEqual({ ...granted, roles: expect.arrayContaining(granted.roles) })
  })

  it('changes nothing the second time, and loses nothing when several come at once', async () => {
    const appId = await register(access(microsoftGraph, userRead))
    const answers = await Promise.all([1, 2, 3].map(() => consent('global', appId)))
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204])
    expect((await consent('global', appId)).status).toBe(204)
    expect(await held(appId)).toEqual({ scopes: ['User.Read'], roles: [] })
  })

  it('is not for members, and application permissions of Graph not for administrators of applications', async () => {
    const appId = await register(access(microsoftGraph, userRead, applicationsOfGraph))
    expectRefused(await consent('member', appId), 403, 'Authorization_RequestDenied')
    expectRefused(await consent('appadmin', appId), 403, 'Authorization_RequestDenied')
    expect(await held(appId)).toBeUndefined()
    const modest = await register(access(microsoftGraph, userRead))
    expect((await consent('appadmin', modest)).status).toBe(204)
  })

  it('is refused for what is not in the tenant', async () => {
    expectRefused(await consent('global', foreigner), 404, 'Request_ResourceNotFound')
    expectRefused(await consent('global', randomUUID()), 404, 'Request_ResourceNotFound')
    expectRefused(await consent('global', 'mine'), 404, 'Request_ResourceNotFound')
  })

  it('is refused while an API that is listed has no service principal', async () => {
    const appId = await register(access(absentApi, userRead))
    const answer = await consent('global', appId)
    expectRefused(answer, 400, 'Request_BadRequest')
    expect(answer.body.Message).toContain(absentApi)
  })

  it('is for everybody or not at all', async () => {
    const appId = await register(access(microsoftGraph, userRead))
    for (const query of ['', '?onBehalfOfAll=false']) {
      expectRefused(await consent('global', appId, query), 400, 'Request_BadRequest')
    }
  })

  it('needs a token for it', async () => {
    const path = `/portal-api/api/RegisteredApplications/${randomUUID()}/Consent?onBehalfOfAll=true`
    expectRefused(await doorstep.request('POST', path), 401, 'InvalidAuthenticationToken')
    const authorization = `Bearer ${await tokenOf('global', microsoftGraph)}`
    const answer = await doorstep.request('POST', path, undefined, { authorization })
    expectRefused(answer, 401, 'InvalidAuthenticationToken')
    expect(answer.headers['www-authenticate']).toContain('invalid_token')
  })

  it('is all that is there', async () => {
    expectRefused(await doorstep.request('GET', '/portal-api/api/Directories'), 404, 'Request_ResourceNotFound')
  })
})
