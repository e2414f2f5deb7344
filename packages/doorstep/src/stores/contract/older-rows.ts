import { describe, expect, it } from 'vitest'
import {
  aGroup,
  anApplication,
  aServicePrincipal,
  aUser,
  deletedDateTime,
  type StoresUnderTest,
  tenantId,
} from './records.ts'

const always = '2000-01-01T00:00:00.000Z'
const owner = '44444444-4444-4444-8444-444444444444'

/** An object as it was kept before it had these properties. */
function without<T>(object: T, ...properties: readonly (keyof T)[]): T {
  return { ...object, ...Object.fromEntries(properties.map((property) => [property, undefined])) }
}

/** Whichever way an object is read, it has the properties that came after it was kept. */
export function olderRowsContract(stores: StoresUnderTest): void {
  const page = { tenantId, top: 9 }

  describe('a row of an older Doorstep', () => {
    it('is a whole application in every answer', async () => {
      const redirectUri = 'https://app.example/'
      const made = anApplication({
        uniqueName: 'older',
        owners: [owner],
        spa: { redirectUris: [redirectUri] },
      })
      await stores().commit([
        { change: 'createApplication', application: without(made, 'federatedIdentityCredentials') },
      ])
      const { applications, ownedObjects, deletedItems } = stores()
      expect(await applications.byId(made.id)).toEqual(made)
      expect(await applications.byAppId(made.appId)).toEqual(made)
      expect(await applications.byUniqueName(tenantId, 'older')).toEqual(made)
      expect(await applications.byIds([made.id])).toEqual([made])
      expect(await applications.byAppIds([made.appId])).toEqual([made])
      expect(await applications.byRedirectUri(redirectUri, tenantId)).toEqual([made])
      expect((await applications.list(page)).items).toEqual([made])
      const owned = await ownedObjects.list({ ...page, principalId: owner, relation: 'owners' })
      expect(owned.items).toEqual([{ kind: 'application', object: made }])
      await stores().commit([{ change: 'deleteApplication', id: made.id, deletedDateTime }])
      const deleted = { ...made, deletedDateTime, version: 2 }
      expect(await deletedItems.byId(made.id, always)).toEqual({ kind: 'application', object: deleted })
      expect((await deletedItems.list('application', page, always)).items).toEqual([deleted])
    })

    it('is a whole service principal in every answer', async () => {
      const application = anApplication({ identifierUris: ['api://older'] })
      const made = aServicePrincipal(application, { owners: [owner] })
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal: without(made, 'keyCredentials') },
      ])
      const { servicePrincipals, ownedObjects, deletedItems } = stores()
      expect(await servicePrincipals.byId(made.id)).toEqual(made)
      expect(await servicePrincipals.byAppId(tenantId, made.appId)).toEqual(made)
      expect(await servicePrincipals.byIds([made.id])).toEqual([made])
      expect(await servicePrincipals.byResourceIdentifier(tenantId, 'api://older')).toEqual(made)
      expect((await servicePrincipals.list(page)).items).toEqual([made])
      const owned = await ownedObjects.list({ ...page, principalId: owner, relation: 'owners' })
      expect(owned.items).toEqual([{ kind: 'servicePrincipal', object: made }])
      await stores().commit([{ change: 'deleteServicePrincipal', id: made.id, deletedDateTime }])
      const deleted = { ...made, deletedDateTime, version: 2 }
      expect(await deletedItems.byId(made.id, always)).toEqual({ kind: 'servicePrincipal', object: deleted })
      expect((await deletedItems.list('servicePrincipal', page, always)).items).toEqual([deleted])
    })

    it('is a whole user in every answer', async () => {
      const home = { tenantId: owner, userId: owner }
      const made = aUser({ home, managerId: owner })
      const kept = without(made, 'ageGroup', 'streetAddress', 'passwordPolicies', 'externalUserState')
      await stores().commit([{ change: 'createUser', user: kept }])
      const { users, deletedItems } = stores()
      expect(await users.byId(made.id)).toEqual(made)
      expect(await users.byPrincipalName(tenantId, made.userPrincipalName)).toEqual(made)
      expect(await users.byIds([made.id])).toEqual([made])
      expect(await users.byHome(owner)).toEqual([made])
      expect(await users.byManager(owner)).toEqual([made])
      expect((await users.list(page)).items).toEqual([made])
      await stores().commit([{ change: 'deleteUser', id: made.id, deletedDateTime }])
      const deleted = { ...made, deletedDateTime, version: 2 }
      expect(await deletedItems.byId(made.id, always)).toEqual({ kind: 'user', object: deleted })
      expect((await deletedItems.list('user', page, always)).items).toEqual([deleted])
    })

    it('is a whole group in every answer', async () => {
      const made = aGroup()
      const kept = without(made, 'visibility', 'classification', 'preferredLanguage')
      await stores().commit([{ change: 'createGroup', group: kept }])
      const { groups, deletedItems } = stores()
      expect(await groups.byId(made.id)).toEqual(made)
      expect(await groups.byIds([made.id])).toEqual([made])
      expect((await groups.list(page)).items).toEqual([made])
      await stores().commit([{ change: 'deleteGroup', id: made.id, deletedDateTime }])
      const deleted = { ...made, deletedDateTime, version: 2 }
      expect(await deletedItems.byId(made.id, always)).toEqual({ kind: 'group', object: deleted })
      expect((await deletedItems.list('group', page, always)).items).toEqual([deleted])
    })
  })
}
