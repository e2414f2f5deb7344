import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { allSignedIn, expectDenied, expectError, robot, robotic, type SendToGraph, staffSeed } from './staff.ts'

const people = ['global', 'groupadmin', 'useradmin', 'helpdesk'] as const
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'
const helpdeskAdministrator = '729827e3-9c14-49f7-bb1b-9608f156bbb8'
const directoryReaders = '88d8e3e3-8f55-4a1e-953a-9b9898b8876b'
const passwordProfile = { password: 'Third-horse-9-battery' }
const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` })

let doorstep: RunningDoorstep
let send: Readonly<Record<(typeof people)[number], SendToGraph>>
let asRobot: SendToGraph

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: staffSeed() })
  send = await allSignedIn(doorstep, people)
  asRobot = await robotic(doorstep)
})
afterAll(() => doorstep?.stop())

let made = 0
async function madeBy(collection: '/users' | '/groups', properties: object): Promise<string> {
  made += 1
  const name = `guarded${made}`
  const answer = await send.global('POST', collection, { displayName: name, mailNickname: name, ...properties })
  expect(answer.status, answer.text).toBe(201)
  return answer.body.id
}
const newUser = () =>
  madeBy('/users', {
    accountEnabled: true,
    userPrincipalName: `guarded${made + 1}@contoso.example`,
    passwordProfile: { password: 'Another-horse-8-battery' },
  })
const newGroupForRoles = () =>
  madeBy('/groups', { mailEnabled: false, securityEnabled: true, isAssignableToRole: true })
async function give(roleDefinitionId: string, principalId: string): Promise<string> {
  const body = { roleDefinitionId, principalId, directoryScopeId: '/' }
  const answer = await send.global('POST', '/roleManagement/directory/roleAssignments', body)
  expect(answer.status, answer.text).toBe(201)
  return `/roleManagement/directory/roleAssignments/${answer.body.id}`
}

describe('the account of who belongs to or owns a group that roles can be given to', () => {
  it.each(['owners', 'members'])('is left to Global Administrators: %s', async (relation) => {
    const [user, group] = [await newUser(), await newGroupForRoles()]
    expect((await send.helpdesk('PATCH', `/users/${user}`, { passwordProfile })).status).toBe(204)
    expect((await send.global('POST', `/groups/${group}/${relation}/$ref`, reference(user))).status).toBe(204)
    expectDenied(await send.helpdesk('PATCH', `/users/${user}`, { passwordProfile }))
    expectDenied(await send.helpdesk('POST', `/users/${user}/revokeSignInSessions`))
    expectDenied(await send.useradmin('PATCH', `/users/${user}`, { passwordProfile }))
    expectDenied(await send.useradmin('PATCH', `/users/${user}`, { accountEnabled: false }))
    expectDenied(await send.useradmin('DELETE', `/users/${user}`))
    expectDenied(await asRobot('PATCH', `/users/${user}`, { passwordProfile }))
    expect((await send.useradmin('PATCH', `/users/${user}`, { jobTitle: 'Chief' })).status).toBe(204)
    expect((await send.global('PATCH', `/users/${user}`, { passwordProfile })).status).toBe(204)

    expect((await send.global('DELETE', `/users/${user}`)).status).toBe(204)
    for (const ask of [send.useradmin, asRobot]) {
      expectDenied(await ask('POST', `/directory/deletedItems/${user}/restore`))
      expectDenied(await ask('DELETE', `/directory/deletedItems/${user}`))
    }
    expect((await send.global('POST', `/directory/deletedItems/${user}/restore`)).status).toBe(200)
  })

  it('stays protected in the recycle bin when the role is that of his group', async () => {
    const [user, group] = [await newUser(), await newGroupForRoles()]
    await give(globalAdministrator, group)
    expect((await send.global('POST', `/groups/${group}/members/$ref`, reference(user))).status).toBe(204)
    expect((await send.global('DELETE', `/users/${user}`)).status).toBe(204)
    expectDenied(await send.useradmin('POST', `/directory/deletedItems/${user}/restore`))
    expect((await send.global('POST', `/directory/deletedItems/${user}/restore`)).status).toBe(200)
  })
})

describe('an application that acts as itself', () => {
  it('takes over nobody who holds a role, unless it holds one that reaches so far', async () => {
    const [user, chief] = [await newUser(), '/users/global@contoso.example']
    expect((await asRobot('PATCH', `/users/${user}`, { passwordProfile })).status).toBe(204)
    expectDenied(await asRobot('PATCH', chief, { passwordProfile }))
    expectDenied(await asRobot('PATCH', chief, { otherMails: ['mine@elsewhere.example'] }))
    expectDenied(await asRobot('DELETE', chief))
    expectDenied(await asRobot('POST', `${chief}/revokeSignInSessions`))
    expect((await asRobot('PATCH', chief, { jobTitle: 'Chief' })).status).toBe(204)

    await give(directoryReaders, user)
    expectDenied(await asRobot('PATCH', `/users/${user}`, { passwordProfile }))
    const principal = (await send.global('GET', `/servicePrincipals(appId='${robot.appId}')`)).body.id
    const assignment = await give(helpdeskAdministrator, principal)
    expect((await asRobot('PATCH', `/users/${user}`, { passwordProfile })).status).toBe(204)
    expectDenied(await asRobot('PATCH', `/users/${user}`, { accountEnabled: false }))
    expectDenied(await asRobot('PATCH', chief, { passwordProfile }))
    expect((await send.global('DELETE', assignment)).status).toBe(204)
    expectDenied(await asRobot('PATCH', `/users/${user}`, { passwordProfile }))
  })
})

describe('what opens an account', () => {
  it.each([
    { accountEnabled: false },
    { businessPhones: ['+47 1'] },
    { mobilePhone: '+47 1' },
    { onPremisesImmutableId: 'x==' },
    { otherMails: ['mine@elsewhere.example'] },
    { userPrincipalName: 'chief@contoso.example' },
  ])('of a Global Administrator is no User Administrator’s to change: %o', async (patch) => {
    expectDenied(await send.useradmin('PATCH', '/users/global@contoso.example', patch))
  })
})

describe('the last Global Administrator', () => {
  it('stays enabled, and those who are disabled do not count', async () => {
    const chief = '/users/global@contoso.example'
    const refused = /last Global Administrator/
    // A group may hold the role, but a tenant keeps somebody who holds it himself.
    expectError(await send.global('PATCH', '/me', { accountEnabled: false }), 400, 'Request_BadRequest', refused)
    expect((await send.global('PATCH', '/me', { accountEnabled: true })).status).toBe(204)
    const deputy = await newUser()
    await give(globalAdministrator, deputy)
    expect((await send.global('PATCH', `/users/${deputy}`, { accountEnabled: false })).status).toBe(204)
    expectError(await send.global('PATCH', chief, { accountEnabled: false }), 400, 'Request_BadRequest', refused)
    expectError(await send.global('DELETE', chief), 400, 'Request_BadRequest', refused)
    expect((await send.global('PATCH', `/users/${deputy}`, { accountEnabled: true })).status).toBe(204)
    expect((await send.global('PATCH', chief, { accountEnabled: false })).status).toBe(204)
  })
})
