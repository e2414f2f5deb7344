import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import {
  allSignedIn,
  expectDenied,
  groupIds,
  reader,
  robotic,
  type SendToGraph,
  signedIn,
  staffSeed,
  stockApi,
} from './staff.ts'

const fabrikamGroup = '99b1e7b3-6e1d-4a1f-9074-1c2e3d4f5a99'

let doorstep: RunningDoorstep
let send: Readonly<Record<'global' | 'member' | 'visitor', SendToGraph>>

beforeAll(async () => {
  const seed = JSON.parse(staffSeed())
  seed.tenants.push({
    tenantId: '9e1f0c52-3a44-4f0e-9a6b-0b8f5f1c2d99',
    displayName: 'Fabrikam',
    domain: 'fabrikam.example',
    users: [{ userPrincipalName: 'eve@fabrikam.example', displayName: 'Eve', password: 'Correct-horse-7-battery' }],
    groups: [{ id: fabrikamGroup, displayName: 'Foreign', members: ['eve@fabrikam.example'] }],
  })
  doorstep = await startDoorstep({ seed: JSON.stringify(seed) })
  send = await allSignedIn(doorstep, ['global', 'member', 'visitor'])
})
afterAll(() => doorstep?.stop())

const expectRefused = ({ status, body, text }: Answer, message: RegExp) => {
  expect(status, text).toBe(400)
  expect(body.error.message).toMatch(message)
}

describe('$expand', () => {
  it('shows owners of one application, as much of them as is selected', async () => {
    const whole = await send.global('GET', `/applications(appId='${stockApi.appId}')?$expand=owners`)
    expect(whole.body['@odata.context']).toMatch(/#applications\(owners\(\)\)\/\$entity$/)
    expect(whole.body.displayName).toBe('stock')
    expect(whole.body.owners).toMatchObject([
      { '@odata.type': '#microsoft.graph.user', userPrincipalName: 'member@contoso.example', jobTitle: null },
    ])
    const query = '$select=displayName&$expand=owners($select=id,accountEnabled)'
    const { body } = await send.global('GET', `/applications(appId='${stockApi.appId}')?${query}`)
    expect(body['@odata.context']).toMatch(/#applications\(displayName,owners\(id,accountEnabled\)\)\/\$entity$/)
    expect(Object.keys(body)).toEqual(['@odata.context', 'displayName', 'owners'])
    expect(body.owners).toEqual([
      { '@odata.type': '#microsoft.graph.user', id: whole.body.owners[0].id, accountEnabled: true },
    ])
  })

  it('shows the members of every group of a list, in one answer', async () => {
    const { body } = await send.global('GET', '/groups?$expand=members($select=displayName)&$orderby=displayName')
    expect(body['@odata.context']).toMatch(/#groups\(members\(displayName\)\)$/)
    const shown = body.value.map(({ displayName, members }: { displayName: string; members: Answer['body'][] }) => [
      displayName,
      members.map((member) => member.displayName),
    ])
    expect(shown).toEqual([
      ['Inner', ['member']],
      ['Letters', ['member']],
      ['Outer', ['Inner']],
    ])
  })

  it('shows what people belong to, roles among it', async () => {
    const { body } = await send.global('GET', '/users/member@contoso.example?$expand=memberOf')
    expect(body.memberOf.map(({ displayName }: Answer['body']) => displayName).sort()).toEqual(['Inner', 'Letters'])
    const administrator = await send.global('GET', '/me?$expand=memberOf($select=displayName)')
    expect(administrator.body.memberOf).toEqual([
      { '@odata.type': '#microsoft.graph.directoryRole', displayName: 'Global Administrator' },
    ])
    const inner = await send.global('GET', `/groups/${groupIds.inner}?$expand=memberOf`)
    expect(inner.body.memberOf).toMatchObject([{ '@odata.type': '#microsoft.graph.group', displayName: 'Outer' }])
  })

  it('shows what service principals hold, and who holds their roles', async () => {
    const graphAppId = '00000003-0000-0000-c000-000000000000'
    const held = await send.global(
      'GET',
      "/servicePrincipals?$filter=displayName eq 'robot'&$expand=appRoleAssignments",
    )
    expect(held.body.value[0].appRoleAssignments).toHaveLength(3)
    expect(held.body.value[0].appRoleAssignments[0]).toMatchObject({
      principalDisplayName: 'robot',
      resourceDisplayName: 'Microsoft Graph',
    })
    const given = await send.global('GET', `/servicePrincipals(appId='${graphAppId}')?$expand=appRoleAssignedTo`)
    expect(
      given.body.appRoleAssignedTo.map(({ principalDisplayName }: Answer['body']) => principalDisplayName),
    ).toContain('robot')
  })

  it('shows at most twenty', async () => {
    const robot = await robotic(doorstep)
    const made = await Promise.all(
      Array.from({ length: 22 }, async (_, index) => {
        const { body } = await send.global('POST', '/applications', { displayName: `owned ${index}` })
        return (await send.global('POST', '/servicePrincipals', { appId: body.appId })).body
      }),
    )
    const resource = (await robot('GET', `/servicePrincipals(appId='${stockApi.appId}')`)).body
    for (const { id } of made) {
      const wanted = { principalId: id, resourceId: resource.id, appRoleId: stockApi.clerkRole }
      const { status, text } = await send.global('POST', `/servicePrincipals/${id}/appRoleAssignments`, wanted)
      expect(status, text).toBe(201)
    }
    const { body } = await send.global('GET', `/servicePrincipals/${resource.id}?$expand=appRoleAssignedTo`)
    expect(body.appRoleAssignedTo).toHaveLength(20)
  })

  it.each([
    ['/applications?$expand=owners,extensionProperties', /more than one relationship/],
    ['/applications?$expand=colours', /'colours' of type 'microsoft.graph.application' cannot be expanded/],
    ['/applications?$expand=owners($expand=memberOf)', /only \(\$select=id,displayName\)/],
    ['/applications?$expand=owners($select=colour)', /property named 'colour'/],
    ['/users?$expand=members', /'members' of type 'microsoft.graph.user' cannot be expanded/],
    [`/groups/${groupIds.inner}/members?$expand=memberOf`, /'\$expand' is not supported/],
    ['/organization?$expand=extensions', /'\$expand' is not supported/],
  ])('refuses %s', async (path, message) => {
    expectRefused(await send.global('GET', path), message)
  })

  it('shows nobody what he may not see by its own path', async () => {
    expectDenied(await send.visitor('GET', `/groups/${groupIds.inner}?$expand=members`))
    expectDenied(await send.visitor('GET', `/groups/${groupIds.inner}?$expand=owners`))
    expectDenied(await send.visitor('GET', '/users/member@contoso.example?$expand=memberOf'))
    expectDenied(await send.visitor('GET', `/servicePrincipals(appId='${stockApi.appId}')?$expand=memberOf`))
    expect((await send.visitor('GET', '/me?$expand=memberOf')).status).toBe(200)
    const throughReader = await signedIn(doorstep, 'global', reader.appId)
    expect((await throughReader('GET', '/me?$expand=memberOf')).status).toBe(200)
    expectDenied(await throughReader('GET', '/me?$expand=appRoleAssignments'))
  })

  it('finds nothing of another tenant', async () => {
    expect((await send.global('GET', `/groups/${fabrikamGroup}?$expand=members`)).status).toBe(404)
  })
})

describe('objects by their ids', () => {
  const ids = async () => {
    const user = (await send.global('GET', '/users/member@contoso.example')).body.id
    const application = (await send.global('GET', `/applications(appId='${stockApi.appId}')`)).body.id
    const servicePrincipal = (await send.global('GET', `/servicePrincipals(appId='${stockApi.appId}')`)).body.id
    return [user, groupIds.inner, servicePrincipal, application] as const
  }
  const path = '/directoryObjects/getByIds'

  it('come in their order, each with its type; what is not here is left out', async () => {
    const all = await ids()
    const unknown = 'aaaaaaaa-6e1d-4a1f-9074-1c2e3d4f5a99'
    const { status, body } = await send.global('POST', path, { ids: [...all, unknown, fabrikamGroup, all[0]] })
    expect(status).toBe(200)
    expect(body['@odata.context']).toMatch(/#directoryObjects$/)
    expect(body.value.map((one: Answer['body']) => [one.id, one['@odata.type']])).toEqual([
      [all[0], '#microsoft.graph.user'],
      [all[1], '#microsoft.graph.group'],
      [all[2], '#microsoft.graph.servicePrincipal'],
      [all[3], '#microsoft.graph.application'],
    ])
  })

  it('are narrowed by types and by $select', async () => {
    const [user, group, servicePrincipal] = await ids()
    const types = ['group', 'servicePrincipal', 'directoryObjectPartnerReference']
    const asked = { ids: [user, group, servicePrincipal.toUpperCase()], types }
    const { body } = await send.global('POST', `${path}?$select=id`, asked)
    expect(body.value).toEqual([
      { '@odata.type': '#microsoft.graph.group', id: group },
      { '@odata.type': '#microsoft.graph.servicePrincipal', id: servicePrincipal },
    ])
    expect((await send.global('POST', path, { ids: [user], types: ['device'] })).body.value).toEqual([])
    expect((await send.global('POST', path, { ids: [user], types: ['directoryObject'] })).body.value).toHaveLength(1)
  })

  it.each<[string, unknown, RegExp]>([
    ['no ids', {}, /ids/],
    ['what is no GUID', { ids: ['x'] }, /ids\[0\]/],
    ['more than a thousand', { ids: Array.from({ length: 1001 }, () => groupIds.inner) }, /ids/],
    ['another property', { ids: [], names: [] }, /names/],
  ])('are not found by %s', async (_what, asked, message) => {
    expectRefused(await send.global('POST', path, asked), message)
  })

  it('are read one by one too', async () => {
    for (const id of await ids()) {
      const { body } = await send.global('GET', `/directoryObjects/${id}`)
      expect(body).toMatchObject({ id, '@odata.type': expect.stringMatching(/^#microsoft\.graph\./) })
      expect(body['@odata.context']).toMatch(/#directoryObjects\/\$entity$/)
    }
    for (const id of [fabrikamGroup, 'aaaaaaaa-6e1d-4a1f-9074-1c2e3d4f5a99']) {
      const { status, body } = await send.global('GET', `/directoryObjects/${id}`)
      expect([status, body.error.code]).toEqual([404, 'Request_ResourceNotFound'])
    }
    expect((await send.global('GET', '/directoryObjects/x')).status).toBe(400)
  })

  it('are for those who may read the directory', async () => {
    expectDenied(await send.visitor('POST', path, { ids: [groupIds.inner] }))
    expectDenied(await send.visitor('GET', `/directoryObjects/${groupIds.inner}`))
    expectDenied(await (await robotic(doorstep))('POST', path, { ids: [groupIds.inner] }))
    expect((await send.member('POST', path, { ids: [groupIds.inner] })).status).toBe(200)
  })
})
