import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import {
  allSignedIn,
  expectDenied,
  expectError,
  groupIds,
  robotic,
  type SendToGraph,
  signedIn,
  staffSeed,
  stockApi,
} from './staff.ts'

let doorstep: RunningDoorstep
let send: Readonly<Record<'global' | 'groupadmin' | 'roleadmin' | 'member', SendToGraph>>
/** A user, another one, and a service principal. */
let userId: string
let colleagueId: string
let stockId: string

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: staffSeed() })
  send = await allSignedIn(doorstep, ['global', 'groupadmin', 'roleadmin', 'member'])
  userId = (await send.global('GET', '/users/member@contoso.example')).body.id
  colleagueId = (await send.global('GET', '/users/colleague@contoso.example')).body.id
  stockId = (await send.global('GET', `/servicePrincipals(appId='${stockApi.appId}')`)).body.id
})
afterAll(() => doorstep?.stop())

let made = 0
function newGroup(properties: object = {}) {
  made += 1
  const name = `group${made}`
  return { displayName: name, mailEnabled: false, mailNickname: name, securityEnabled: true, ...properties }
}

const unified = { groupTypes: ['Unified'], mailEnabled: true }
const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` })
const address = (id: string) => reference(id)['@odata.id']
const unknownId = '00000000-0000-4000-8000-000000000001'

async function createdGroup(properties: object = {}): Promise<string> {
  const { status, body, text } = await send.global('POST', '/groups', newGroup(properties))
  expect(status, text).toBe(201)
  return body.id
}

const idsIn = ({ status, body, text }: Answer): string[] => {
  expect(status, text).toBe(200)
  return body.value.map(({ id }: { id: string }) => id)
}

describe('groups', () => {
  it('are made by a user, who owns them, changed and deleted', async () => {
    const { status, body, headers, text } = await send.member(
      'POST',
      '/groups',
      newGroup({ description: 'Of members' }),
    )
    expect(status, text).toBe(201)
    expect(body).toMatchObject({
      '@odata.context': expect.stringMatching(/#groups\/\$entity$/),
      description: 'Of members',
      groupTypes: [],
      isAssignableToRole: null,
      mail: null,
      visibility: null,
      securityIdentifier: expect.stringMatching(/^S-1-12-1-/),
    })
    expect(headers.location).toContain(`${body.id}/Microsoft.DirectoryServices.Group`)
    const path = `/groups/${body.id}`
    const owners = await send.member('GET', `${path}/owners`)
    expect(owners.body.value).toMatchObject([{ '@odata.type': '#microsoft.graph.user', id: userId }])
    const change = { displayName: 'Renamed', description: null, visibility: 'Private' }
    expect((await send.member('PATCH', path, change)).status).toBe(204)
    expect((await send.member('GET', path)).body).toMatchObject(change)
    expect((await send.member('DELETE', path)).status).toBe(204)
    expect((await send.member('GET', path)).status).toBe(404)
    expect((await send.member('DELETE', path)).status).toBe(404)
  })

  it('of Microsoft 365 have an address and are public unless somebody says otherwise', async () => {
    const { body } = await send.global('POST', '/groups', newGroup({ ...unified, mailNickname: 'sales' }))
    expect(body).toMatchObject({
      groupTypes: ['Unified'],
      mail: 'sales@contoso.example',
      proxyAddresses: ['SMTP:sales@contoso.example'],
      visibility: 'Public',
    })
    const again = await send.global('POST', '/groups', newGroup({ ...unified, mailNickname: 'Sales' }))
    expectError(again, 400, 'Request_BadRequest', /same value for property mailNickname already exists/)
    expect(again.body.error.details).toMatchObject([{ code: 'ObjectConflict', target: 'mailNickname' }])
    expect((await send.global('POST', '/groups', newGroup({ mailNickname: 'sales' }))).status).toBe(201)
  })

  it.each<[string, object, RegExp]>([
    ['no name', { displayName: undefined }, /'displayName'/],
    ['no nickname', { mailNickname: undefined }, /A value is required for property 'mailNickname'/],
    ['a nickname with blanks', { mailNickname: 'a b' }, /'mailNickname'/],
    ['a nickname beyond ASCII', { mailNickname: 'blåbær' }, /'mailNickname'/],
    ['mail for a security group', { mailEnabled: true }, /'mailEnabled'.*mail-enabled groups/],
    ['neither mail nor security', { securityEnabled: false }, /'securityEnabled'/],
    ['no mail for a Unified group', { groupTypes: ['Unified'] }, /'mailEnabled'/],
    ['dynamic membership', { groupTypes: ['DynamicMembership'] }, /'groupTypes'.*no dynamic membership/],
    ['a membership rule', { membershipRule: 'user.department -eq "x"' }, /'membershipRule'.*no dynamic membership/],
    [
      'its processing',
      { membershipRuleProcessingState: 'On' },
      /'membershipRuleProcessingState'.*no dynamic membership/,
    ],
    ['an unknown kind', { groupTypes: ['Team'] }, /'groupTypes\[0\]'/],
    ['an id', { id: unknownId }, /'id' is read-only/],
    ['a property nobody knows', { colour: 'red' }, /Invalid property 'colour'/],
    ['a member that is no address', { 'members@odata.bind': ['x'] }, /'members@odata\.bind'/],
    ['members that are no list', { 'members@odata.bind': 'x' }, /'members@odata\.bind'/],
    [
      'more than twenty members',
      { 'members@odata.bind': Array.from({ length: 21 }, (_, at) => address(unknownId.slice(0, -2) + (10 + at))) },
      /at most 20/,
    ],
    ['roles and everybody seeing it', { isAssignableToRole: true, visibility: 'Public' }, /'visibility'/],
  ])('are refused with %s', async (_what, wrong, message) => {
    expectError(await send.global('POST', '/groups', newGroup(wrong)), 400, 'Request_BadRequest', message)
  })

  it.each<[string, object, RegExp]>([
    ['its kind', { groupTypes: ['Unified'] }, /'groupTypes' is read-only/],
    ['whether roles can be given to it', { isAssignableToRole: true }, /'isAssignableToRole' is read-only/],
    ['its security', { securityEnabled: false }, /'securityEnabled'/],
    ['its name to nothing', { displayName: '' }, /'displayName'/],
  ])('cannot be changed in %s', async (_what, wrong, message) => {
    const path = `/groups/${await createdGroup()}`
    expectError(await send.global('PATCH', path, wrong), 400, 'Request_BadRequest', message)
    const { body } = await send.global('GET', path)
    const { groupTypes, mailEnabled, isAssignableToRole } = body
    expect((await send.global('PATCH', path, { groupTypes, mailEnabled, isAssignableToRole })).status).toBe(204)
  })

  it('are made with the members and owners that the body binds', async () => {
    const { body, status, text } = await send.global(
      'POST',
      '/groups',
      newGroup({
        'members@odata.bind': [address(userId), `https://graph.microsoft.com/v1.0/servicePrincipals/${stockId}`],
        'owners@odata.bind': [`https://graph.microsoft.com/v1.0/users('${colleagueId}')`],
      }),
    )
    expect(status, text).toBe(201)
    expect(idsIn(await send.global('GET', `/groups/${body.id}/members`)).sort()).toEqual([userId, stockId].sort())
    expect(idsIn(await send.global('GET', `/groups/${body.id}/owners`))).toEqual([colleagueId])
    const bound = { 'members@odata.bind': [address(colleagueId), address(groupIds.inner)], description: 'more' }
    expect((await send.global('PATCH', `/groups/${body.id}`, bound)).status).toBe(204)
    expect(idsIn(await send.global('GET', `/groups/${body.id}/members`))).toHaveLength(4)
    // All or nothing.
    const partly = { 'members@odata.bind': [address(groupIds.outer), address(userId)], description: 'less' }
    expectError(await send.global('PATCH', `/groups/${body.id}`, partly), 400, 'Request_BadRequest', /'members'/)
    expect(idsIn(await send.global('GET', `/groups/${body.id}/members`))).toHaveLength(4)
    expect((await send.global('GET', `/groups/${body.id}`)).body.description).toBe('more')
  })
})

describe('members', () => {
  it('of every kind are added and removed', async () => {
    const path = `/groups/${await createdGroup()}/members`
    for (const id of [userId, stockId, groupIds.inner]) {
      expect((await send.global('POST', `${path}/$ref`, reference(id))).status).toBe(204)
    }
    expect(idsIn(await send.global('GET', path)).sort()).toEqual([userId, stockId, groupIds.inner].sort())
    expectError(
      await send.global('POST', `${path}/$ref`, reference(userId)),
      400,
      'Request_BadRequest',
      /^One or more added object references already exist for the following modified properties: 'members'\.$/,
    )
    expect((await send.global('DELETE', `${path}/${userId}/$ref`)).status).toBe(204)
    expectError(
      await send.global('DELETE', `${path}/${userId}/$ref`),
      404,
      'Request_ResourceNotFound',
      new RegExp(`^Resource '${userId}' does not exist`),
    )
    expect(idsIn(await send.global('GET', path))).toHaveLength(2)
  })

  it('are named by an address of an object that is here', async () => {
    const id = await createdGroup()
    const path = `/groups/${id}/members/$ref`
    expectError(
      await send.global('POST', path, reference(unknownId)),
      404,
      'Request_ResourceNotFound',
      /does not exist/,
    )
    for (const body of [{}, undefined, { '@odata.id': 'x' }, { '@odata.id': 7 }, { '@odata.id': address('x') }]) {
      expectError(await send.global('POST', path, body), 400, 'Request_BadRequest', /'@odata\.id'/)
    }
    expectError(await send.global('POST', path, reference(id)), 400, 'Request_BadRequest', /member of itself/)
    const foreign = (await doorstep.graph.request('GET', '/v1.0/users?$top=1')).body.value[0].id
    expectError(await send.global('POST', path, reference(foreign)), 404, 'Request_ResourceNotFound', /does not exist/)
  })

  it('of a Microsoft 365 group are users', async () => {
    const id = await createdGroup(unified)
    for (const other of [stockId, groupIds.inner]) {
      const answer = await send.global('POST', `/groups/${id}/members/$ref`, reference(other))
      expectError(answer, 400, 'Request_BadRequest', /expected a user/)
    }
    const outer = `/groups/${await createdGroup()}/members/$ref`
    expectError(await send.global('POST', outer, reference(id)), 400, 'Request_BadRequest', /Microsoft 365/)
  })

  it('are hidden from others by a group that says so', async () => {
    const hidden = { ...unified, visibility: 'HiddenMembership' }
    const id = await createdGroup({ ...hidden, 'members@odata.bind': [address(userId)] })
    const colleague = await signedIn(doorstep, 'colleague')
    const robot = await robotic(doorstep)
    for (const ask of [colleague, robot, send.roleadmin]) {
      expect((await ask('GET', `/groups/${id}`)).status).toBe(200)
      expectDenied(await ask('GET', `/groups/${id}/members`))
      expectDenied(await ask('GET', `/groups/${id}/members/microsoft.graph.user`))
      expectDenied(await ask('GET', `/groups/${id}/transitiveMembers`))
      expect((await ask('GET', `/groups/${id}?$expand=members`)).body.members).toEqual([])
    }
    // Nor does the other end tell.
    const others = `/users/${userId}`
    expect(idsIn(await colleague('GET', `${others}/memberOf`))).not.toContain(id)
    expect(idsIn(await colleague('GET', `${others}/transitiveMemberOf`))).not.toContain(id)
    const groupIdsOf = async (ask: SendToGraph) =>
      (await ask('POST', `${others}/getMemberGroups`, { securityEnabledOnly: false })).body.value
    expect(await groupIdsOf(colleague)).not.toContain(id)
    const checked = await colleague('POST', `${others}/checkMemberGroups`, { groupIds: [id] })
    expect(checked.body.value).toEqual([])
    const expanded = await colleague('GET', `${others}?$expand=memberOf`)
    expect(expanded.body.memberOf.map((group: { id: string }) => group.id)).not.toContain(id)

    for (const ask of [send.member, send.global, send.groupadmin]) {
      expect(idsIn(await ask('GET', `/groups/${id}/members`))).toEqual([userId])
      expect((await ask('GET', `/groups/${id}?$expand=members`)).body.members).toHaveLength(1)
      expect(idsIn(await ask('GET', `${others}/memberOf`))).toContain(id)
      expect(await groupIdsOf(ask)).toContain(id)
    }
    expect((await send.global('POST', `/groups/${id}/owners/$ref`, reference(colleagueId))).status).toBe(204)
    expect(idsIn(await colleague('GET', `/groups/${id}/members`))).toEqual([userId])
    expect((await send.global('DELETE', `/groups/${id}`)).status).toBe(204)
  })

  it('are not deleted when the address lacks $ref', async () => {
    const path = `/groups/${await createdGroup({ 'members@odata.bind': [address(colleagueId)] })}`
    expectError(
      await send.global('DELETE', `${path}/members/${colleagueId}`),
      403,
      'Authorization_RequestDenied',
      /\$ref/,
    )
    expectError(
      await send.global('DELETE', `${path}/owners/${colleagueId}`),
      403,
      'Authorization_RequestDenied',
      /\$ref/,
    )
    expect((await send.global('GET', `/users/${colleagueId}`)).status).toBe(200)
    expect(idsIn(await send.global('GET', `${path}/members`))).toEqual([colleagueId])
  })

  it('are listed by kind, by page, by filter, through groups, and counted', async () => {
    const inner = await createdGroup({ 'members@odata.bind': [address(colleagueId), address(stockId)] })
    const outer = await createdGroup({ 'members@odata.bind': [address(inner), address(userId)] })
    // Groups may be members of each other.
    expect((await send.global('POST', `/groups/${inner}/members/$ref`, reference(outer))).status).toBe(204)
    const path = `/groups/${outer}`
    const all = [inner, userId, colleagueId, stockId].sort()
    expect(idsIn(await send.global('GET', `${path}/transitiveMembers`)).sort()).toEqual(all)
    const users = await send.global('GET', `${path}/transitiveMembers/microsoft.graph.user?$select=id`)
    expect(idsIn(users).sort()).toEqual([userId, colleagueId].sort())
    expect(users.body['@odata.context']).toMatch(/#users\(id\)$/)
    expect(idsIn(await send.global('GET', `${path}/members/microsoft.graph.group`))).toEqual([inner])
    expect(idsIn(await send.global('GET', `${path}/members/microsoft.graph.servicePrincipal`))).toEqual([])
    const named = await send.global('GET', `${path}/transitiveMembers?$filter=displayName eq 'Colleague'`)
    expect(idsIn(named)).toEqual([colleagueId])
    expectError(
      await send.global('GET', `${path}/members?$filter=roleTemplateId eq 'x'`),
      400,
      'Request_UnsupportedQuery',
      /'roleTemplateId'/,
    )

    const first = await send.global('GET', `${path}/transitiveMembers?$top=3&$select=id`)
    const [, next] = first.body['@odata.nextLink'].split('/v1.0')
    expect([...idsIn(first), ...idsIn(await send.global('GET', next))]).toEqual(all)
    expectError(await send.global('GET', `${path}/members/$count`), 400, 'Request_BadRequest', /ConsistencyLevel/)
  })

  it('are counted where the header asks for eventual consistency', async () => {
    const { body: group } = await doorstep.graph.request('POST', '/v1.0/groups', newGroup())
    const { value } = (await doorstep.graph.request('GET', '/v1.0/servicePrincipals?$top=3')).body
    for (const { id } of value) {
      await doorstep.graph.request('POST', `/v1.0/groups/${group.id}/members/$ref`, reference(id))
    }
    const path = `/v1.0/groups/${group.id}/members`
    const eventual = { consistencylevel: 'eventual' }
    expect((await doorstep.graph.request('GET', `${path}/$count`, undefined, eventual)).text).toBe('3')
    const users = await doorstep.graph.request('GET', `${path}/microsoft.graph.user/$count`, undefined, eventual)
    expect(users.text).toBe('0')
    const page = await doorstep.graph.request('GET', `${path}?$count=true&$top=1`, undefined, eventual)
    expect(page.body['@odata.count']).toBe(3)
  })
})

describe('owners', () => {
  it('may change what they own, and the last user among them stays', async () => {
    const path = `/groups/${await createdGroup()}`
    const [owner = ''] = idsIn(await send.global('GET', `${path}/owners`))
    expectDenied(await send.member('PATCH', path, { description: 'x' }))
    expect((await send.global('POST', `${path}/owners/$ref`, reference(userId))).status).toBe(204)
    expectError(
      await send.global('POST', `${path}/owners/$ref`, reference(userId)),
      400,
      'Request_BadRequest',
      /already exist for the following modified properties: 'owners'/,
    )
    expect((await send.member('PATCH', path, { description: 'x' })).status).toBe(204)
    expect((await send.member('POST', `${path}/owners/$ref`, reference(stockId))).status).toBe(204)
    expectError(
      await send.member('POST', `${path}/owners/$ref`, reference(groupIds.inner)),
      400,
      'Request_BadRequest',
      /cannot own a group/,
    )
    expect((await send.member('DELETE', `${path}/owners/${owner}/$ref`)).status).toBe(204)
    expectError(
      await send.member('DELETE', `${path}/owners/${userId}/$ref`),
      400,
      'Request_BadRequest',
      /must have at least one owner/,
    )
    expect((await send.member('DELETE', `${path}/owners/${stockId}/$ref`)).status).toBe(204)
    expectError(await send.member('DELETE', `${path}/owners/${stockId}/$ref`), 404, 'Request_ResourceNotFound', /exist/)
    expect(idsIn(await send.member('GET', `${path}/owners`))).toEqual([userId])
  })
})

describe('memberships', () => {
  it('are those of users, groups, service principals and any object by its id', async () => {
    const inner = await createdGroup({ 'members@odata.bind': [address(stockId), address(colleagueId)] })
    const outer = await createdGroup({ 'members@odata.bind': [address(inner)] })
    const places: readonly [string, readonly string[], readonly string[]][] = [
      [`/users/${colleagueId}`, [inner], [inner, outer]],
      [`/servicePrincipals(appId='${stockApi.appId}')`, [inner], [inner, outer]],
      [`/servicePrincipals/${stockId}`, [inner], [inner, outer]],
      [`/groups/${inner}`, [outer], [outer]],
      [`/directoryObjects/${stockId}`, [inner], [inner, outer]],
    ]
    const mine = (ids: readonly string[]) => ids.filter((id) => [inner, outer].includes(id)).sort()
    for (const [path, direct, all] of places) {
      const everything = { securityEnabledOnly: false }
      expect(mine(idsIn(await send.member('GET', `${path}/memberOf`))), path).toEqual([...direct].sort())
      expect(mine(idsIn(await send.member('GET', `${path}/transitiveMemberOf`))), path).toEqual([...all].sort())
      for (const action of ['getMemberGroups', 'getMemberObjects']) {
        const answer = await send.member('POST', `${path}/${action}`, everything)
        expect(mine(answer.body.value), `${path} ${action}`).toEqual([...all].sort())
      }
      const groups = await send.member('POST', `${path}/checkMemberGroups`, { groupIds: [outer, unknownId] })
      expect(groups.body.value, path).toEqual([outer])
      const objects = await send.member('POST', `${path}/checkMemberObjects`, { ids: [unknownId, outer] })
      expect(objects.body.value, path).toEqual([outer])
    }
  })

  it('of security groups alone can be asked for users only', async () => {
    const wanted = { securityEnabledOnly: true }
    for (const path of [`/groups/${groupIds.inner}`, `/servicePrincipals/${stockId}`]) {
      const answer = await send.global('POST', `${path}/getMemberGroups`, wanted)
      expectError(answer, 400, 'Request_BadRequest', /securityEnabledOnly/)
    }
    expect((await send.global('POST', `/users/${userId}/getMemberGroups`, wanted)).status).toBe(200)
  })

  it('with directory roles are what getMemberObjects and checkMemberObjects know', async () => {
    const groupsAdministrator = 'fdd7a751-b60b-444a-984c-02652fe8fa1c'
    const all = await send.groupadmin('POST', '/me/getMemberObjects', { securityEnabledOnly: false })
    expect(all.body.value).toEqual([groupsAdministrator])
    const security = await send.groupadmin('POST', '/me/getMemberObjects', { securityEnabledOnly: true })
    expect(security.body.value).toEqual([])
    const checked = await send.groupadmin('POST', '/me/checkMemberObjects', { ids: [groupsAdministrator, unknownId] })
    expect(checked.body.value).toEqual([groupsAdministrator])
    const groups = await send.groupadmin('POST', '/me/checkMemberGroups', { groupIds: [groupsAdministrator] })
    expect(groups.body.value).toEqual([])
  })

  it.each<[string, object]>([
    ['no ids', {}],
    ['an empty list', { groupIds: [] }],
    ['what is no id', { groupIds: ['x'] }],
    ['more than twenty', { groupIds: Array.from({ length: 21 }, () => unknownId) }],
  ])('are not checked for %s', async (_what, body) => {
    const answer = await send.member('POST', '/me/checkMemberGroups', body)
    expectError(answer, 400, 'Request_BadRequest', /groupIds/)
  })
})

describe('groups that roles can be given to', () => {
  const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1'

  it('are made and filled by those who may give roles, and by their owners', async () => {
    const wanted = newGroup({ isAssignableToRole: true })
    expectDenied(await send.member('POST', '/groups', wanted))
    expectDenied(await send.groupadmin('POST', '/groups', wanted))
    const { status, body, text } = await send.roleadmin('POST', '/groups', wanted)
    expect(status, text).toBe(201)
    const path = `/groups/${body.id}`
    for (const person of ['groupadmin', 'member'] as const) {
      expectDenied(await send[person]('PATCH', path, { description: 'x' }))
      expectDenied(await send[person]('POST', `${path}/members/$ref`, reference(colleagueId)))
      expectDenied(await send[person]('DELETE', path))
    }
    const nested = await send.roleadmin('POST', `${path}/members/$ref`, reference(groupIds.inner))
    expectError(nested, 400, 'Request_BadRequest', /cannot have groups as members/)
    expect((await send.roleadmin('POST', `${path}/owners/$ref`, reference(userId))).status).toBe(204)
    expect((await send.member('POST', `${path}/members/$ref`, reference(colleagueId))).status).toBe(204)
    expect((await send.roleadmin('DELETE', path)).status).toBe(204)
  })

  it('give their members the role for as long as they are members', async () => {
    const id = await createdGroup({ isAssignableToRole: true })
    const assignment = { principalId: id, roleDefinitionId: userAdministrator, directoryScopeId: '/' }
    const given = await send.roleadmin('POST', '/roleManagement/directory/roleAssignments', assignment)
    expect(given.status, given.text).toBe(201)
    const change = () => send.member('PATCH', `/users/${colleagueId}`, { jobTitle: 'Clerk' })
    expectDenied(await change())
    expect((await send.roleadmin('POST', `/groups/${id}/members/$ref`, reference(userId))).status).toBe(204)
    expect((await change()).status).toBe(204)
    const objects = await send.member('POST', '/me/getMemberObjects', { securityEnabledOnly: false })
    expect(objects.body.value).toContain(userAdministrator)
    const own = await send.member('GET', '/me/memberOf')
    expect(idsIn(own)).not.toContain(userAdministrator)
    expect((await send.roleadmin('DELETE', `/groups/${id}/members/${userId}/$ref`)).status).toBe(204)
    expectDenied(await change())
  })
})

describe('the groups of another tenant', () => {
  it.each<[string, string, object?]>([
    ['GET', ''],
    ['PATCH', '', { description: 'x' }],
    ['DELETE', ''],
    ['GET', '/members'],
    ['GET', '/transitiveMembers/microsoft.graph.user'],
    ['POST', '/members/$ref', reference(unknownId)],
    ['DELETE', '/members/{user}/$ref'],
    ['DELETE', '/members/{user}'],
    ['GET', '/owners'],
    ['POST', '/owners/$ref', reference(unknownId)],
    ['DELETE', '/owners/{user}/$ref'],
    ['GET', '/memberOf'],
    ['GET', '/transitiveMemberOf'],
    ['POST', '/getMemberGroups', { securityEnabledOnly: false }],
    ['POST', '/getMemberObjects', { securityEnabledOnly: false }],
    ['POST', '/checkMemberGroups', { groupIds: [unknownId] }],
    ['POST', '/checkMemberObjects', { ids: [unknownId] }],
  ])('are not found by %s %s', async (method, path, body) => {
    const whole = `/v1.0/groups/${groupIds.inner}${path.replace('{user}', userId)}`
    const answer = await doorstep.graph.request(method, whole, body)
    expectError(answer, 404, 'Request_ResourceNotFound', /does not exist/)
    expect(idsIn(await send.global('GET', `/groups/${groupIds.inner}/members`))).toEqual([userId])
  })
})
