import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { expectDenied, groupIds, robotic, type SendToGraph, signedIn, staffSeed, stockApi } from './staff.ts'

const roles = {
  'Global Administrator': '62e90394-69f5-4237-9190-012177145e10',
  'Application Administrator': '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
  'User Administrator': 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  'Helpdesk Administrator': '729827e3-9c14-49f7-bb1b-9608f156bbb8',
  'Groups Administrator': 'fdd7a751-b60b-444a-984c-02652fe8fa1c',
  'Privileged Role Administrator': 'e8611ab8-c189-46e8-94e1-60213ab1f814',
  'Directory Readers': '88d8e3e3-8f55-4a1e-953a-9b9898b8876b',
}
const actors = ['none', ...Object.keys(roles)]
const assignments = '/roleManagement/directory/roleAssignments'

let doorstep: RunningDoorstep
let global: SendToGraph
/** Applications without any permission: the role is all that each has. */
let send: Readonly<Record<string, SendToGraph>>
const principals: Record<string, string> = {}

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: staffSeed() })
  global = await signedIn(doorstep, 'global')
  const made: Record<string, SendToGraph> = {}
  for (const actor of actors) made[actor] = await applicationWith(actor)
  send = made
})
afterAll(() => doorstep?.stop())

async function post(path: string, body: object): Promise<Answer['body']> {
  const answer = await global('POST', path, body)
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.body
}

async function applicationWith(name: string): Promise<SendToGraph> {
  const { id, appId } = await post('/applications', { displayName: name })
  const { secretText: secret } = await post(`/applications/${id}/addPassword`, {})
  const { id: principalId } = await post('/servicePrincipals', { appId })
  principals[name] = principalId
  const roleDefinitionId = roles[name as keyof typeof roles]
  if (roleDefinitionId) await post(assignments, { principalId, roleDefinitionId, directoryScopeId: '/' })
  return robotic(doorstep, { appId, secret })
}

let made = 0
const named = () => {
  made += 1
  return `pipeline${made}`
}
const newGroup = (more: object = {}) => {
  const name = named()
  return { displayName: name, mailEnabled: false, mailNickname: name, securityEnabled: true, ...more }
}
const newUser = () => {
  const name = named()
  return {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@contoso.example`,
    passwordProfile: { password: 'Another-horse-8-battery' },
  }
}
const passwordProfile = { password: 'Third-horse-9-battery' }
const aUser = async () => (await post('/users', newUser())).id
const aGroup = async (more: object = {}) => (await post('/groups', newGroup(more))).id
const anApplication = async () => (await post('/applications', { displayName: named() })).id
const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` })
async function clerkRole(principalId: string) {
  const { id: resourceId } = (await global('GET', `/servicePrincipals(appId='${stockApi.appId}')`)).body
  return { principalId, resourceId, appRoleId: stockApi.clerkRole }
}

const operations: Readonly<Record<string, (ask: SendToGraph) => Promise<Answer>>> = {
  'read applications': (ask) => ask('GET', '/applications?$top=1'),
  'list users': (ask) => ask('GET', '/users?$top=1'),
  'read members': (ask) => ask('GET', `/groups/${groupIds.inner}/members`),
  'create an application': (ask) => ask('POST', '/applications', { displayName: named() }),
  'change an application': async (ask) => ask('PATCH', `/applications/${await anApplication()}`, { notes: 'x' }),
  'add a secret': async (ask) => ask('POST', `/applications/${await anApplication()}/addPassword`, {}),
  'give an app role': async (ask) => {
    const wanted = await clerkRole(await aUser())
    return ask('POST', `/users/${wanted.principalId}/appRoleAssignments`, wanted)
  },
  'create a user': (ask) => ask('POST', '/users', newUser()),
  'change a user': async (ask) => ask('PATCH', `/users/${await aUser()}`, { jobTitle: 'x' }),
  'set a password': async (ask) => ask('PATCH', `/users/${await aUser()}`, { passwordProfile }),
  'delete a user': async (ask) => ask('DELETE', `/users/${await aUser()}`),
  'set the password of an administrator': (ask) => ask('PATCH', '/users/auditor@contoso.example', { passwordProfile }),
  'create a group': (ask) => ask('POST', '/groups', newGroup()),
  'create a group for roles': (ask) => ask('POST', '/groups', newGroup({ isAssignableToRole: true })),
  'add a member': async (ask) => ask('POST', `/groups/${await aGroup()}/members/$ref`, reference(await aUser())),
  'fill a group for roles': async (ask) =>
    ask('POST', `/groups/${await aGroup({ isAssignableToRole: true })}/members/$ref`, reference(await aUser())),
  'give a role': async (ask) =>
    ask('POST', assignments, {
      principalId: await aUser(),
      roleDefinitionId: roles['Directory Readers'],
      directoryScopeId: '/',
    }),
  'read sign-ins': (ask) => ask('GET', '/auditLogs/signIns?$top=1'),
}
/** In the order of the actors: + may, - may not. */
const table: Readonly<Record<keyof typeof operations, string>> = {
  'read applications': '- + + + + + + +',
  'list users': '- + + + + + + +',
  'read members': '- + + + + + + +',
  'create an application': '- + + - - - - -',
  'change an application': '- + + - - - - -',
  'add a secret': '- + + - - - - -',
  'give an app role': '- + + + - - + -',
  'create a user': '- + - + - - - -',
  'change a user': '- + - + - - - -',
  'set a password': '- + - + + - - -',
  'delete a user': '- + - + - - - -',
  'set the password of an administrator': '- + - - - - - -',
  'create a group': '- + - + - + - -',
  'create a group for roles': '- + - - - - - -',
  'add a member': '- + - + - + - -',
  'fill a group for roles': '- + - - - - - -',
  'give a role': '- + - - - - + -',
  // It is no part of the directory, where roles of applications count.
  'read sign-ins': '- - - - - - - -',
}

describe('an application that holds a directory role and no permission', () => {
  it.each(Object.keys(operations))('%s', async (name) => {
    const marks = table[name]?.split(' ') ?? []
    expect(marks).toHaveLength(actors.length)
    for (const [column, actor] of actors.entries()) {
      const ask = send[actor]
      const answer = ask && (await operations[name]?.(ask))
      if (!answer) throw new Error(`There is no operation '${name}' of '${actor}'.`)
      if (marks[column] === '-') expectDenied(answer)
      else expect(answer.status, `${actor}: ${answer.text}`).toBeLessThan(300)
    }
  })

  it('has it through a group too, and until it is taken', async () => {
    const ask = await applicationWith('through a group')
    const group = await aGroup({ isAssignableToRole: true })
    await post(`/groups/${group}/members/$ref`, reference(principals['through a group'] ?? ''))
    expectDenied(await ask('POST', '/groups', newGroup()))
    const body = { principalId: group, roleDefinitionId: roles['Groups Administrator'], directoryScopeId: '/' }
    const assignment = await post(assignments, body)
    expect((await ask('POST', '/groups', newGroup())).status).toBe(201)
    expect((await global('DELETE', `${assignments}/${assignment.id}`)).status).toBe(204)
    expectDenied(await ask('POST', '/groups', newGroup()))
  })

  it('has none while it is disabled, and none in another tenant', async () => {
    const ask = await applicationWith('Global Administrator')
    const path = `/servicePrincipals/${principals['Global Administrator']}`
    expect((await ask('GET', '/users?$top=1')).status).toBe(200)
    const foreign = (await doorstep.graph.request('GET', '/v1.0/users?$top=1')).body.value[0].id
    expect((await ask('DELETE', `/users/${foreign}`)).status).toBe(404)
    expect((await global('PATCH', path, { accountEnabled: false })).status).toBe(204)
    expectDenied(await ask('GET', '/users?$top=1'))
  })

  it('is nobody at /me all the same', async () => {
    for (const [method, path] of [
      ['GET', '/me'],
      ['POST', '/me/changePassword'],
    ] as const) {
      const answer = await send['Global Administrator']?.(method, path, method === 'POST' ? {} : undefined)
      expect(answer?.status, path).toBe(400)
    }
  })
})
