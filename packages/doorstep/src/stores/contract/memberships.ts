import { describe, expect, it } from 'vitest'
import type { GroupMember, MembersQuery } from '../../directory/group.ts'
import type { Change } from '../stores.ts'
import { aGroup, anApplication, aServicePrincipal, aUser, deletedDateTime, type StoresUnderTest } from './records.ts'

const add = (groupId: string, memberId: string, memberType: GroupMember['memberType'] = 'Group'): Change => ({
  change: 'addGroupMember',
  member: { groupId, memberId, memberType },
})

/** Groups hold members directly and through other groups. */
export function membershipsContract(stores: StoresUnderTest): void {
  describe('memberships', () => {
    it('lists direct members of every kind', async () => {
      const [group, inner, user] = [aGroup(), aGroup(), aUser()]
      const servicePrincipal = aServicePrincipal(anApplication())
      await stores().commit([
        { change: 'createGroup', group },
        { change: 'createGroup', group: inner },
        { change: 'createUser', user },
        { change: 'createServicePrincipal', servicePrincipal },
        add(group.id, user.id, 'User'),
        add(group.id, inner.id, 'Group'),
        add(group.id, servicePrincipal.id, 'ServicePrincipal'),
      ])
      const members = await stores().groups.membersOf(group.id)
      expect(members.map(({ memberId, memberType }) => `${memberType} ${memberId}`).sort()).toEqual(
        [`User ${user.id}`, `Group ${inner.id}`, `ServicePrincipal ${servicePrincipal.id}`].sort(),
      )
      await stores().commit([
        { change: 'removeGroupMember', groupId: group.id, memberId: servicePrincipal.id },
        { change: 'deleteUser', id: user.id, deletedDateTime },
      ])
      expect(await stores().groups.membersOf(group.id)).toEqual([
        { groupId: group.id, memberId: inner.id, memberType: 'Group' },
      ])
    })

    it('finds all groups through others, once each, also where they contain each other', async () => {
      const user = aUser()
      const groups = Array.from({ length: 5 }, (_, index) => aGroup({ securityEnabled: index !== 1 }))
      const [a = '', b = '', c = '', d = '', apart = ''] = groups.map(({ id }) => id)
      await stores().commit([
        { change: 'createUser', user },
        ...groups.map((group): Change => ({ change: 'createGroup', group })),
        add(a, user.id, 'User'),
        add(b, a),
        add(c, b),
        add(a, c),
        add(d, a),
        add(d, user.id, 'User'),
        add(apart, aUser().id, 'User'),
      ])
      expect(await stores().groups.transitiveGroupsOf(user.id.toUpperCase())).toEqual([a, b, c, d].sort())
      expect(await stores().groups.directGroupsOf(user.id.toUpperCase())).toEqual([a, d].sort())
      expect(await stores().groups.transitiveGroupsOf(a)).toEqual([b, c, d].sort())
      expect(await stores().groups.transitiveGroupsOf(d)).toEqual([])
      expect(await stores().groups.transitiveSecurityGroupsOf(user.id)).toEqual([a, c, d].sort())
    })

    it('finds the groups that hold a member themselves, once each, without those around them', async () => {
      const [user, group, around, apart] = [aUser(), aGroup(), aGroup(), aGroup()]
      await stores().commit([
        { change: 'createUser', user },
        ...[group, around, apart].map((made): Change => ({ change: 'createGroup', group: made })),
        add(group.id, user.id, 'User'),
        add(apart.id, user.id, 'User'),
        add(around.id, group.id),
      ])
      const { directGroupsOf } = stores().groups
      expect(await directGroupsOf(user.id.toUpperCase())).toEqual([group.id, apart.id].sort())
      expect(await directGroupsOf(group.id)).toEqual([around.id])
      expect(await directGroupsOf(around.id)).toEqual([])
      await stores().commit([{ change: 'deleteGroup', id: apart.id, deletedDateTime }])
      expect(await directGroupsOf(user.id)).toEqual([group.id])
    })

    it('reads members page by page, by kind, by filter and through groups, and counts them', async () => {
      const [outer, inner, deleted] = [aGroup(), aGroup({ displayName: 'Inner' }), aGroup()]
      const users = Array.from({ length: 4 }, (_, at) => aUser({ displayName: `Member ${at}`, userType: 'Guest' }))
      const [first, , last] = users.map(({ id }) => id)
      const servicePrincipal = aServicePrincipal(anApplication({ displayName: 'Robot' }))
      await stores().commit([
        ...[outer, inner, deleted].map((group): Change => ({ change: 'createGroup', group })),
        ...users.map((user): Change => ({ change: 'createUser', user })),
        { change: 'createServicePrincipal', servicePrincipal },
        add(outer.id, inner.id),
        add(outer.id, deleted.id),
        add(inner.id, outer.id),
        add(inner.id, servicePrincipal.id, 'ServicePrincipal'),
        ...users.map(({ id }) => add(inner.id, id, 'User')),
        add(outer.id, first ?? '', 'User'),
        { change: 'deleteGroup', id: deleted.id, deletedDateTime },
        { change: 'deleteUser', id: last ?? '', deletedDateTime },
      ])
      const { members, countMembers } = stores().groups
      const read = async (query: Partial<MembersQuery>) =>
        (await members({ groupId: outer.id, depth: 'transitive', top: 100, ...query })).items
      expect(await read({ depth: 'direct' })).toEqual(
        [
          { memberId: inner.id, memberType: 'Group' },
          { memberId: first, memberType: 'User' },
        ].sort((one, other) => ((one.memberId ?? '') < (other.memberId ?? '') ? -1 : 1)),
      )
      const all = [inner.id, servicePrincipal.id, ...users.map(({ id }) => id).filter((id) => id !== last)].sort()
      expect((await read({})).map(({ memberId }) => memberId)).toEqual(all)
      const page = await members({ groupId: outer.id.toUpperCase(), depth: 'transitive', top: 3 })
      const rest = await members({ groupId: outer.id, depth: 'transitive', top: 3, after: page.next })
      expect([...page.items, ...rest.items].map(({ memberId }) => memberId)).toEqual(all)
      expect(rest.next).toBeUndefined()
      expect(await read({ memberType: 'ServicePrincipal' })).toHaveLength(1)
      const named = (value: string) => ({ kind: 'startsWith', property: 'displayName', value }) as const
      expect(await read({ filter: named('robot') })).toEqual([
        { memberId: servicePrincipal.id, memberType: 'ServicePrincipal' },
      ])
      expect(await read({ filter: named('MEMBER'), memberType: 'User' })).toHaveLength(3)
      const unsupported = { kind: 'compare', property: 'colour', operator: 'eq', value: 'red' } as const
      await expect(read({ filter: unsupported })).rejects.toMatchObject({ name: 'UnsupportedFilter' })
      expect(await countMembers({ groupId: outer.id, depth: 'transitive' })).toBe(5)
      expect(await countMembers({ groupId: outer.id, depth: 'direct', memberType: 'User' })).toBe(1)
      expect(await countMembers({ groupId: aGroup().id, depth: 'direct' })).toBe(0)
    })

    it('finds who reports to a manager', async () => {
      const manager = aUser()
      const [report, other] = [aUser({ managerId: manager.id }), aUser()]
      await stores().commit([manager, report, other].map((user): Change => ({ change: 'createUser', user })))
      expect(await stores().users.byManager(manager.id.toUpperCase())).toEqual([report])
      await stores().commit([{ change: 'updateUser', user: { ...report, managerId: null } }])
      expect(await stores().users.byManager(manager.id)).toEqual([])
    })

    it('does not reach through a deleted group', async () => {
      const user = aUser()
      const groups = Array.from({ length: 3 }, () => aGroup())
      const [a = '', b = '', c = ''] = groups.map(({ id }) => id)
      await stores().commit([
        ...groups.map((group): Change => ({ change: 'createGroup', group })),
        add(a, user.id, 'User'),
        add(b, a),
        add(c, b),
        { change: 'deleteGroup', id: b, deletedDateTime },
      ])
      expect(await stores().groups.transitiveGroupsOf(user.id)).toEqual([a])
      expect(await stores().groups.directGroupsOf(a)).toEqual([])
      await expect(stores().commit([add(b, user.id, 'User')])).rejects.toMatchObject({ name: 'NoSuchRecord' })
    })
  })
}
