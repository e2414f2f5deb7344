import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestToken } from '../login/request-token.ts'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { allSignedIn, expectDenied, expectError, groupIds, type SendToGraph, signInForm, staffSeed } from './staff.ts'

let doorstep: RunningDoorstep
let send: Readonly<Record<'global' | 'roleadmin' | 'member', SendToGraph>>
let memberId: string

const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'
const directoryReaders = '88d8e3e3-8f55-4a1e-953a-9b9898b8876b'
const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const unknownId = '00000000-0000-4000-8000-000000000001'
const definitions = '/roleManagement/directory/roleDefinitions'
const assignments = '/roleManagement/directory/roleAssignments'
const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` })

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: staffSeed() })
  send = await allSignedIn(doorstep, ['global', 'roleadmin', 'member'])
  memberId = (await send.global('GET', '/users/member@contoso.example')).body.id
})
afterAll(() => doorstep?.stop())

const idsIn = ({ status, body, text }: Answer): string[] => {
  expect(status, text).toBe(200)
  return body.value.map(({ id }: { id: string }) => id)
}

async function roleIdsInToken(name: string): Promise<readonly string[]> {
  const { body } = await requestToken(doorstep, signInForm(name))
  return JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString('utf8')).wids
}

describe('directory roles', () => {
  it('stand in a list when they are activated or held, and all of them among the templates', async () => {
    expect(idsIn(await send.member('GET', '/directoryRoleTemplates'))).toContain(directoryReaders)
    const template = await send.member('GET', `/directoryRoleTemplates/${directoryReaders}`)
    expect(template.body).toMatchObject({ id: directoryReaders, displayName: 'Directory Readers' })
    const before = idsIn(await send.member('GET', '/directoryRoles'))
    expect(before).toContain(globalAdministrator)
    expect(before).not.toContain(directoryReaders)
    expect((await send.member('GET', `/directoryRoles/${directoryReaders}`)).status).toBe(404)

    const made = await send.roleadmin('POST', '/directoryRoles', { roleTemplateId: directoryReaders })
    expect(made.status, made.text).toBe(201)
    expect(made.body).toMatchObject({ roleTemplateId: directoryReaders, displayName: 'Directory Readers' })
    const again = await send.roleadmin('POST', '/directoryRoles', { roleTemplateId: directoryReaders })
    expectError(again, 400, 'Request_BadRequest', /conflicting object/)
    expect(idsIn(await send.member('GET', '/directoryRoles'))).toContain(directoryReaders)
    expect((await send.member('GET', `/directoryRoles/${directoryReaders}/members`)).body.value).toEqual([])
    const unknown = await send.roleadmin('POST', '/directoryRoles', { roleTemplateId: unknownId })
    expectError(unknown, 404, 'Request_ResourceNotFound', /does not exist/)
    expectError(await send.roleadmin('POST', '/directoryRoles', {}), 400, 'Request_BadRequest', /'roleTemplateId'/)
  })

  it('are given and taken through their members, and tokens and rights follow', async () => {
    const path = `/directoryRoles(roleTemplateId='${userAdministrator}')`
    expect((await send.member('GET', path)).body.displayName).toBe('User Administrator')
    const change = () => send.member('PATCH', '/users/colleague@contoso.example', { jobTitle: 'Clerk' })
    expectDenied(await change())
    expect((await send.roleadmin('POST', `${path}/members/$ref`, reference(memberId))).status).toBe(204)
    expectError(
      await send.roleadmin('POST', `${path}/members/$ref`, reference(memberId)),
      400,
      'Request_BadRequest',
      /references already exist for the following modified properties: 'members'/,
    )
    expect(idsIn(await send.member('GET', `${path}/members`))).toContain(memberId)
    expect(await roleIdsInToken('member')).toContain(userAdministrator)
    expect((await change()).status).toBe(204)
    expect((await send.roleadmin('DELETE', `${path}/members/${memberId}/$ref`)).status).toBe(204)
    const gone = await send.roleadmin('DELETE', `${path}/members/${memberId}/$ref`)
    expectError(gone, 404, 'Request_ResourceNotFound', /does not exist/)
    expect(await roleIdsInToken('member')).not.toContain(userAdministrator)
    expectDenied(await change())
  })

  it('are given as assignments too', async () => {
    const wanted = { principalId: memberId, roleDefinitionId: directoryReaders, directoryScopeId: '/' }
    const made = await send.roleadmin('POST', assignments, wanted)
    expect(made.status, made.text).toBe(201)
    expect(made.body).toMatchObject({ ...wanted, id: expect.stringMatching(/^[\w-]{43}-1$/) })
    const path = `${assignments}/${made.body.id}`
    expect((await send.member('GET', path)).body).toMatchObject(wanted)
    const again = await send.roleadmin('POST', assignments, wanted)
    expectError(again, 400, 'Request_BadRequest', /conflicting object/)
    for (const filter of [
      `principalId eq '${memberId}'`,
      `roleDefinitionId eq '${directoryReaders}'`,
      `principalId eq '${memberId}' and roleDefinitionId eq '${directoryReaders}'`,
    ]) {
      const found = await send.member('GET', `${assignments}?$filter=${filter}`)
      expect(idsIn(found), filter).toEqual([made.body.id])
    }
    expect(idsIn(await send.member('GET', assignments)).length).toBeGreaterThan(5)
    const none = await send.member('GET', `${assignments}?$filter=principalId eq '${unknownId}'`)
    expect(idsIn(none)).toEqual([])
    expect((await send.roleadmin('DELETE', path)).status).toBe(204)
    expectError(await send.roleadmin('DELETE', path), 404, 'Request_ResourceNotFound', /does not exist/)
    expectError(await send.member('GET', `${assignments}/x`), 404, 'Request_ResourceNotFound', /does not exist/)
  })

  it('have definitions', async () => {
    const found = await send.member('GET', `${definitions}?$filter=displayName eq 'global administrator'`)
    expect(found.body.value).toMatchObject([
      { id: globalAdministrator, templateId: globalAdministrator, isBuiltIn: true },
    ])
    expect((await send.member('GET', `${definitions}/${globalAdministrator}`)).body.displayName).toBe(
      'Global Administrator',
    )
    expect((await send.member('GET', `${definitions}/${unknownId}`)).status).toBe(404)
  })

  it.each<[string, () => object, number, RegExp]>([
    ['nobody', () => ({ principalId: unknownId }), 404, /does not exist/],
    ['a group that roles cannot be given to', () => ({ principalId: groupIds.inner }), 400, /isAssignableToRole/],
    [
      'a part of the tenant',
      () => ({ directoryScopeId: `/administrativeUnits/${unknownId}` }),
      400,
      /directoryScopeId/,
    ],
    ['an unknown role', () => ({ roleDefinitionId: unknownId }), 404, /does not exist/],
    ['no role', () => ({ roleDefinitionId: undefined }), 400, /roleDefinitionId/],
  ])('are not given to or for %s', async (_what, wrong, status, message) => {
    const wanted = { principalId: memberId, roleDefinitionId: directoryReaders, directoryScopeId: '/', ...wrong() }
    const code = status === 404 ? 'Request_ResourceNotFound' : 'Request_BadRequest'
    expectError(await send.roleadmin('POST', assignments, wanted), status, code, message)
  })

  it('keep a Global Administrator', async () => {
    const globalId = (await send.global('GET', '/me')).body.id
    const path = `/directoryRoles/${globalAdministrator}/members`
    const own = await send.global('DELETE', `${path}/${globalId}/$ref`)
    expectError(own, 400, 'Request_BadRequest', /Removing self from Global Administrator/)
    const last = await send.roleadmin('DELETE', `${path}/${globalId}/$ref`)
    expectError(last, 400, 'Request_BadRequest', /last Global Administrator/)
    expectError(await send.global('DELETE', `/users/${globalId}`), 400, 'Request_BadRequest', /last Global/)
    expect((await send.global('GET', '/me')).status).toBe(200)

    expect((await send.roleadmin('POST', `${path}/$ref`, reference(memberId))).status).toBe(204)
    expect((await send.roleadmin('DELETE', `${path}/${globalId}/$ref`)).status).toBe(204)
    expectDenied(await send.global('POST', '/directoryRoles', { roleTemplateId: directoryReaders }))
    expect((await send.roleadmin('POST', `${path}/$ref`, reference(globalId))).status).toBe(204)
    expect((await send.roleadmin('DELETE', `${path}/${memberId}/$ref`)).status).toBe(204)
  })

  it('of another tenant are other ones', async () => {
    const { body } = await send.member('GET', `${assignments}?$filter=roleDefinitionId eq '${globalAdministrator}'`)
    const foreign = body.value[0]
    const ours = await doorstep.graph.request('GET', `/v1.0${assignments}`)
    expect(ours.body.value.map(({ id }: { id: string }) => id)).not.toContain(foreign.id)
    const members = `/v1.0/directoryRoles/${globalAdministrator}/members`
    for (const [method, path, sent] of [
      ['GET', `/v1.0${assignments}/${foreign.id}`],
      ['DELETE', `/v1.0${assignments}/${foreign.id}`],
      ['DELETE', `${members}/${foreign.principalId}/$ref`],
      ['POST', `${members}/$ref`, reference(foreign.principalId)],
    ] as const) {
      const answer = await doorstep.graph.request(method, path, sent)
      expectError(answer, 404, 'Request_ResourceNotFound', /does not exist/)
    }
    const wanted = { principalId: foreign.principalId, roleDefinitionId: directoryReaders, directoryScopeId: '/' }
    expect((await doorstep.graph.request('POST', `/v1.0${assignments}`, wanted)).status).toBe(404)
  })
})

describe('policies', () => {
  const path = '/policies/authorizationPolicy'

  it('decide whether users may register applications, and consent for themselves', async () => {
    const { body } = await send.member('GET', path)
    expect(body).toMatchObject({
      id: 'authorizationPolicy',
      allowInvitesFrom: 'everyone',
      defaultUserRolePermissions: { allowedToCreateApps: true },
    })
    const { '@odata.context': _context, id: _id, displayName: _name, description: _text, ...read } = body
    const closed = {
      ...read.defaultUserRolePermissions,
      allowedToCreateApps: false,
      permissionGrantPoliciesAssigned: [],
    }
    const change = { ...read, defaultUserRolePermissions: closed }
    expectDenied(await send.member('PATCH', path, change))
    expect((await send.roleadmin('PATCH', path, change)).status).toBe(204)
    expect((await send.member('GET', path)).body.defaultUserRolePermissions).toEqual(closed)
    expectDenied(await send.member('POST', '/applications', { displayName: 'x' }))
    const open = { defaultUserRolePermissions: { allowedToCreateApps: true } }
    expect((await send.global('PATCH', path, open)).status).toBe(204)
    expect((await send.member('POST', '/applications', { displayName: 'x' })).status).toBe(201)
    expect((await send.member('GET', path)).body.defaultUserRolePermissions.permissionGrantPoliciesAssigned).toEqual([])
  })

  it.each<[object, RegExp]>([
    [{ allowInvitesFrom: 'none' }, /'allowInvitesFrom'/],
    [{ defaultUserRolePermissions: { allowedToCreateSecurityGroups: false } }, /allowedToCreateSecurityGroups/],
    [{ defaultUserRolePermissions: { allowedToCreateApps: 'no' } }, /allowedToCreateApps/],
    [{ id: 'x' }, /'id' is read-only/],
  ])('have no switch for %o', async (change, message) => {
    expectError(await send.global('PATCH', path, change), 400, 'Request_BadRequest', message)
  })

  it('restrict no secrets', async () => {
    const { status, body } = await send.member('GET', '/policies/defaultAppManagementPolicy')
    expect(status).toBe(200)
    expect(body).toMatchObject({ isEnabled: false, applicationRestrictions: { passwordCredentials: [] } })
  })
})
