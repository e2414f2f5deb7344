import { describe, expect, it } from 'vitest'
import { roleTemplateId } from '../../directory/directory-role.ts'
import type { DirectoryRoleAssignment } from '../../directory/permission.ts'
import type { Change } from '../stores.ts'
import { aGroup, aUser, deletedDateTime, otherTenantId, type StoresUnderTest, tenantId } from './records.ts'

const [administrator, reader] = [roleTemplateId('Global Administrator'), roleTemplateId('Directory Readers')]

const give = (principalId: string, role: string, tenant = tenantId): Change => ({
  change: 'addDirectoryRole',
  assignment: { tenantId: tenant, principalId, roleTemplateId: role },
})
const take = (principalId: string, role: string): Change => ({
  change: 'removeDirectoryRole',
  assignment: { tenantId, principalId, roleTemplateId: role },
})
const principals = (assignments: readonly DirectoryRoleAssignment[]) =>
  assignments.map(({ principalId }) => principalId).sort()

/** Directory roles are held by principals and through groups; a tenant keeps its last administrator. */
export function directoryRolesContract(stores: StoresUnderTest): void {
  describe('directory roles', () => {
    it('are found by who holds them, by role and by tenant', async () => {
      const [user, other, group] = [aUser(), aUser(), aGroup({ isAssignableToRole: true })]
      await stores().commit([
        { change: 'createUser', user },
        { change: 'createUser', user: other },
        { change: 'createGroup', group },
        give(user.id, reader),
        give(group.id, administrator),
        give(other.id, reader, otherTenantId),
      ])
      const { assignedTo, byRole, byTenant, heldBy } = stores().directoryRoles
      expect(principals(await byRole(tenantId, reader))).toEqual([user.id])
      expect(principals(await byTenant(tenantId))).toEqual([user.id, group.id].sort())
      expect(await heldBy(tenantId, user.id)).toHaveLength(1)

      const member = { groupId: group.id, memberId: user.id, memberType: 'User' } as const
      await stores().commit([{ change: 'addGroupMember', member }])
      const held = await heldBy(tenantId, user.id.toUpperCase())
      expect(held.map(({ roleTemplateId: role }) => role).sort()).toEqual([administrator, reader].sort())
      expect(await assignedTo(tenantId, user.id)).toHaveLength(1)
      expect(await heldBy(otherTenantId, user.id)).toEqual([])

      await stores().commit([{ change: 'deleteGroup', id: group.id, deletedDateTime }])
      expect(await heldBy(tenantId, user.id)).toHaveLength(1)
    })

    it('can be given to groups, which are found by who belongs to them and who owns them', async () => {
      const [member, owner, nobody] = [aUser(), aUser(), aUser()]
      const [group, plain] = [aGroup({ isAssignableToRole: true, owners: [owner.id] }), aGroup({ owners: [nobody.id] })]
      const joins = (groupId: string, memberId: string): Change => ({
        change: 'addGroupMember',
        member: { groupId, memberId, memberType: 'User' },
      })
      await stores().commit([
        ...[member, owner, nobody].map((user): Change => ({ change: 'createUser', user })),
        { change: 'createGroup', group },
        { change: 'createGroup', group: plain },
        joins(group.id, member.id),
        joins(plain.id, nobody.id),
      ])
      const { byId, roleAssignableGroupsOf } = stores().groups
      expect(await roleAssignableGroupsOf(member.id.toUpperCase())).toEqual([group.id])
      expect(await roleAssignableGroupsOf(owner.id)).toEqual([group.id])
      expect(await roleAssignableGroupsOf(nobody.id)).toEqual([])

      const kept = await byId(group.id)
      if (!kept) throw new Error('The group is gone.')
      await stores().commit([{ change: 'updateGroup', group: { ...kept, owners: [nobody.id] } }])
      expect(await roleAssignableGroupsOf(owner.id)).toEqual([])
      expect(await roleAssignableGroupsOf(nobody.id)).toEqual([group.id])
      await stores().commit([{ change: 'deleteGroup', id: group.id, deletedDateTime }])
      expect(await roleAssignableGroupsOf(nobody.id)).toEqual([])
    })

    it('are activated by themselves or by the first who holds one', async () => {
      const { activated } = stores().directoryRoles
      expect(await activated(tenantId)).toEqual([])
      const activate: Change = { change: 'activateDirectoryRole', tenantId, roleTemplateId: reader }
      await stores().commit([activate, activate, give(aUser().id, administrator)])
      expect(await activated(tenantId.toUpperCase())).toEqual([administrator, reader].sort())
      expect(await activated(otherTenantId)).toEqual([])
    })

    it('leave a tenant its last Global Administrator', async () => {
      const [user, other, foreign] = [aUser(), aUser(), aUser({ tenantId: otherTenantId })]
      await stores().commit([
        ...[user, other, foreign].map((made): Change => ({ change: 'createUser', user: made })),
        give(user.id, administrator),
        give(other.id, administrator),
        give(foreign.id, administrator, otherTenantId),
      ])
      const last = { name: 'LastAdministrator' }
      const both: Change[] = [take(user.id, administrator), take(other.id, administrator)]
      await expect(stores().commit(both)).rejects.toMatchObject(last)
      const outcomes = await Promise.allSettled(both.map((change) => stores().commit([change])))
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])

      const [left = ''] = principals(await stores().directoryRoles.byRole(tenantId, administrator))
      await expect(stores().commit([{ change: 'deleteUser', id: left, deletedDateTime }])).rejects.toMatchObject(last)
      expect(await stores().users.byId(left)).toBeDefined()
      const gone = [user, other].find(({ id }) => id !== left)?.id ?? ''
      await stores().commit([give(gone, administrator), { change: 'deleteUser', id: left, deletedDateTime }])
      await expect(stores().commit([take(gone, administrator)])).rejects.toMatchObject(last)
    })

    it('leave a tenant a Global Administrator whose account is enabled', async () => {
      const [user, other, foreign] = [aUser(), aUser(), aUser({ tenantId: otherTenantId })]
      await stores().commit([
        ...[user, other, foreign].map((made): Change => ({ change: 'createUser', user: made })),
        give(user.id, administrator),
        give(other.id, administrator),
        give(foreign.id, administrator, otherTenantId),
      ])
      const enable = async (id: string, accountEnabled: boolean): Promise<void> => {
        const kept = await stores().users.byId(id)
        if (!kept) throw new Error('The user is gone.')
        await stores().commit([{ change: 'updateUser', user: { ...kept, accountEnabled } }])
      }
      const last = { name: 'LastAdministrator' }
      const outcomes = await Promise.allSettled([user, other].map(({ id }) => enable(id, false)))
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const users = [await stores().users.byId(user.id), await stores().users.byId(other.id)]
      const [left = '', disabled = ''] = [true, false].map((enabled) => {
        return users.find((one) => one?.accountEnabled === enabled)?.id
      })
      await expect(stores().commit([take(left, administrator)])).rejects.toMatchObject(last)
      await expect(stores().commit([{ change: 'deleteUser', id: left, deletedDateTime }])).rejects.toMatchObject(last)
      await enable(disabled, false)
      await enable(disabled, true)
      await enable(left, false)
      await expect(enable(disabled, false)).rejects.toMatchObject(last)
    })
  })
}
