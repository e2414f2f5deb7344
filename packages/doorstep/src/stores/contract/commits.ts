import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AlreadyExists, ConcurrentChange, NoSuchRecord } from '../../directory/changes.ts'
import { defaultCloudSettings } from '../../directory/cloud-settings.ts'
import type { Change } from '../stores.ts'
import {
  aGrant,
  aGroup,
  anApplication,
  aSecret,
  aServicePrincipal,
  aTenant,
  aUser,
  deletedDateTime,
  type StoresUnderTest,
  tenantId,
} from './records.ts'

/** A list of changes is kept as a whole or not at all, and never on top of what somebody else has changed. */
export function commitsContract(stores: StoresUnderTest): void {
  describe('a commit', () => {
    it('keeps nothing of a list whose last change is refused', async () => {
      const [application, user] = [anApplication({ identifierUris: ['api://x'], tags: ['t'] }), aUser()]
      await stores().commit([{ change: 'createUser', user }])
      const changes: Change[] = [
        { change: 'createTenant', tenant: aTenant() },
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal: aServicePrincipal(application) },
        { change: 'addPasswordCredential', credential: aSecret(application.id) },
        { change: 'updateUser', user: { ...user, displayName: 'Bob' } },
        { change: 'setCloudSettings', settings: { ...defaultCloudSettings, consent: 'auto' } },
        { change: 'createUser', user },
      ]
      await expect(stores().commit(changes)).rejects.toBeInstanceOf(AlreadyExists)
      expect(await stores().tenants.list()).toEqual([])
      expect(await stores().applications.byId(application.id)).toBeUndefined()
      expect(await stores().servicePrincipals.byResourceIdentifier(tenantId, 'api://x')).toBeUndefined()
      expect(await stores().passwordCredentials.byOwner(application.id)).toEqual([])
      expect(await stores().users.byId(user.id)).toEqual(user)
      expect(await stores().settings.read()).toEqual(defaultCloudSettings)
    })

    it('applies changes in their order', async () => {
      const user = aUser()
      await stores().commit([
        { change: 'createUser', user },
        { change: 'updateUser', user: { ...user, displayName: 'B' } },
        { change: 'updateUser', user: { ...user, displayName: 'C', version: 2 } },
      ])
      expect(await stores().users.byId(user.id)).toEqual({ ...user, displayName: 'C', version: 3 })
    })

    it('takes an empty list for what it is', async () => {
      await expect(stores().commit([])).resolves.toBeUndefined()
    })

    it('refuses a change of what has moved on', async () => {
      const [application, user, group] = [anApplication(), aUser(), aGroup()]
      const servicePrincipal = aServicePrincipal(application)
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal },
        { change: 'createUser', user },
        { change: 'createGroup', group },
      ])
      const updates: Change[] = [
        { change: 'updateApplication', application: { ...application, displayName: 'new' } },
        { change: 'updateServicePrincipal', servicePrincipal: { ...servicePrincipal, displayName: 'new' } },
        { change: 'updateUser', user: { ...user, displayName: 'new' } },
        { change: 'updateGroup', group: { ...group, displayName: 'new' } },
      ]
      for (const update of updates) {
        await stores().commit([update])
        await expect(stores().commit([update])).rejects.toBeInstanceOf(ConcurrentChange)
      }
      expect(await stores().groups.byId(group.id)).toEqual({ ...group, displayName: 'new', version: 2 })
    })

    it('lets exactly one of ten simultaneous changes win', async () => {
      const user = aUser()
      await stores().commit([{ change: 'createUser', user }])
      const names = Array.from({ length: 10 }, (_, index) => `name ${index}`)
      const outcomes = await Promise.allSettled(
        names.map((displayName) => stores().commit([{ change: 'updateUser', user: { ...user, displayName } }])),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ConcurrentChange)
      }
      const winner = names[outcomes.findIndex(({ status }) => status === 'fulfilled')]
      expect(await stores().users.byId(user.id)).toEqual({ ...user, displayName: winner, version: 2 })
    })

    it('lets exactly one of ten simultaneous creations win, and keeps nothing of the others', async () => {
      const attempts = Array.from({ length: 10 }, () => {
        const group = aGroup()
        return { group, user: aUser({ userPrincipalName: 'one@contoso.example' }) }
      })
      const outcomes = await Promise.allSettled(
        attempts.map(({ group, user }) =>
          stores().commit([
            { change: 'createGroup', group },
            { change: 'createUser', user },
          ]),
        ),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect((await stores().groups.list({ tenantId, top: 20 })).items).toHaveLength(1)
      expect((await stores().users.list({ tenantId, top: 20 })).items).toHaveLength(1)
    })

    it('lets commits that touch the same records in another order pass', async () => {
      const [one, other] = [aUser({ displayName: 'one' }), aUser({ displayName: 'other' })]
      await stores().commit([
        { change: 'createUser', user: one },
        { change: 'createUser', user: other },
      ])
      const password = (userId: string) =>
        ({
          change: 'setUserPassword',
          password: { userId, passwordHash: 'x', changedDateTime: '2026-01-01T00:00:00Z', mustChange: false },
        }) as const
      await stores().commit([password(one.id), password(other.id)])
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          stores().commit(
            index % 2 === 0 ? [password(one.id), password(other.id)] : [password(other.id), password(one.id)],
          ),
        ),
      )
    })

    it('refuses to change a tenant that has moved on', async () => {
      const before = aTenant()
      const first = { ...before, usersCanConsent: false }
      await stores().commit([{ change: 'createTenant', tenant: before }])
      await stores().commit([{ change: 'updateTenant', tenant: first, before }])
      const second: Change = { change: 'updateTenant', tenant: { ...before, displayName: 'x' }, before }
      await expect(stores().commit([second])).rejects.toMatchObject({ name: 'ConcurrentChange' })
      expect(await stores().tenants.byId(tenantId)).toEqual(first)
    })

    it('refuses to change or remove what is not there', async () => {
      const [application, user, group] = [anApplication(), aUser(), aGroup()]
      const id = randomUUID()
      const changes: Change[] = [
        { change: 'updateTenant', tenant: aTenant(), before: aTenant() },
        { change: 'updateApplication', application },
        { change: 'deleteApplication', id, deletedDateTime },
        { change: 'updateServicePrincipal', servicePrincipal: aServicePrincipal(application) },
        { change: 'deleteServicePrincipal', id, deletedDateTime },
        { change: 'removePasswordCredential', ownerId: id, keyId: id },
        { change: 'updateUser', user },
        { change: 'deleteUser', id, deletedDateTime },
        {
          change: 'setUserPassword',
          password: { userId: id, passwordHash: 'x', changedDateTime: deletedDateTime, mustChange: false },
        },
        { change: 'updateGroup', group },
        { change: 'deleteGroup', id, deletedDateTime },
        { change: 'addGroupMember', member: { groupId: id, memberId: id, memberType: 'User' } },
        { change: 'removeGroupMember', groupId: id, memberId: id },
        { change: 'updatePermissionGrant', grant: aGrant(), before: aGrant() },
        { change: 'deletePermissionGrant', id },
        { change: 'deleteAppRoleAssignment', id },
        { change: 'removeDirectoryRole', assignment: { tenantId, principalId: id, roleTemplateId: id } },
        { change: 'putResourceGroup', resourceGroup: { subscriptionId: id, name: 'rg', location: 'x', tags: {} } },
        { change: 'deleteRoleAssignment', id },
        { change: 'consumeAuthorizationCode', id },
        { change: 'answerDeviceCode', id, answer: { kind: 'declined' } },
        { change: 'consumeDeviceCode', id },
      ]
      for (const change of changes) {
        await expect(stores().commit([change]), change.change).rejects.toBeInstanceOf(NoSuchRecord)
      }
    })
  })

  describe('reset', () => {
    it('removes every record but the signing keys, and writes what comes instead', async () => {
      const [application, user, group] = [anApplication({ identifierUris: ['api://x'] }), aUser(), aGroup()]
      const everything: Change[] = [
        { change: 'createTenant', tenant: aTenant() },
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal: aServicePrincipal(application) },
        { change: 'createUser', user },
        { change: 'createGroup', group },
        { change: 'addGroupMember', member: { groupId: group.id, memberId: user.id, memberType: 'User' } },
      ]
      await stores().commit(everything)
      expect(await stores().applications.byAppId(application.appId)).toEqual(application)
      const keys = await stores().signingKeys.list()
      const successor = aTenant({
        id: randomUUID(),
        verifiedDomains: [{ name: 'successor.example', isDefault: true, isInitial: true }],
      })
      await stores().reset([{ change: 'createTenant', tenant: successor }])
      expect(await stores().applications.byAppId(application.appId)).toBeUndefined()
      expect(await stores().tenants.list()).toEqual([successor])
      expect(await stores().signingKeys.list()).toEqual(keys)
      expect(await stores().groups.membersOf(group.id)).toEqual([])
      await stores().commit(everything)
      expect(await stores().users.byId(user.id)).toEqual(user)
    })

    it('removes nothing when what comes instead is refused', async () => {
      const tenant = aTenant()
      await stores().commit([{ change: 'createTenant', tenant }])
      const twice: Change = { change: 'createTenant', tenant: aTenant() }
      await expect(stores().reset([twice, twice])).rejects.toMatchObject({ name: 'AlreadyExists' })
      expect(await stores().tenants.list()).toEqual([tenant])
    })
  })

  describe('settings', () => {
    it('take one of several changes that were decided at once; the others must decide again', async () => {
      const settings = await stores().settings.read()
      const moves = [1, 2, 3, 4, 5].map((clockOffsetMilliseconds) =>
        stores().commit([{ change: 'setCloudSettings', settings: { ...settings, clockOffsetMilliseconds } }]),
      )
      const outcomes = await Promise.allSettled(moves)
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.name] : []))
      expect(new Set(refused)).toEqual(new Set(['ConcurrentChange']))
      expect((await stores().settings.read()).version).toBe(settings.version + 1)
    })
  })
}
