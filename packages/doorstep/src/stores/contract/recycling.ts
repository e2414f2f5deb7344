import { describe, expect, it } from 'vitest'
import type { OwnedObject } from '../../directory/owned-object.ts'
import type { Change } from '../stores.ts'
import {
  aGrant,
  aGroup,
  anApplication,
  anAppRoleAssignment,
  aSecret,
  aServicePrincipal,
  aUser,
  deletedDateTime,
  otherTenantId,
  type StoresUnderTest,
  tenantId,
} from './records.ts'

const always = '2000-01-01T00:00:00.000Z'
const monthLater = '2026-03-06T04:05:06.000Z'

/** What is deleted can be found as such, comes back as it was, and goes for ever. */
export function recyclingContract(stores: StoresUnderTest): void {
  const deletedIds = async (kind: 'application' | 'servicePrincipal' | 'user' | 'group', since = always) =>
    (await stores().deletedItems.list(kind, { tenantId, top: 9 }, since)).items.map(({ id }) => id).sort()

  describe('a deleted object', () => {
    it('comes back with what refers to it', async () => {
      const application = anApplication({ identifierUris: ['api://x'], uniqueName: 'x' })
      const servicePrincipal = aServicePrincipal(application)
      const resource = aServicePrincipal(anApplication())
      const [user, group] = [aUser(), aGroup()]
      const grant = aGrant({ clientId: servicePrincipal.id, resourceId: resource.id })
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal },
        { change: 'createServicePrincipal', servicePrincipal: resource },
        { change: 'createUser', user },
        { change: 'createGroup', group },
        { change: 'addPasswordCredential', credential: aSecret(application.id) },
        { change: 'createPermissionGrant', grant },
      ])
      await stores().commit([
        { change: 'deleteApplication', id: application.id, deletedDateTime },
        { change: 'deleteUser', id: user.id, deletedDateTime },
        { change: 'deleteGroup', id: group.id, deletedDateTime },
      ])
      const { deletedItems, applications, servicePrincipals, users, groups } = stores()
      expect(await deletedItems.byId(application.id.toUpperCase(), always)).toMatchObject({
        kind: 'application',
        object: { id: application.id, deletedDateTime },
      })
      expect(await deletedItems.byId(servicePrincipal.id, always)).toMatchObject({ kind: 'servicePrincipal' })
      expect(await deletedIds('user')).toEqual([user.id])
      expect(await deletedIds('group')).toEqual([group.id])
      expect(await deletedIds('user', monthLater)).toEqual([])
      expect(await deletedItems.byId(user.id, monthLater)).toBeUndefined()
      expect((await deletedItems.list('user', { tenantId: otherTenantId, top: 9 }, always)).items).toEqual([])

      await stores().commit([
        { change: 'restoreApplication', application },
        { change: 'restoreUser', id: user.id },
        { change: 'restoreGroup', id: group.id },
      ])
      expect(await deletedIds('application')).toEqual([])
      expect(await applications.byUniqueName(tenantId, 'X')).toMatchObject({ id: application.id })
      expect(await servicePrincipals.byResourceIdentifier(tenantId, 'api://x')).toMatchObject({
        id: servicePrincipal.id,
      })
      expect(await stores().permissionGrants.byClient(servicePrincipal.id)).toEqual([grant])
      expect(await stores().passwordCredentials.byOwner(application.id)).toHaveLength(1)
      expect(await users.byId(user.id)).toMatchObject({ deletedDateTime: null })
      expect(await groups.byId(group.id)).toMatchObject({ deletedDateTime: null })
      await expect(stores().commit([{ change: 'restoreUser', id: user.id }])).rejects.toMatchObject({
        name: 'NoSuchRecord',
      })
    })

    it('does not come back when its names are taken', async () => {
      const application = anApplication({ identifierUris: ['api://x'] })
      const user = aUser({ userPrincipalName: 'alice@contoso.example' })
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createUser', user },
        { change: 'deleteApplication', id: application.id, deletedDateTime },
        { change: 'deleteUser', id: user.id, deletedDateTime },
        { change: 'createApplication', application: anApplication({ identifierUris: ['api://X'] }) },
        { change: 'createUser', user: aUser({ userPrincipalName: 'Alice@contoso.example' }) },
      ])
      await expect(stores().commit([{ change: 'restoreApplication', application }])).rejects.toMatchObject({
        name: 'AlreadyExists',
        property: 'identifierUris',
      })
      await expect(stores().commit([{ change: 'restoreUser', id: user.id }])).rejects.toMatchObject({
        name: 'AlreadyExists',
        property: 'userPrincipalName',
      })
      expect(await deletedIds('application')).toEqual([application.id])
    })

    it('does not bring back a service principal that was deleted before it', async () => {
      const application = anApplication()
      const servicePrincipal = aServicePrincipal(application)
      const earlier = '2026-02-01T00:00:00.000Z'
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal },
        { change: 'deleteServicePrincipal', id: servicePrincipal.id, deletedDateTime: earlier },
        { change: 'deleteApplication', id: application.id, deletedDateTime },
        { change: 'restoreApplication', application },
      ])
      expect(await stores().servicePrincipals.byId(servicePrincipal.id)).toBeUndefined()
      await stores().commit([{ change: 'restoreServicePrincipal', id: servicePrincipal.id }])
      expect(await stores().servicePrincipals.byId(servicePrincipal.id)).toMatchObject({ id: servicePrincipal.id })
    })

    it('is a service principal again only after its application, and goes for ever with it', async () => {
      const application = anApplication()
      const [home, foreign] = [
        aServicePrincipal(application),
        aServicePrincipal(application, { tenantId: otherTenantId }),
      ]
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal: home },
        { change: 'createServicePrincipal', servicePrincipal: foreign },
        { change: 'deleteServicePrincipal', id: foreign.id, deletedDateTime },
        { change: 'deleteApplication', id: application.id, deletedDateTime },
      ])
      await stores().commit([{ change: 'restoreServicePrincipal', id: foreign.id }])
      await expect(stores().commit([{ change: 'restoreServicePrincipal', id: home.id }])).rejects.toMatchObject({
        name: 'NoHomeApplication',
      })
      expect(await stores().servicePrincipals.byId(home.id)).toBeUndefined()
      await stores().commit([{ change: 'removeDeletedItem', kind: 'application', id: application.id }])
      expect(await deletedIds('servicePrincipal')).toEqual([])
      expect(await stores().servicePrincipals.byId(foreign.id)).toMatchObject({ id: foreign.id })
    })

    it('is found by the moment of its deletion', async () => {
      const [early, late] = [aUser(), aUser()]
      await stores().commit([
        { change: 'createUser', user: early },
        { change: 'createUser', user: late },
        { change: 'deleteUser', id: early.id, deletedDateTime },
        { change: 'deleteUser', id: late.id, deletedDateTime: '2026-02-03T04:05:07.500Z' },
      ])
      const found = async (operator: 'ge' | 'le', value: string) => {
        const filter = { kind: 'compare', property: 'deletedDateTime', operator, value } as const
        const { items } = await stores().deletedItems.list('user', { tenantId, top: 9, filter }, always)
        expect(await stores().deletedItems.count('user', { tenantId, filter }, always)).toBe(items.length)
        return items.map(({ id }) => id)
      }
      expect(await found('ge', '2026-02-03T05:05:07+01:00')).toEqual([late.id])
      expect(await found('le', '2026-02-03T04:05:07Z')).toEqual([early.id])
      expect(await found('ge', '2026-02-03T04:05:06.000Z')).toHaveLength(2)
      await expect(found('ge', 'yesterday')).rejects.toMatchObject({ name: 'UnsupportedFilter' })
    })

    it('does not come back to an address that another group has', async () => {
      const [first, second] = [aGroup({ mail: 'team@contoso.example' }), aGroup({ mail: 'Team@contoso.example' })]
      await stores().commit([
        { change: 'createGroup', group: first },
        { change: 'deleteGroup', id: first.id, deletedDateTime },
        { change: 'createGroup', group: second },
        { change: 'createGroup', group: aGroup() },
        { change: 'createGroup', group: aGroup() },
      ])
      await expect(stores().commit([{ change: 'restoreGroup', id: first.id }])).rejects.toMatchObject({
        name: 'AlreadyExists',
        record: 'group',
        property: 'mail',
      })
    })

    it('goes for ever with all that refers to it, once', async () => {
      const application = anApplication({ identifierUris: ['api://x'], tags: ['a'] })
      const servicePrincipal = aServicePrincipal(application)
      const [user, group] = [aUser(), aGroup()]
      const grant = aGrant({ clientId: servicePrincipal.id, resourceId: servicePrincipal.id })
      const assignment = anAppRoleAssignment({ principalId: servicePrincipal.id, resourceId: servicePrincipal.id })
      const member = { groupId: group.id, memberId: user.id, memberType: 'User' } as const
      const password = { userId: user.id, passwordHash: 'x', changedDateTime: deletedDateTime, mustChange: false }
      const removals: readonly Change[] = [
        { change: 'removeDeletedItem', kind: 'application', id: application.id },
        { change: 'removeDeletedItem', kind: 'group', id: group.id },
        { change: 'removeDeletedItem', kind: 'user', id: user.id },
      ]
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal },
        { change: 'createUser', user },
        { change: 'setUserPassword', password },
        { change: 'createGroup', group },
        { change: 'addGroupMember', member },
        { change: 'addPasswordCredential', credential: aSecret(application.id) },
        { change: 'createPermissionGrant', grant },
        { change: 'createAppRoleAssignment', assignment },
      ])
      for (const removal of removals) {
        await expect(stores().commit([removal])).rejects.toMatchObject({ name: 'NoSuchRecord' })
      }
      await stores().commit([
        { change: 'deleteApplication', id: application.id, deletedDateTime },
        { change: 'deleteUser', id: user.id, deletedDateTime },
        { change: 'deleteGroup', id: group.id, deletedDateTime },
      ])
      await stores().commit(removals)
      expect(await deletedIds('application')).toEqual([])
      expect(await deletedIds('servicePrincipal')).toEqual([])
      expect(await stores().passwordCredentials.byOwner(application.id)).toEqual([])
      expect(await stores().permissionGrants.byId(grant.id)).toBeUndefined()
      expect(await stores().appRoleAssignments.byId(assignment.id)).toBeUndefined()
      expect(await stores().users.passwordOf(user.id)).toBeUndefined()
    })

    it('goes when its thirty days are over and another one comes', async () => {
      const [old, young, last] = [aUser(), aUser(), aUser()]
      await stores().commit([old, young, last].map((user) => ({ change: 'createUser', user })))
      await stores().commit([{ change: 'deleteUser', id: old.id, deletedDateTime }])
      await stores().commit([{ change: 'deleteUser', id: young.id, deletedDateTime: '2026-03-01T00:00:00.000Z' }])
      expect(await deletedIds('user')).toEqual([old.id, young.id].sort())
      await stores().commit([{ change: 'deleteUser', id: last.id, deletedDateTime: monthLater }])
      expect(await deletedIds('user')).toEqual([young.id, last.id].sort())
    })
  })

  describe('objects', () => {
    it('are found by their owners and by who made them, page by page', async () => {
      const [owner, maker] = [aUser(), aUser()]
      const application = anApplication({ owners: [owner.id.toUpperCase()], createdBy: maker.id })
      const servicePrincipal = aServicePrincipal(application, { owners: [owner.id, maker.id] })
      const foreign = aServicePrincipal(application, { tenantId: otherTenantId, owners: [owner.id] })
      const deleted = anApplication({ owners: [owner.id] })
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal },
        { change: 'createServicePrincipal', servicePrincipal: foreign },
        { change: 'createApplication', application: deleted },
        { change: 'deleteApplication', id: deleted.id, deletedDateTime },
      ])
      const { ownedObjects } = stores()
      const ids = (items: readonly OwnedObject[]) => items.map(({ object }) => object.id)
      const query = { tenantId, principalId: owner.id, relation: 'owners', top: 1 } as const
      const first = await ownedObjects.list(query)
      const second = await ownedObjects.list({ ...query, after: first.next })
      expect([...ids(first.items), ...ids(second.items)]).toEqual([application.id, servicePrincipal.id].sort())
      expect(second.next).toBeUndefined()
      const applications = await ownedObjects.list({ ...query, kind: 'application', top: 5 })
      expect(applications.items).toEqual([{ kind: 'application', object: application }])
      const made = await ownedObjects.list({ ...query, principalId: maker.id, relation: 'createdBy', top: 5 })
      expect(ids(made.items)).toEqual([application.id])
      await stores().commit([{ change: 'updateApplication', application: { ...application, owners: [] } }])
      expect(ids((await ownedObjects.list({ ...query, top: 5 })).items)).toEqual([servicePrincipal.id])
    })
  })
}
