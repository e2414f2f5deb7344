import { describe, expect, it } from 'vitest'
import type { DirectoryQuery, Filter, SortKey } from '../../directory/query.ts'
import type { User } from '../../directory/user.ts'
import type { Change } from '../stores.ts'
import {
  aGroup,
  anApplication,
  aServicePrincipal,
  aUser,
  otherTenantId,
  type StoresUnderTest,
  tenantId,
} from './records.ts'

const startsWith = (property: string, value: string): Filter => ({ kind: 'startsWith', property, value })
const search = (property: string, value: string): Filter => ({ kind: 'search', property, value })
const by = (property: string, direction: SortKey['direction'] = 'asc'): SortKey => ({ property, direction })

/** Lists are sorted, counted and searched by the database, and every page goes on where the one before ended. */
export function orderedPagesContract(stores: StoresUnderTest): void {
  const create = (users: readonly User[]) =>
    stores().commit(users.map((user): Change => ({ change: 'createUser', user })))
  const allPages = async (query: Omit<DirectoryQuery, 'tenantId'>) => {
    const seen: User[] = []
    let after: string | undefined
    do {
      const page = await stores().users.list({ tenantId, ...query, after })
      seen.push(...page.items)
      after = page.next
    } while (after !== undefined)
    return seen
  }
  /** Names in twos, so that pages end among equals. */
  const pairs = () => create(Array.from({ length: 40 }, (_, index) => aUser({ displayName: `Pair ${index >> 1}` })))

  describe('sorted pages', () => {
    it.each<readonly SortKey[][]>([
      [[by('displayName')]],
      [[by('displayName', 'desc')]],
      [[by('displayName', 'desc'), by('createdDateTime')]],
      [[by('createdDateTime', 'desc'), by('displayName', 'desc')]],
      [[by('createdDateTime'), by('userPrincipalName', 'desc')]],
    ])('show every object once, by %j', async (orderBy) => {
      await pairs()
      await create([aUser({ tenantId: otherTenantId })])
      const whole = (await stores().users.list({ tenantId, top: 999, orderBy })).items
      expect(whole).toHaveLength(40)
      for (const top of [1, 3, 7]) {
        expect((await allPages({ top, orderBy })).map(({ id }) => id)).toEqual(whole.map(({ id }) => id))
      }
      const [first] = orderBy
      if (first?.property !== 'displayName') return
      const names = whole.map(({ displayName }) => displayName.toLowerCase())
      expect(names).toEqual(
        [...names].sort((one, other) => (one < other ? -1 : 1) * (first.direction === 'asc' ? 1 : -1)),
      )
    })

    it('keep to the order of the index that answers a filter', async () => {
      await pairs()
      await create([aUser({ displayName: 'other' })])
      for (const filter of [
        startsWith('displayName', 'PAIR'),
        { kind: 'and', left: startsWith('displayName', 'pair'), right: startsWith('userPrincipalName', '') } as const,
      ]) {
        const names = (await allPages({ top: 3, filter })).map(({ displayName }) => displayName)
        expect(names).toHaveLength(40)
        expect(names).toEqual([...names].sort())
      }
    })

    it('are not shown by what nobody sorts by', async () => {
      for (const property of ['mail', 'id', 'record', 'constructor', 'displayName" desc; --']) {
        await expect(stores().users.list({ tenantId, top: 1, orderBy: [by(property)] })).rejects.toMatchObject({
          name: 'UnsupportedOrder',
        })
      }
    })

    it.each([
      '',
      'x',
      '[]',
      '["a"]',
      '["a",1]',
      '[1,"a"]',
      '["a","b","c"]',
      '{"0":"a","1":"b","length":2}',
      '[null,"b"]',
    ])('end at %j for nobody', async (after) => {
      await expect(
        stores().users.list({ tenantId, top: 1, orderBy: [by('displayName')], after }),
      ).rejects.toMatchObject({ name: 'UnknownPage' })
    })
  })

  describe('counts', () => {
    it('say how many there are, and how many a filter leaves', async () => {
      await pairs()
      await create([aUser({ tenantId: otherTenantId }), aUser({ displayName: 'other' })])
      expect(await stores().users.count({ tenantId })).toBe(41)
      expect(await stores().users.count({ tenantId, filter: startsWith('displayName', 'pair 1') })).toBe(22)
      expect(await stores().groups.count({ tenantId })).toBe(0)
      expect(await stores().applications.count({ tenantId })).toBe(0)
      expect(await stores().servicePrincipals.count({ tenantId })).toBe(0)
      expect(await stores().signInRecords.count({ tenantId })).toBe(0)
    })
  })

  describe('search', () => {
    it('finds words by their beginning, in any case', async () => {
      const names = ['Local cloud', 'cloud-local', 'unlocal', 'LOCALHOST x', '100% sure', 'under_score', 'a!b']
      await create(names.map((displayName) => aUser({ displayName })))
      const found = async (words: string) => {
        const { items } = await stores().users.list({ tenantId, top: 99, filter: search('displayName', words) })
        return items.map(({ displayName }) => displayName).sort()
      }
      expect(await found('LOCAL')).toEqual(['LOCALHOST x', 'Local cloud', 'cloud-local'])
      expect(await found('cloud local')).toEqual(['Local cloud', 'cloud-local'])
      expect(await found('score')).toEqual(['under_score'])
      expect(await found('100%')).toEqual(['100% sure'])
      expect(await found('%')).toEqual([])
      expect(await found('a!')).toEqual(['a!b'])
      expect(await found(' - ')).toEqual([])
    })

    it('finds words of every text that has them, and follows its changes', async () => {
      const application = anApplication({ displayName: 'Stock list', description: 'Counts (all) boxes' })
      const group = aGroup({ displayName: 'Night shift', description: 'x'.repeat(3_000) })
      const servicePrincipal = aServicePrincipal(application)
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal },
        { change: 'createGroup', group },
      ])
      const asked = (property: string, words: string) => ({ tenantId, top: 9, filter: search(property, words) })
      const { applications, groups, servicePrincipals } = stores()
      expect((await applications.list(asked('description', 'all BOX'))).items).toEqual([application])
      expect((await applications.list(asked('description', 'stock'))).items).toEqual([])
      expect((await servicePrincipals.list(asked('displayName', 'list'))).items).toEqual([servicePrincipal])
      expect((await groups.list(asked('description', 'x'.repeat(200)))).items).toEqual([group])
      const renamed = { ...group, displayName: 'Day shift', description: null }
      await stores().commit([{ change: 'updateGroup', group: renamed }])
      expect((await groups.list(asked('displayName', 'night'))).items).toEqual([])
      expect((await groups.list(asked('description', 'x'))).items).toEqual([])
      expect((await groups.list(asked('displayName', 'shift day'))).items).toHaveLength(1)
      expect(await groups.count(asked('displayName', 'day'))).toBe(1)
      await expect(groups.list(asked('mail', 'x'))).rejects.toMatchObject({ name: 'UnsupportedFilter' })
    })
  })

  describe('what is found by many ids at once', () => {
    it('leaves out what is not there', async () => {
      const application = anApplication()
      const [user, gone, group] = [aUser(), aUser(), aGroup()]
      const servicePrincipal = aServicePrincipal(application)
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal },
        { change: 'createUser', user },
        { change: 'createUser', user: gone },
        { change: 'createGroup', group },
        { change: 'deleteUser', id: gone.id, deletedDateTime: '2026-02-03T04:05:06.000Z' },
      ])
      const ids = [user.id.toUpperCase(), gone.id, group.id, application.id, servicePrincipal.id, "' or '1'='1"]
      expect(await stores().users.byIds(ids)).toEqual([user])
      expect(await stores().groups.byIds(ids)).toEqual([group])
      expect(await stores().applications.byIds(ids)).toEqual([application])
      expect(await stores().applications.byAppIds([application.appId, user.id])).toEqual([application])
      expect(await stores().servicePrincipals.byIds(ids)).toEqual([servicePrincipal])
      expect(await stores().users.byIds([])).toEqual([])
    })

    it('shows at most so many related objects of each', async () => {
      const groups = [aGroup(), aGroup()]
      const users = Array.from({ length: 5 }, () => aUser())
      const api = anApplication()
      const resource = aServicePrincipal(api)
      await stores().commit([
        ...groups.map((group): Change => ({ change: 'createGroup', group })),
        ...users.map((user): Change => ({ change: 'createUser', user })),
        { change: 'createApplication', application: api },
        { change: 'createServicePrincipal', servicePrincipal: resource },
        ...groups.flatMap(({ id }) =>
          users.map(
            (user): Change => ({
              change: 'addGroupMember',
              member: { groupId: id, memberId: user.id, memberType: 'User' },
            }),
          ),
        ),
        ...users.map(
          ({ id }): Change => ({
            change: 'createAppRoleAssignment',
            assignment: {
              id: `assignment-${id}`,
              tenantId,
              appRoleId: resource.id,
              principalId: id,
              principalType: 'User',
              resourceId: resource.id,
              createdDateTime: '2026-02-03T04:05:06.000Z',
            },
          }),
        ),
      ])
      const [gone] = users
      await stores().commit([{ change: 'deleteUser', id: gone?.id ?? '', deletedDateTime: '2026-02-03T04:05:06.000Z' }])
      const groupIds = groups.map(({ id }) => id)
      const members = await stores().groups.membersOfEach(groupIds, 3)
      expect(groupIds.map((id) => members.filter(({ groupId }) => groupId === id).length)).toEqual([3, 3])
      expect(members.some(({ memberId }) => memberId === gone?.id)).toBe(false)
      const userIds = users.slice(1).map(({ id }) => id)
      expect(await stores().groups.membershipsOfEach(userIds, 1)).toHaveLength(4)
      expect(await stores().groups.membershipsOfEach(userIds, 9)).toHaveLength(8)
      const { appRoleAssignments } = stores()
      expect(await appRoleAssignments.byResources([resource.id], 3)).toHaveLength(3)
      expect((await appRoleAssignments.byPrincipals(userIds, 3)).map(({ principalId }) => principalId).sort()).toEqual(
        [...userIds].sort(),
      )
    })
  })

  describe('filters', () => {
    it('know what nothing here ever has', async () => {
      await create([aUser({ displayName: 'a', department: 'Ärzte', employeeId: 'E7' }), aUser({ displayName: 'b' })])
      const names = async (filter: Filter) =>
        (await stores().users.list({ tenantId, top: 9, filter })).items.map(({ displayName }) => displayName).sort()
      const compare = (property: string, operator: 'eq' | 'ne' | 'gt', value: string | null): Filter => ({
        kind: 'compare',
        property,
        operator,
        value,
      })
      expect(await names(compare('onPremisesSyncEnabled', 'eq', null))).toEqual(['a', 'b'])
      expect(await names(compare('onPremisesSyncEnabled', 'ne', null))).toEqual([])
      expect(await names(compare('companyName', 'eq', 'x'))).toEqual([])
      expect(await names(compare('companyName', 'ne', 'x'))).toEqual(['a', 'b'])
      expect(await names(compare('companyName', 'gt', 'x'))).toEqual([])
      expect(await names({ kind: 'not', operand: startsWith('companyName', 'x') })).toEqual(['a', 'b'])
      expect(await names({ kind: 'anyStartsWith', collection: 'proxyAddresses', value: 'smtp:' })).toEqual([])
      expect(await names(compare('department', 'eq', 'ÄRZTE'))).toEqual(['a'])
      expect(await names(compare('department', 'eq', null))).toEqual(['b'])
      expect(await names(compare('employeeId', 'eq', 'e7'))).toEqual(['a'])
    })

    it('look for the beginning of a collection’s values', async () => {
      const application = anApplication({ identifierUris: ['api://Contoso/Files'], tags: ['HideApp', 'x'] })
      const servicePrincipal = aServicePrincipal(application, { tags: ['Shown'] })
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createApplication', application: anApplication({ tags: ['x'] }) },
        { change: 'createServicePrincipal', servicePrincipal },
      ])
      const any = (collection: string, value: string) => ({
        tenantId,
        top: 5,
        filter: { kind: 'anyStartsWith', collection, value } as const,
      })
      const { applications, servicePrincipals, groups } = stores()
      expect((await applications.list(any('identifierUris', 'API://contoso'))).items).toEqual([application])
      expect((await applications.list(any('tags', 'hide'))).items).toEqual([application])
      expect((await applications.list(any('tags', 'ide'))).items).toEqual([])
      for (const value of ['api://cont', application.appId.slice(0, 20)]) {
        expect((await servicePrincipals.list(any('servicePrincipalNames', value))).items).toEqual([servicePrincipal])
      }
      expect((await servicePrincipals.list(any('tags', 'sho'))).items).toEqual([servicePrincipal])
      await expect(groups.list(any('tags', 'x'))).rejects.toMatchObject({ name: 'UnsupportedFilter' })
    })
  })
}
