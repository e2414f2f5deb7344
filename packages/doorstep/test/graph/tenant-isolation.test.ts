import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../src/hosts/graph/routes.ts'
import { contoso, fabrikam } from '../login/contoso.ts'
import { requestToken } from '../login/request-token.ts'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import type { SendToGraph } from './staff.ts'

/** Every operation of Graph on an object of another tenant: it is not there. */

const permissions = [
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'Directory.ReadWrite.All',
  'Group.ReadWrite.All',
  'User.ReadWrite.All',
  'RoleManagement.ReadWrite.Directory',
  'Domain.Read.All',
  'Organization.Read.All',
  'AuditLog.Read.All',
]

function administrator(appId: string, secretText: string) {
  return {
    displayName: 'administrator',
    appId,
    passwordCredentials: [{ secretText }],
    applicationPermissions: permissions.map((value) => `Microsoft Graph/${value}`),
    adminConsent: true,
  }
}

const ours = { appId: 'a1a2b3c4-0001-4a7b-8c9d-0e1f2a3b4c01', secret: 'Our8Q~secret-of-contosos-administrator1' }
const theirs = { appId: 'a1a2b3c4-0002-4a7b-8c9d-0e1f2a3b4c02', secret: 'The8Q~secret-of-fabrikams-administratr' }
const shared = { appId: 'a1a2b3c4-0003-4a7b-8c9d-0e1f2a3b4c03' }
const single = { appId: 'a1a2b3c4-0004-4a7b-8c9d-0e1f2a3b4c04' }
const noRole = '00000000-0000-0000-0000-000000000000'
const someId = '00000000-1111-2222-3333-444444444444'

let doorstep: RunningDoorstep
let here: SendToGraph
let there: SendToGraph
/** Ids of objects of the other tenant, by the collection that holds them. */
const foreign = new Map<string, string>()
/** What stands behind them in paths, there: a member and owner, an assignment, a credential. */
const behind = new Map<RegExp, string>()
/** Somebody of our own. */
let ownUserId: string
const directoryReaders = '88d8e3e3-8f55-4a1e-953a-9b9898b8876b'

beforeAll(async () => {
  const person = {
    userPrincipalName: 'fay@fabrikam.example',
    displayName: 'Fay',
    password: 'Correct-horse-7-battery',
    directoryRoles: ['Directory Readers'],
  }
  doorstep = await startDoorstep({
    seed: JSON.stringify({
      tenants: [
        {
          tenantId: contoso.tenantId,
          displayName: contoso.name,
          domain: contoso.domain,
          users: [{ userPrincipalName: 'own@contoso.example', displayName: 'Own' }],
          applications: [administrator(ours.appId, ours.secret)],
        },
        {
          tenantId: fabrikam.tenantId,
          displayName: fabrikam.name,
          domain: fabrikam.domain,
          users: [person],
          groups: [{ displayName: 'Fabrikam', members: [person.userPrincipalName] }],
          applications: [
            administrator(theirs.appId, theirs.secret),
            {
              displayName: 'shared',
              appId: shared.appId,
              signInAudience: 'AzureADMultipleOrgs',
              owners: [person.userPrincipalName],
            },
            { displayName: 'single', appId: single.appId },
          ],
        },
      ],
    }),
  })
  here = await sender(ours, contoso.tenantId)
  there = await sender(theirs, fabrikam.tenantId)
  const idOf = async (path: string) => {
    const { body, text } = await there('GET', path)
    const id = body.value ? body.value[0].id : body.id
    expect(id, text).toBeTypeOf('string')
    return id
  }
  ownUserId = (await here('GET', '/users/own@contoso.example')).body.id
  foreign.set('applications', await idOf(`/applications(appId='${shared.appId}')`))
  foreign.set('servicePrincipals', await idOf(`/servicePrincipals(appId='${shared.appId}')`))
  foreign.set('users', await idOf(`/users/${person.userPrincipalName}`))
  foreign.set('groups', await idOf('/groups'))
  const graph = await idOf("/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")
  const grant = { clientId: foreign.get('servicePrincipals'), resourceId: graph, consentType: 'AllPrincipals' }
  const granted = await there('POST', '/oauth2PermissionGrants', { ...grant, scope: 'User.Read' })
  foreign.set('oauth2PermissionGrants', granted.body.id)
  const fay = foreign.get('users') ?? ''
  const shares = foreign.get('servicePrincipals') ?? ''
  foreign.set('directoryObjects', fay)
  foreign.set('directoryRoles', directoryReaders)
  foreign.set('organization', fabrikam.tenantId)
  foreign.set('domains', fabrikam.domain)
  const assignments = 'roleManagement/directory/roleAssignments'
  foreign.set(assignments, await idOf(`/${assignments}?$filter=principalId eq '${fay}'`))
  const created = async (path: string, body: object) => {
    const { status, body: made, text } = await there('POST', path, body)
    expect(status, text).toBeLessThan(300)
    return made?.id
  }
  const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${fay}` }
  await created(`/servicePrincipals/${shares}/owners/$ref`, reference)
  await created(`/groups/${foreign.get('groups')}/owners/$ref`, reference)
  await there('PUT', `/users/${fay}/manager/$ref`, reference)
  const role = { principalId: fay, resourceId: shares, appRoleId: noRole }
  behind.set(/appRole\w+\/:id/, await created(`/users/${fay}/appRoleAssignments`, role))
  const trust = { name: 'abc', issuer: 'https://ci.example', subject: 's', audiences: ['a'] }
  behind.set(
    /:credential/,
    await created(`/applications/${foreign.get('applications')}${'/federatedIdentityCredentials'}`, trust),
  )
  behind.set(/(?:owners|members)\/:id/, fay)
  const deleted = (await there('POST', '/applications', { displayName: 'deleted' })).body.id
  await there('DELETE', `/applications/${deleted}`)
  foreign.set('directory/deletedItems', deleted)
})
afterAll(() => doorstep?.stop())

async function sender({ appId, secret }: typeof ours, tenant: string): Promise<SendToGraph> {
  const scope = 'https://graph.microsoft.com/.default'
  const form = { grant_type: 'client_credentials', client_id: appId, client_secret: secret, scope }
  const { status, body, text } = await requestToken(doorstep, form, { tenant })
  expect(status, text).toBe(200)
  const headers = { authorization: `Bearer ${body.access_token}`, consistencylevel: 'eventual' }
  return (method, path, sent) => doorstep.request(method, `/graph/v1.0${path}`, sent, headers)
}

/** What an operation takes, so that it is not refused for its body. */
function bodyFor(method: string, path: string): object | undefined {
  if (method === 'GET' || method === 'DELETE') return undefined
  const bodies: readonly (readonly [end: RegExp, body: object])[] = [
    [/\$ref$/, { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${ownUserId}` }],
    [/addPassword$/, {}],
    [/removePassword$/, { keyId: someId }],
    [/(addKey|removeKey)$/, { keyId: someId, proof: 'x' }],
    [/check(MemberGroups)$/, { groupIds: [someId] }],
    [/check(MemberObjects)$/, { ids: [someId] }],
    [/get(MemberGroups|MemberObjects)$/, { securityEnabledOnly: false }],
    [/(appRoleAssignments|appRoleAssignedTo)$/, { principalId: ownUserId, resourceId: someId, appRoleId: noRole }],
    [/federatedIdentityCredentials$/, { name: 'abc', issuer: 'https://ci.example', subject: 's', audiences: ['a'] }],
    [/federatedIdentityCredentials\/:credential$/, { description: 'x' }],
    [/oauth2PermissionGrants\/:id$/i, { scope: 'User.Read' }],
    [/\/:key$/, { displayName: 'x' }],
  ]
  return bodies.find(([end]) => end.test(path))?.[1] ?? {}
}

const collections = [
  'applications',
  'servicePrincipals',
  'users',
  'groups',
  'oauth2PermissionGrants',
  'directory/deletedItems',
  'directoryObjects',
  'directoryRoles',
  'roleManagement/directory/roleAssignments',
  'organization',
  'domains',
]

/** What is the same in every tenant. */
const everywhere = ['directoryRoleTemplates', 'roleManagement/directory/roleDefinitions']

const collectionOf = ({ path }: { readonly path: string }) => path.slice(1).split('/:')[0] ?? ''

/** What takes things away comes last, so that no operation finds nothing because of another one before it. */
function place({ method, path }: { readonly method: string; readonly path: string }): number {
  if (method === 'DELETE') return /^[^:]*\/:\w+$/.test(path) ? 3 : 2
  return method === 'GET' ? 0 : 1
}

/** Every operation on one object. */
const operations = routes
  .filter(({ path }) => path.includes('/:'))
  // What somebody has himself is of his own tenant.
  .filter((route) => !everywhere.includes(collectionOf(route)) && !route.path.startsWith('/me/'))
  .map((route) => ({ method: route.method, path: route.path, collection: collectionOf(route) }))
  .sort((one, other) => place(one) - place(other))

function expectNothingThere({ status, body, text }: Answer, path: string, id?: string): void {
  expect(status, `${path}: ${text}`).toBe(404)
  expect(body.error.code, path).toBe('Request_ResourceNotFound')
  // It is this object that is not there, and nothing else that the request names.
  if (id !== undefined) expect(body.error.message.toLowerCase(), path).toContain(`'${id.toLowerCase()}'`)
}

describe('an object of another tenant', () => {
  it.each(operations)('is not there for $method $path', async ({ method, path, collection }) => {
    expect(collections).toContain(collection)
    const id = foreign.get(collection) ?? ''
    const [, inner = ''] = [...behind].find(([place]) => place.test(path)) ?? []
    const address = path.replace(/:\w+/, id).replace(/:\w+/, inner)
    expect(address).not.toMatch(/:|\/\/|\/$/)
    expectNothingThere(await here(method, address, bodyFor(method, path)), path, id)
  })

  it('is there for its own tenant, and was not changed', async () => {
    for (const [collection, id] of foreign) {
      expect((await there('GET', `/${collection}/${id}`)).status, collection).toBe(200)
    }
  })

  it('is in no list and under no other key', async () => {
    for (const collection of ['applications', 'servicePrincipals', 'users', 'groups']) {
      const ids = (await here('GET', `/${collection}`)).body.value.map((item: { id: string }) => item.id)
      expect(ids, collection).not.toContain(foreign.get(collection))
    }
    for (const path of [
      `/applications(appId='${shared.appId}')`,
      `/servicePrincipals(appId='${shared.appId}')`,
      '/users/fay@fabrikam.example',
    ]) {
      expectNothingThere(await here('GET', path), path)
    }
    expect((await here('GET', '/directory/deletedItems/microsoft.graph.application')).body.value).toEqual([])
  })

  it('cannot be referred to', async () => {
    const own = (await here('POST', '/applications', { displayName: 'own' })).body
    const { id: ownPresence } = (await here('POST', '/servicePrincipals', { appId: own.appId })).body
    for (const collection of ['users', 'servicePrincipals', 'groups']) {
      const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${foreign.get(collection)}` }
      expectNothingThere(await here('POST', `/applications/${own.id}/owners/$ref`, reference), collection)
    }
    const role = { principalId: foreign.get('users'), resourceId: ownPresence, appRoleId: someId.replace(/\w/g, '0') }
    expect((await here('POST', `/servicePrincipals/${ownPresence}/appRoleAssignedTo`, role)).status).toBe(400)
    const grant = { clientId: ownPresence, resourceId: foreign.get('servicePrincipals'), consentType: 'AllPrincipals' }
    expect((await here('POST', '/oauth2PermissionGrants', { ...grant, scope: 'x' })).status).toBe(400)
  })
})

describe('an application for several organizations', () => {
  it('gets a service principal in another tenant, which outlives it', async () => {
    const made = await here('POST', '/servicePrincipals', { appId: shared.appId })
    expect(made.status, made.text).toBe(201)
    expect(made.body).toMatchObject({ appId: shared.appId, appOwnerOrganizationId: fabrikam.tenantId })
    expect(made.body.id).not.toBe(foreign.get('servicePrincipals'))
    // The registration stays where it is.
    expectNothingThere(await here('GET', `/applications(appId='${shared.appId}')`), 'application')
    expectNothingThere(await there('GET', `/servicePrincipals/${made.body.id}`), 'foreign service principal')
    expect((await here('PATCH', `/servicePrincipals/${made.body.id}`, { notes: 'ours' })).status).toBe(204)

    const copy = await there('POST', '/applications', { displayName: 'gone', signInAudience: 'AzureADMultipleOrgs' })
    await there('POST', '/servicePrincipals', { appId: copy.body.appId })
    const abroad = (await here('POST', '/servicePrincipals', { appId: copy.body.appId })).body
    expect((await there('DELETE', `/applications/${copy.body.id}`)).status).toBe(204)
    expectNothingThere(await there('GET', `/servicePrincipals(appId='${copy.body.appId}')`), 'at home')
    expect((await here('GET', `/servicePrincipals/${abroad.id}`)).body).toMatchObject({ displayName: 'gone' })
  })

  it('only: one of a single organization does not', async () => {
    const { status, body } = await here('POST', '/servicePrincipals', { appId: single.appId })
    expect([status, body.error.code]).toEqual([400, 'Request_BadRequest'])
    expect(body.error.message).toContain(' does not reference ')
  })
})
