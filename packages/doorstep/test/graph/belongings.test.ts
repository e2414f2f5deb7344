import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { allSignedIn, groupIds, type SendToGraph, staffSeed } from './staff.ts'

/** Lists of what belongs to an object: owners, members, memberships, reports. */

let doorstep: RunningDoorstep
let send: Readonly<Record<'global' | 'member', SendToGraph>>
let memberId: string
let applicationId: string
let globalId: string
let servicePrincipalId: string

const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'
const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` })

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: staffSeed() })
  send = await allSignedIn(doorstep, ['global', 'member'])
  memberId = (await send.member('GET', '/me')).body.id
  globalId = (await send.global('GET', '/me')).body.id
  const application = (await send.global('POST', '/applications', { displayName: 'owned' })).body
  applicationId = application.id
  servicePrincipalId = (await send.global('POST', '/servicePrincipals', { appId: application.appId })).body.id
  for (const path of [`/applications/${applicationId}`, `/groups/${groupIds.inner}`]) {
    for (const id of [memberId, servicePrincipalId]) {
      const { status, text } = await send.global('POST', `${path}/owners/$ref`, reference(id))
      expect(status, text).toBe(204)
    }
  }
  await send.global('PUT', `/users/${globalId}/manager/$ref`, reference(memberId))
})
afterAll(() => doorstep?.stop())

const values = ({ status, body, text }: Answer): Answer['body'][] => {
  expect(status, text).toBe(200)
  return body.value
}
const ids = (answer: Answer): string[] => values(answer).map(({ id }) => id)

describe('what belongs to an object', () => {
  it.each([
    ['owners of an application', () => `/applications/${applicationId}/owners`],
    ['owners of a group', () => `/groups/${groupIds.inner}/owners`],
    ['members of a group', () => `/groups/${groupIds.inner}/members`],
    ['who reports to somebody', () => `/users/${memberId}/directReports`],
    ['holders of a role', () => `/directoryRoles/${globalAdministrator}/members`],
  ])('shows what was selected: %s', async (_what, path) => {
    const shown = values(await send.global('GET', `${path()}?$select=id,accountEnabled,userType`))
    const users = shown.filter((one) => one['@odata.type'] === '#microsoft.graph.user')
    expect(users.length).toBeGreaterThan(0)
    for (const user of users) expect(user).toMatchObject({ accountEnabled: true, userType: 'Member' })
    const [plain] = values(await send.global('GET', path())).filter(({ id }) => id === users[0]?.id)
    expect(plain).not.toHaveProperty('accountEnabled')
  })

  it('shows what was selected of a manager', async () => {
    const { body } = await send.global('GET', '/me/manager?$select=id,accountEnabled')
    expect(body).toMatchObject({ id: memberId, accountEnabled: true })
  })

  it('is filtered by properties that are not shown unasked', async () => {
    const path = `/applications/${applicationId}/owners?$filter=accountEnabled eq true and userType eq 'Member'`
    expect(ids(await send.global('GET', path)).sort()).toEqual([memberId, globalId].sort())
  })

  it.each([
    ['/me/memberOf/microsoft.graph.group', 'groups', () => [groupIds.inner, groupIds.letters]],
    ['/me/memberOf/microsoft.graph.directoryRole', 'directoryRoles', () => []],
    ['/me/transitiveMemberOf/microsoft.graph.group', 'groups', () => Object.values(groupIds)],
    [`/groups/${groupIds.inner}/memberOf/microsoft.graph.group`, 'groups', () => [groupIds.outer]],
    [
      '/users/member@contoso.example/memberOf/microsoft.graph.group',
      'groups',
      () => [groupIds.inner, groupIds.letters],
    ],
    [`/directoryRoles/${globalAdministrator}/members/microsoft.graph.user`, 'directoryObjects', () => [globalId]],
    [`/groups/${groupIds.inner}/owners/microsoft.graph.user`, 'directoryObjects', () => [memberId]],
  ])('can be cast to one kind and counted: %s', async (path, collection, expected) => {
    const answer = await send.member('GET', path)
    expect(ids(answer).sort()).toEqual([...expected()].sort())
    expect(answer.body['@odata.context']).toMatch(new RegExp(`#${collection}$`))
    const asked = { id: '1', method: 'GET', url: `${path}/$count`, headers: { ConsistencyLevel: 'eventual' } }
    const counted = await send.member('POST', '/$batch', { requests: [asked] })
    expect(counted.body.responses).toMatchObject([{ status: 200, body: expected().length }])
    expect((await send.member('GET', `${path}/$count`)).status).toBe(400)
  })

  it('shows roles with their members', async () => {
    const shown = values(await send.member('GET', '/directoryRoles?$select=displayName&$expand=members($select=id)'))
    const role = shown.find(({ displayName }) => displayName === 'Global Administrator')
    expect(role).toEqual({
      displayName: 'Global Administrator',
      members: [{ '@odata.type': '#microsoft.graph.user', id: globalId }],
    })
    const one = await send.member('GET', `/directoryRoles/${globalAdministrator}?$expand=members`)
    expect(one.body.members).toMatchObject([{ displayName: 'global' }])
  })

  it('passes nothing over when something goes between two pages', async () => {
    const made = ['p', 'q', 'r'].map(async (displayName) => {
      const group = { displayName, mailNickname: displayName, mailEnabled: false, securityEnabled: true }
      const { body } = await send.global('POST', '/groups', group)
      await send.global('POST', `/groups/${body.id}/members/$ref`, reference(servicePrincipalId))
      return body.id as string
    })
    const [first, second, third] = (await Promise.all(made)).sort()
    const page = await send.global('GET', `/servicePrincipals/${servicePrincipalId}/memberOf?$top=1`)
    expect(ids(page)).toEqual([first])
    await send.global('DELETE', `/groups/${first}/members/${servicePrincipalId}/$ref`)
    const next = String(page.body['@odata.nextLink']).split('/v1.0')[1] ?? ''
    const rest = await send.global('GET', next)
    expect(ids(rest)).toEqual([second])
    const last = await send.global('GET', String(rest.body['@odata.nextLink']).split('/v1.0')[1] ?? '')
    expect([ids(last), last.body['@odata.nextLink']]).toEqual([[third], undefined])
  })
})
