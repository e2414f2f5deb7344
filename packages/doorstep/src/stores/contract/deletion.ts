import { describe, expect, it } from 'vitest'
import type { Filter } from '../../directory/query.ts'
import {
  aGroup,
  anApplication,
  aServicePrincipal,
  aUser,
  deletedDateTime,
  otherTenantId,
  type StoresUnderTest,
  tenantId,
} from './records.ts'

/** A deleted object is kept and never found; what it was called is free again. */
export function deletionContract(stores: StoresUnderTest): void {
  describe('a deletion', () => {
    it('takes the service principal of the home tenant along with its application', async () => {
      const application = anApplication({ identifierUris: ['api://x'], uniqueName: 'x' })
      const home = aServicePrincipal(application)
      const abroad = aServicePrincipal(application, { tenantId: otherTenantId })
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal: home },
        { change: 'createServicePrincipal', servicePrincipal: abroad },
      ])
      const { applications, servicePrincipals } = stores()
      expect(await servicePrincipals.byResourceIdentifier(tenantId, 'api://x')).toEqual(home)
      await stores().commit([{ change: 'deleteApplication', id: application.id, deletedDateTime }])
      expect(await applications.byId(application.id)).toBeUndefined()
      expect(await applications.byAppId(application.appId)).toBeUndefined()
      expect((await applications.list({ tenantId, top: 5 })).items).toEqual([])
      expect(await servicePrincipals.byId(home.id)).toBeUndefined()
      expect(await servicePrincipals.byAppId(tenantId, application.appId)).toBeUndefined()
      expect(await servicePrincipals.byResourceIdentifier(tenantId, 'api://x')).toBeUndefined()
      expect(await servicePrincipals.byId(abroad.id)).toEqual(abroad)

      const successor = anApplication({ identifierUris: ['api://x'], uniqueName: 'x' })
      await stores().commit([
        { change: 'createApplication', application: successor },
        { change: 'createServicePrincipal', servicePrincipal: aServicePrincipal(successor) },
      ])
      expect((await servicePrincipals.byResourceIdentifier(tenantId, 'api://x'))?.appId).toBe(successor.appId)
    })

    it('frees the client id of a deleted application, so that a seed file can make it again', async () => {
      const application = anApplication()
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'deleteApplication', id: application.id, deletedDateTime },
      ])
      const successor = anApplication({}, { appId: application.appId })
      await stores().commit([{ change: 'createApplication', application: successor }])
      expect((await stores().applications.byAppId(application.appId))?.id).toBe(successor.id)
    })

    it('lets a service principal be made anew', async () => {
      const application = anApplication()
      const [first, second] = [aServicePrincipal(application), aServicePrincipal(application)]
      await stores().commit([
        { change: 'createServicePrincipal', servicePrincipal: first },
        { change: 'deleteServicePrincipal', id: first.id, deletedDateTime },
        { change: 'createServicePrincipal', servicePrincipal: second },
      ])
      expect(await stores().servicePrincipals.byAppId(tenantId, application.appId)).toEqual(second)
    })

    it('frees the principal name of a user, and happens once', async () => {
      const user = aUser({ userPrincipalName: 'alice@contoso.example' })
      const successor = aUser({ userPrincipalName: 'alice@contoso.example' })
      await stores().commit([{ change: 'createUser', user }])
      expect(await stores().users.byPrincipalName(tenantId, user.userPrincipalName)).toEqual(user)
      await stores().commit([{ change: 'deleteUser', id: user.id, deletedDateTime }])
      expect(await stores().users.byPrincipalName(tenantId, user.userPrincipalName)).toBeUndefined()
      await stores().commit([{ change: 'createUser', user: successor }])
      expect(await stores().users.byPrincipalName(tenantId, user.userPrincipalName)).toEqual(successor)
      for (const change of [
        { change: 'deleteUser', id: user.id, deletedDateTime },
        { change: 'updateUser', user: { ...user, version: 2 } },
      ] as const) {
        await expect(stores().commit([change])).rejects.toMatchObject({ name: 'NoSuchRecord' })
      }
    })

    it('is not undone by a filter', async () => {
      const group = aGroup()
      await stores().commit([
        { change: 'createGroup', group },
        { change: 'deleteGroup', id: group.id, deletedDateTime },
      ])
      const all: Filter = {
        kind: 'or',
        left: { kind: 'compare', property: 'id', operator: 'eq', value: group.id },
        right: { kind: 'compare', property: 'id', operator: 'ne', value: group.id },
      }
      expect((await stores().groups.list({ tenantId, top: 5, filter: all })).items).toEqual([])
    })
  })
}
