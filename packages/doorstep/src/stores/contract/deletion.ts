import { describe, expect, it } from 'vitest'
import type { AppRoleAssignment } from '../../directory/permission.ts'
import type { Filter } from '../../directory/query.ts'
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

    it('leaves nothing to be added to what is deleted', async () => {
      const [application, user, group] = [anApplication(), aUser(), aGroup()]
      const [client, resource] = [aServicePrincipal(application), aServicePrincipal(anApplication())]
      const grant = aGrant({ clientId: client.id, resourceId: resource.id })
      const personal = { ...grant, id: 'personal', consentType: 'Principal', principalId: user.id } as const
      const role = (principalType: AppRoleAssignment['principalType'], principalId: string): Change => ({
        change: 'createAppRoleAssignment',
        assignment: anAppRoleAssignment({ principalType, principalId, resourceId: resource.id }),
      })
      const secretOfApplication: Change = { change: 'addPasswordCredential', credential: aSecret(application.id) }
      const secretOfPrincipal: Change = { change: 'addPasswordCredential', credential: aSecret(client.id) }
      const consent: Change = { change: 'createPermissionGrant', grant }
      const personalConsent: Change = { change: 'createPermissionGrant', grant: personal }
      const roles = [role('User', user.id), role('Group', group.id), role('ServicePrincipal', client.id)] as const
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal: client },
        { change: 'createServicePrincipal', servicePrincipal: resource },
        { change: 'createUser', user },
        { change: 'createGroup', group },
      ])
      const deleted = { deletedDateTime }
      const cases: readonly (readonly [deletion: Change, additions: readonly Change[]])[] = [
        [{ change: 'deleteUser', id: user.id, ...deleted }, [personalConsent, roles[0]]],
        [{ change: 'deleteGroup', id: group.id, ...deleted }, [roles[1]]],
        [{ change: 'deleteServicePrincipal', id: client.id, ...deleted }, [secretOfPrincipal, consent, roles[2]]],
        [{ change: 'deleteApplication', id: application.id, ...deleted }, [secretOfApplication]],
        [{ change: 'deleteServicePrincipal', id: resource.id, ...deleted }, [consent, ...roles]],
      ]
      for (const [deletion, additions] of cases) {
        for (const addition of additions) {
          const refusal = stores().commit([deletion, addition])
          await expect(refusal, `${deletion.change}, ${addition.change}`).rejects.toMatchObject({
            name: 'NoSuchRecord',
          })
        }
      }
      await stores().commit([secretOfApplication, secretOfPrincipal, consent, personalConsent, ...roles])
    })

    it('and an addition at the same moment come one after the other', async () => {
      const owners = Array.from({ length: 10 }, () => aServicePrincipal(anApplication()))
      await stores().commit(
        owners.map((servicePrincipal) => ({ change: 'createServicePrincipal', servicePrincipal }) as const),
      )
      const outcomes = await Promise.allSettled(
        owners.flatMap(({ id }) => [
          stores().commit([{ change: 'deleteServicePrincipal', id, deletedDateTime }]),
          stores().commit([{ change: 'addPasswordCredential', credential: aSecret(id) }]),
        ]),
      )
      const deletions = outcomes.filter((_, index) => index % 2 === 0)
      expect(deletions.every(({ status }) => status === 'fulfilled')).toBe(true)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ name: 'NoSuchRecord' })
      }
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
