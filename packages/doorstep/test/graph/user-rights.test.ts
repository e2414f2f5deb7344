import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import {
  adminTool,
  allSignedIn,
  expectDenied,
  groupIds,
  reader,
  type SendToGraph,
  signedIn,
  staffSeed,
  stockApi,
} from './staff.ts'

const graphAppId = '00000003-0000-0000-c000-000000000000'
const directoryReadAll = '7ab1d382-f21e-4acd-a863-ba3e13f7da61'
const people = ['global', 'appadmin', 'developer', 'useradmin', 'member', 'visitor'] as const
type Person = (typeof people)[number]

let doorstep: RunningDoorstep
let send: Readonly<Record<Person, SendToGraph>>

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: staffSeed() })
  send = await allSignedIn(doorstep, people)
})
afterAll(() => doorstep?.stop())

const idOf = async (path: string) => (await send.global('GET', `${path}?$select=id`)).body.id
const servicePrincipal = (appId: string) => idOf(`/servicePrincipals(appId='${appId}')`)

describe('registering applications', () => {
  it.each<[Person, boolean]>([
    ['global', true],
    ['appadmin', true],
    ['developer', true],
    ['member', true],
    ['visitor', false],
  ])('by %s: %s', async (person, allowed) => {
    const made = await send[person]('POST', '/applications', { displayName: `of ${person}` })
    if (!allowed) return expectDenied(made)
    expect(made.status).toBe(201)
    // Who makes an application owns it, and may bring it into the tenant and change both.
    const path = `/applications/${made.body.id}`
    const presence = await send[person]('POST', '/servicePrincipals', { appId: made.body.appId })
    expect(presence.status, presence.text).toBe(201)
    expect((await send[person]('PATCH', path, { notes: 'mine' })).status).toBe(204)
    expect((await send[person]('POST', `${path}/addPassword`, {})).status).toBe(200)
    expect((await send[person]('PATCH', `/servicePrincipals/${presence.body.id}`, { notes: 'mine' })).status).toBe(204)
    expect((await send[person]('DELETE', path)).status).toBe(204)
  })

  it('is closed to members where the tenant says so, but not to developers', async () => {
    const closed = await startDoorstep({ seed: staffSeed({ usersCanRegisterApplications: false }) })
    try {
      const [member, developer] = [await signedIn(closed, 'member'), await signedIn(closed, 'developer')]
      expectDenied(await member('POST', '/applications', { displayName: 'x' }))
      expect((await developer('POST', '/applications', { displayName: 'x' })).status).toBe(201)
    } finally {
      await closed.stop()
    }
  })
})

describe('the applications of others', () => {
  it.each<[Person, boolean]>([
    ['global', true],
    ['appadmin', true],
    ['developer', false],
    ['useradmin', false],
    ['member', false],
    ['visitor', false],
  ])('may be changed by %s: %s', async (person, allowed) => {
    const { id, appId } = (await send.global('POST', '/applications', { displayName: 'of another' })).body
    const path = `/applications/${id}`
    expect((await send[person]('GET', path)).body.displayName).toBe('of another')
    const presence = await send[person]('POST', '/servicePrincipals', { appId })
    const made = allowed ? presence : await send.global('POST', '/servicePrincipals', { appId })
    const answers = [
      ...(allowed ? [] : [presence]),
      await send[person]('PATCH', path, { notes: 'x' }),
      await send[person]('POST', `${path}/addPassword`, {}),
      await send[person]('POST', `${path}/federatedIdentityCredentials`, {
        name: 'ci-main',
        issuer: 'https://ci.example',
        subject: 'main',
        audiences: ['api://AzureADTokenExchange'],
      }),
      await send[person]('PATCH', `${path}/federatedIdentityCredentials/ci-main`, { subject: 'x' }),
      await send[person]('DELETE', `${path}/federatedIdentityCredentials/ci-main`),
      await send[person]('PATCH', `/servicePrincipals/${made.body.id}`, { notes: 'x' }),
      await send[person]('DELETE', `/servicePrincipals/${made.body.id}`),
      await send[person]('DELETE', path),
    ]
    if (!allowed) return answers.forEach(expectDenied)
    expect(answers.map(({ status }) => status)).toEqual([204, 200, 201, 204, 204, 204, 204, 204])
  })

  it('need the permission of the application besides the right of the user', async () => {
    const through = await signedIn(doorstep, 'global', reader.appId)
    expectDenied(await through('POST', '/applications', { displayName: 'x' }))
    expectDenied(await through('GET', '/applications'))
    expectDenied(await through('GET', '/users'))
    expect((await through('GET', '/me')).status).toBe(200)
  })
})

describe('consent', () => {
  it.each<[Person, boolean]>([
    ['global', true],
    ['appadmin', true],
    ['developer', false],
    ['useradmin', false],
    ['member', false],
    ['visitor', false],
  ])('to delegated permissions may be recorded by %s: %s', async (person, allowed) => {
    const [clientId, resourceId] = [await servicePrincipal(stockApi.appId), await servicePrincipal(graphAppId)]
    const grant = { clientId, resourceId, consentType: 'AllPrincipals', scope: 'User.Read' }
    const made = await send[person]('POST', '/oauth2PermissionGrants', grant)
    if (!allowed) return expectDenied(made)
    expect(made.status, made.text).toBe(201)
    const path = `/oauth2PermissionGrants/${made.body.id}`
    expectDenied(await send.member('PATCH', path, { scope: 'Mail.Read' }))
    expectDenied(await send.member('DELETE', path))
    expect((await send[person]('PATCH', path, { scope: 'User.Read openid' })).status).toBe(204)
    expect((await send[person]('DELETE', path)).status).toBe(204)
  })

  it('for oneself is no member’s to record through Graph', async () => {
    const principalId = (await send.member('GET', '/me')).body.id
    const [clientId, resourceId] = [await servicePrincipal(stockApi.appId), await servicePrincipal(graphAppId)]
    const grant = { clientId, resourceId, consentType: 'Principal', principalId, scope: 'User.Read' }
    expectDenied(await send.member('POST', '/oauth2PermissionGrants', grant))
    const made = await send.appadmin('POST', '/oauth2PermissionGrants', grant)
    expect(made.status).toBe(201)
    for (const path of ['/me', `/users/${principalId}`, '/users/member@contoso.example']) {
      const { body } = await send.member('GET', `${path}/oauth2PermissionGrants`)
      expect(body.value, path).toMatchObject([{ id: made.body.id, clientId, principalId }])
    }
    const filtered = await send.member('GET', `/oauth2PermissionGrants?$filter=principalId eq '${principalId}'`)
    expect(filtered.body.value).toHaveLength(1)
    expect((await send.appadmin('DELETE', `/oauth2PermissionGrants/${made.body.id}`)).status).toBe(204)
  })

  it('to application permissions of Microsoft Graph is for those who run the tenant', async () => {
    const [principalId, graphId] = [await servicePrincipal(stockApi.appId), await servicePrincipal(graphAppId)]
    const wanted = { principalId, resourceId: graphId, appRoleId: directoryReadAll }
    for (const path of [
      `/servicePrincipals/${principalId}/appRoleAssignments`,
      `/servicePrincipals/${graphId}/appRoleAssignedTo`,
    ]) {
      for (const person of ['appadmin', 'useradmin', 'member'] as const) {
        expectDenied(await send[person]('POST', path, wanted))
      }
      const made = await send.global('POST', path, wanted)
      expect(made.status, made.text).toBe(201)
      expectDenied(await send.appadmin('DELETE', `${path}/${made.body.id}`))
      expect((await send.global('DELETE', `${path}/${made.body.id}`)).status).toBe(204)
    }
  })

  it('to application permissions of another API is for administrators of applications too', async () => {
    const [principalId, resourceId] = [await servicePrincipal(adminTool.appId), await servicePrincipal(stockApi.appId)]
    const path = `/servicePrincipals/${principalId}/appRoleAssignments`
    const wanted = { principalId, resourceId, appRoleId: stockApi.clerkRole }
    expectDenied(await send.member('POST', path, wanted))
    const made = await send.appadmin('POST', path, wanted)
    expect(made.status, made.text).toBe(201)
    expect((await send.appadmin('DELETE', `${path}/${made.body.id}`)).status).toBe(204)
  })
})

describe('app roles of users and groups', () => {
  const assign = async (person: Person, collection: string, principalId: string): Promise<Answer> => {
    const resourceId = await servicePrincipal(stockApi.appId)
    const wanted = { principalId, resourceId, appRoleId: stockApi.clerkRole }
    return send[person]('POST', `/${collection}/${principalId}/appRoleAssignments`, wanted)
  }

  it('are given by administrators, and to users by User Administrators', async () => {
    const userId = await idOf('/users/colleague@contoso.example')
    expectDenied(await assign('visitor', 'users', userId))
    expectDenied(await assign('developer', 'users', userId))
    expectDenied(await assign('useradmin', 'groups', groupIds.inner))
    const made = await assign('useradmin', 'users', userId)
    expect(made.status, made.text).toBe(201)
    expect(made.body).toMatchObject({ principalType: 'User', principalId: userId, principalDisplayName: 'colleague' })
    expect(made.body['@odata.context']).toMatch(`#users('${userId}')/appRoleAssignments/$entity`)
    expect((await assign('appadmin', 'users', userId)).status).toBe(400)
    const path = `/users/${userId}/appRoleAssignments/${made.body.id}`
    expectDenied(await send.developer('DELETE', path))
    expect((await send.useradmin('DELETE', path)).status).toBe(204)
    expect((await send.useradmin('DELETE', path)).status).toBe(404)
  })

  it('are seen with those that the groups of a user hold', async () => {
    const ownerless = await assign('developer', 'groups', groupIds.inner)
    expectDenied(ownerless)
    const made = await assign('appadmin', 'groups', groupIds.inner)
    expect(made.body).toMatchObject({ principalType: 'Group', principalId: groupIds.inner })
    for (const path of ['/me', '/users/member@contoso.example', `/groups/${groupIds.inner}`]) {
      const { body } = await send.member('GET', `${path}/appRoleAssignments`)
      expect(body.value, path).toMatchObject([{ id: made.body.id, resourceDisplayName: 'stock' }])
    }
    // It is the group's, so it is taken from the group.
    const userPath = `/users/${await idOf('/users/member@contoso.example')}/appRoleAssignments/${made.body.id}`
    expect((await send.appadmin('DELETE', userPath)).status).toBe(404)
    const path = `/groups/${groupIds.inner}/appRoleAssignments/${made.body.id}`
    expect((await send.appadmin('DELETE', path)).status).toBe(204)
  })

  it('are given by the owner of the API', async () => {
    const { body: own } = await send.member('POST', '/applications', {
      displayName: 'own API',
      appRoles: [
        {
          id: stockApi.clerkRole,
          value: 'Clerk',
          displayName: 'Clerk',
          description: 'Clerk',
          allowedMemberTypes: ['User', 'Application'],
          isEnabled: true,
        },
      ],
    })
    const { body: api } = await send.member('POST', '/servicePrincipals', { appId: own.appId })
    const path = `/servicePrincipals/${api.id}/appRoleAssignedTo`
    const role = { resourceId: api.id, appRoleId: stockApi.clerkRole }
    const principalId = await idOf('/users/colleague@contoso.example')
    expect((await send.member('POST', path, { ...role, principalId })).status).toBe(201)
    expect((await send.member('POST', path, { ...role, principalId: groupIds.outer })).status).toBe(201)
    expectDenied(await send.member('POST', path, { ...role, principalId: await servicePrincipal(adminTool.appId) }))
  })
})

describe('guests', () => {
  it('may not list people and groups, and see their own memberships only', async () => {
    expectDenied(await send.visitor('GET', '/users'))
    expectDenied(await send.visitor('GET', '/groups'))
    expectDenied(await send.visitor('GET', `/groups/${groupIds.inner}/members`))
    expectDenied(await send.visitor('GET', '/users/member@contoso.example/memberOf'))
    expect((await send.visitor('GET', '/me/memberOf')).body.value).toEqual([])
    expect((await send.visitor('GET', '/users/member@contoso.example')).status).toBe(200)
  })
})

/** Who may do what with people, groups and roles; each operation on objects that the actor does not own. */
describe('people, groups, roles and policies', () => {
  const actors = [
    'global',
    'appadmin',
    'cloudappadmin',
    'roleadmin',
    'useradmin',
    'groupadmin',
    'member',
    'visitor',
  ] as const
  let ask: Readonly<Record<(typeof actors)[number], SendToGraph>>
  beforeAll(async () => {
    ask = await allSignedIn(doorstep, actors)
  })

  let made = 0
  const named = (name: string) => {
    made += 1
    return `${name}${made}`
  }
  const newGroup = (more: object = {}) => {
    const name = named('rights')
    return { displayName: name, mailEnabled: false, mailNickname: name, securityEnabled: true, ...more }
  }
  const newUser = () => {
    const name = named('rights')
    return {
      accountEnabled: true,
      displayName: name,
      mailNickname: name,
      userPrincipalName: `${name}@contoso.example`,
      passwordProfile: { password: 'Another-horse-8-battery' },
    }
  }
  const madeBy = async (path: string, body: object): Promise<string> => {
    const answer = await ask.global('POST', path, body)
    expect(answer.status, answer.text).toBe(201)
    return answer.body.id
  }
  const aGroup = (more: object = {}) => madeBy('/groups', newGroup(more))
  const aUser = () => madeBy('/users', newUser())
  const aDeletedGroup = async (more: object = {}) => {
    const id = await aGroup(more)
    expect((await ask.global('DELETE', `/groups/${id}`)).status).toBe(204)
    return `/directory/deletedItems/${id}`
  }
  const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` })
  const readerRole = '88d8e3e3-8f55-4a1e-953a-9b9898b8876b'
  const assignments = '/roleManagement/directory/roleAssignments'
  const policy = '/policies/authorizationPolicy'

  type Ask = (send: SendToGraph) => Promise<Answer>
  const operations: Readonly<Record<string, Ask>> = {
    'list groups': (send) => send('GET', '/groups?$top=1'),
    'read members': async (send) => send('GET', `/groups/${groupIds.outer}/transitiveMembers`),
    'read owners': async (send) => send('GET', `/groups/${groupIds.outer}/owners`),
    'create a group': (send) => send('POST', '/groups', newGroup()),
    'create a group for roles': (send) => send('POST', '/groups', newGroup({ isAssignableToRole: true })),
    'change a group': async (send) => send('PATCH', `/groups/${await aGroup()}`, { description: 'x' }),
    'delete a group': async (send) => send('DELETE', `/groups/${await aGroup()}`),
    'delete a group for roles': async (send) => send('DELETE', `/groups/${await aGroup({ isAssignableToRole: true })}`),
    'restore a group': async (send) => send('POST', `${await aDeletedGroup()}/restore`),
    'restore a group for roles': async (send) =>
      send('POST', `${await aDeletedGroup({ isAssignableToRole: true })}/restore`),
    'purge a group': async (send) => send('DELETE', await aDeletedGroup()),
    'purge a group for roles': async (send) => send('DELETE', await aDeletedGroup({ isAssignableToRole: true })),
    'add a member': async (send) => send('POST', `/groups/${await aGroup()}/members/$ref`, reference(await aUser())),
    'add an owner': async (send) => send('POST', `/groups/${await aGroup()}/owners/$ref`, reference(await aUser())),
    'read memberships of a group': (send) => send('GET', `/groups/${groupIds.inner}/memberOf`),
    'read memberships of an application': async (send) =>
      send('GET', `/servicePrincipals(appId='${stockApi.appId}')/memberOf`),
    'create a user': (send) => send('POST', '/users', newUser()),
    'change a user': async (send) => send('PATCH', `/users/${await aUser()}`, { jobTitle: 'x' }),
    'delete a user': async (send) => send('DELETE', `/users/${await aUser()}`),
    'set a manager': async (send) => send('PUT', `/users/${await aUser()}/manager/$ref`, reference(await aUser())),
    'invite a guest': (send) =>
      send('POST', '/invitations', {
        invitedUserEmailAddress: `${named('guest')}@elsewhere.example`,
        inviteRedirectUrl: 'https://app.example',
      }),
    'read roles': (send) => send('GET', '/directoryRoles'),
    'read role assignments': (send) => send('GET', assignments),
    'give a role': async (send) =>
      send('POST', `/directoryRoles(roleTemplateId='${readerRole}')/members/$ref`, reference(await aUser())),
    'assign a role': async (send) =>
      send('POST', assignments, {
        principalId: await aUser(),
        roleDefinitionId: readerRole,
        directoryScopeId: '/',
      }),
    'read the policy': (send) => send('GET', policy),
    'change the policy': (send) => send('PATCH', policy, { defaultUserRolePermissions: { allowedToCreateApps: true } }),
  }
  /** In the order of the actors: + may, - may not. */
  const table: Readonly<Record<keyof typeof operations, string>> = {
    'list groups': '+ + + + + + + -',
    'read members': '+ + + + + + + -',
    'read owners': '+ + + + + + + -',
    'create a group': '+ + + + + + + -',
    'create a group for roles': '+ - - + - - - -',
    'change a group': '+ - - - + + - -',
    'delete a group': '+ - - - + + - -',
    'delete a group for roles': '+ - - + - - - -',
    'restore a group': '+ - - - + + - -',
    'restore a group for roles': '+ - - - - - - -',
    'purge a group': '+ - - - + + - -',
    'purge a group for roles': '+ - - - - - - -',
    'add a member': '+ - - - + + - -',
    'add an owner': '+ - - - + + - -',
    'read memberships of a group': '+ + + + + + + -',
    'read memberships of an application': '+ + + + + + + -',
    'create a user': '+ - - - + - - -',
    'change a user': '+ - - - + - - -',
    'delete a user': '+ - - - + - - -',
    'set a manager': '+ - - - + - - -',
    'invite a guest': '+ + + + + + + +',
    'read roles': '+ + + + + + + -',
    'read role assignments': '+ + + + + + + -',
    'give a role': '+ - - + - - - -',
    'assign a role': '+ - - + - - - -',
    'read the policy': '+ + + + + + + -',
    'change the policy': '+ - - + - - - -',
  }

  it.each(Object.keys(operations))('%s', async (name) => {
    // A role that is in use can be addressed.
    if (name === 'give a role') await ask.global('POST', '/directoryRoles', { roleTemplateId: readerRole })
    const marks = table[name]?.split(' ') ?? []
    expect(marks).toHaveLength(actors.length)
    for (const [column, actor] of actors.entries()) {
      const answer = await operations[name]?.(ask[actor])
      if (!answer) throw new Error(`There is no operation '${name}'.`)
      if (marks[column] === '-') expectDenied(answer)
      else expect(answer.status, `${actor}: ${answer.text}`).toBeLessThan(300)
    }
  })

  it('need the permission of the application besides the right of the user', async () => {
    const through = await signedIn(doorstep, 'global', reader.appId)
    for (const [name, operation] of Object.entries(operations)) {
      const { status, text } = await operation(through)
      expect(status, `${name}: ${text}`).toBe(403)
    }
  })
})
