import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { defaultCloudSettings } from '../../directory/cloud-settings.ts'
import type { Change } from '../stores.ts'
import {
  aGrant,
  anApplication,
  anAppRoleAssignment,
  aRoleAssignment,
  aSecret,
  aServicePrincipal,
  aTenant,
  aUser,
  deletedDateTime,
  namedBy,
  otherTenantId,
  type StoresUnderTest,
  tenantId,
} from './records.ts'

/** What is committed is read again as it was, by every key there is. */
export function readsContract(stores: StoresUnderTest): void {
  describe('what is read', () => {
    it('finds a tenant by id and by any of its domains, in any case', async () => {
      const tenant = aTenant()
      await stores().commit([{ change: 'createTenant', tenant }])
      expect(await stores().tenants.byId(tenantId)).toEqual(tenant)
      expect(await stores().tenants.byDomain('contoso.EXAMPLE')).toEqual(tenant)
      expect(await stores().tenants.byDomain('fabrikam.example')).toBeUndefined()

      const verifiedDomains = [{ name: 'fabrikam.example', isDefault: true, isInitial: true }]
      await stores().commit([{ change: 'updateTenant', tenant: { ...tenant, verifiedDomains }, before: tenant }])
      expect(await stores().tenants.byDomain('contoso.example')).toBeUndefined()
      expect(await stores().tenants.byDomain('fabrikam.example')).toEqual({ ...tenant, verifiedDomains })
    })

    it('lists tenants, oldest first', async () => {
      const younger = aTenant({ createdDateTime: '2026-06-01T00:00:00Z' })
      const older = aTenant({ id: otherTenantId, verifiedDomains: [], createdDateTime: '2026-05-01T00:00:00Z' })
      await stores().commit([
        { change: 'createTenant', tenant: younger },
        { change: 'createTenant', tenant: older },
      ])
      expect((await stores().tenants.list()).map(({ id }) => id)).toEqual([otherTenantId, tenantId])
    })

    it('finds an application by object id and by client id, in any case', async () => {
      const application = anApplication({ displayName: "O'Neil \u0000 Ä 💡", tags: ['a', 'A'] })
      await stores().commit([{ change: 'createApplication', application }])
      expect(await stores().applications.byId(application.id.toUpperCase())).toEqual(application)
      expect(await stores().applications.byAppId(application.appId.toUpperCase())).toEqual(application)
      expect(await stores().applications.byAppId(application.id)).toBeUndefined()
      expect(await stores().applications.byId('\u0000')).toBeUndefined()
    })

    it('finds a service principal by id, and by client id in its own tenant only', async () => {
      const servicePrincipal = aServicePrincipal(anApplication())
      await stores().commit([{ change: 'createServicePrincipal', servicePrincipal }])
      expect(await stores().servicePrincipals.byId(servicePrincipal.id)).toEqual(servicePrincipal)
      expect(await stores().servicePrincipals.byAppId(tenantId, servicePrincipal.appId)).toEqual(servicePrincipal)
      expect(await stores().servicePrincipals.byAppId(otherTenantId, servicePrincipal.appId)).toBeUndefined()
    })

    it('finds an API by client id and by identifier URI, whatever its case and trailing slash', async () => {
      const application = anApplication({
        identifierUris: ['https://API.contoso.example/', 'https://api.contoso.example'],
      })
      const home = aServicePrincipal(application)
      const abroad = aServicePrincipal(application, { tenantId: otherTenantId })
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal: home },
        { change: 'createServicePrincipal', servicePrincipal: abroad },
      ])
      const { byResourceIdentifier } = stores().servicePrincipals
      expect(await byResourceIdentifier(tenantId, application.appId.toUpperCase())).toEqual(home)
      expect(await byResourceIdentifier(tenantId, 'HTTPS://api.contoso.example')).toEqual(home)
      expect(await byResourceIdentifier(otherTenantId, 'https://api.contoso.example/')).toEqual(abroad)
      expect(await byResourceIdentifier(randomUUID(), 'https://api.contoso.example')).toBeUndefined()
      expect(await byResourceIdentifier(tenantId, 'https://api.contoso.example/v1')).toBeUndefined()

      const moved = { ...application, identifierUris: ['api://moved'] }
      await stores().commit([{ change: 'updateApplication', application: moved }])
      expect(await byResourceIdentifier(tenantId, 'https://api.contoso.example')).toBeUndefined()
      expect(await byResourceIdentifier(tenantId, 'api://MOVED')).toEqual(home)
    })

    it("prefers the tenant's own API among those of the same identifier URI", async () => {
      const foreign = anApplication({ identifierUris: ['api://same'] }, { tenantId: otherTenantId })
      const own = anApplication({ identifierUris: ['api://same'] })
      const ownPrincipal = aServicePrincipal(own, { id: 'ffffffff-ffff-4fff-8fff-ffffffffffff' })
      await stores().commit([
        { change: 'createApplication', application: foreign },
        { change: 'createServicePrincipal', servicePrincipal: aServicePrincipal(foreign, { tenantId }) },
      ])
      const before = await stores().servicePrincipals.byResourceIdentifier(tenantId, 'api://same')
      expect(before?.appId).toBe(foreign.appId)
      await stores().commit([
        { change: 'createApplication', application: own },
        { change: 'createServicePrincipal', servicePrincipal: ownPrincipal },
      ])
      expect(await stores().servicePrincipals.byResourceIdentifier(tenantId, 'api://same')).toEqual(ownPrincipal)
    })

    it('lists the secrets of an owner, oldest first', async () => {
      const [application, another] = [anApplication(), anApplication()]
      const ownerId = application.id
      const younger = aSecret(ownerId, { startDateTime: '2026-03-01T00:00:00.000Z' })
      const older = aSecret(ownerId, { startDateTime: '2026-03-01T00:00:00+02:00' })
      expect(await stores().passwordCredentials.byOwner(ownerId)).toEqual([])
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createApplication', application: another },
        { change: 'addPasswordCredential', credential: younger },
        { change: 'addPasswordCredential', credential: older },
        { change: 'addPasswordCredential', credential: aSecret(another.id) },
      ])
      expect(await stores().passwordCredentials.byOwner(ownerId)).toEqual([older, younger])
      await stores().commit([{ change: 'removePasswordCredential', ownerId, keyId: older.keyId }])
      expect(await stores().passwordCredentials.byOwner(ownerId)).toEqual([younger])
    })

    it('finds a user by id, by principal name in any case, and his password', async () => {
      const user = aUser({ userPrincipalName: 'Älice@contoso.example' })
      await stores().commit([{ change: 'createUser', user }])
      expect(await stores().users.byId(user.id)).toEqual(user)
      expect(await stores().users.byPrincipalName(tenantId, 'äLICE@Contoso.example')).toEqual(user)
      expect(await stores().users.byPrincipalName(otherTenantId, user.userPrincipalName)).toBeUndefined()
      expect(await stores().users.passwordOf(user.id)).toBeUndefined()

      const password = {
        userId: user.id,
        passwordHash: 'one',
        changedDateTime: '2026-01-01T00:00:00Z',
        mustChange: true,
      }
      await stores().commit([{ change: 'setUserPassword', password }])
      expect(await stores().users.passwordOf(user.id)).toEqual(password)
      await stores().commit([{ change: 'setUserPassword', password: { ...password, passwordHash: 'two' } }])
      expect((await stores().users.passwordOf(user.id))?.passwordHash).toBe('two')
    })

    it('finds the guests of all tenants that one account is at home', async () => {
      const home = { tenantId, userId: randomUUID() }
      const here = aUser({ tenantId: otherTenantId, userType: 'Guest', home })
      const there = aUser({ tenantId: randomUUID(), userType: 'Guest', home })
      const other = aUser({ tenantId: otherTenantId, userType: 'Guest', home: { tenantId, userId: randomUUID() } })
      await stores().commit([here, there, other, aUser()].map((user): Change => ({ change: 'createUser', user })))
      const ids = async (userId: string) => (await stores().users.byHome(userId)).map(({ id }) => id).sort()
      expect(await ids(home.userId.toUpperCase())).toEqual([here.id, there.id].sort())
      expect(await stores().users.byHome(other.home?.userId ?? '')).toEqual([other])
      expect(await ids(here.id)).toEqual([])
      await stores().commit([
        { change: 'updateUser', user: { ...here, home: null } },
        { change: 'deleteUser', id: other.id, deletedDateTime },
      ])
      expect(await ids(home.userId)).toEqual([there.id])
      expect(await ids(other.home?.userId ?? '')).toEqual([])
    })

    it('keeps since when the sign-ins of a user count, whatever else is changed of him', async () => {
      const user = aUser()
      await stores().commit([{ change: 'createUser', user }])
      const read = await stores().users.byId(user.id)
      expect(read?.signInSessionsValidFromDateTime).toBeNull()
      const validFrom = '2026-03-01T00:00:00.123Z'
      await stores().commit([{ change: 'revokeSignInSessions', userId: user.id.toUpperCase(), validFrom }])
      const revoked = await stores().users.byId(user.id)
      expect(revoked).toEqual({ ...user, signInSessionsValidFromDateTime: validFrom, version: user.version + 1 })
      if (!revoked) throw new Error('The user is gone.')
      const late = { ...revoked, displayName: 'Alice B.', signInSessionsValidFromDateTime: null }
      await stores().commit([{ change: 'updateUser', user: late }])
      expect(await stores().users.byPrincipalName(tenantId, user.userPrincipalName)).toMatchObject({
        displayName: 'Alice B.',
        signInSessionsValidFromDateTime: validFrom,
      })
      const { items } = await stores().users.list({ tenantId, top: 1 })
      expect(items).toMatchObject([{ signInSessionsValidFromDateTime: validFrom }])
      const nobody = stores().commit([{ change: 'revokeSignInSessions', userId: randomUUID(), validFrom }])
      await expect(nobody).rejects.toMatchObject({ name: 'NoSuchRecord' })
    })

    it('keeps since when the sign-ins of a new user count', async () => {
      const user = aUser({ signInSessionsValidFromDateTime: '2026-03-01T00:00:00.000Z' })
      await stores().commit([{ change: 'createUser', user }])
      expect(await stores().users.byId(user.id)).toEqual(user)
    })

    it('finds consent by id, letter for letter, by client and by the user it is for', async () => {
      const grant = aGrant({ consentType: 'Principal', principalId: randomUUID() })
      await stores().commit([...namedBy(grant), { change: 'createPermissionGrant', grant }])
      expect(await stores().permissionGrants.byId(grant.id)).toEqual(grant)
      expect(await stores().permissionGrants.byId(grant.id.toLowerCase())).toBeUndefined()
      const wider = { ...grant, scope: 'User.Read Mail.Read' }
      await stores().commit([{ change: 'updatePermissionGrant', grant: wider, before: grant }])
      const late = { change: 'updatePermissionGrant' as const, grant: { ...grant, scope: 'Other' }, before: grant }
      await expect(stores().commit([late])).rejects.toMatchObject({ name: 'ConcurrentChange' })
      expect(await stores().permissionGrants.byClient(grant.clientId)).toEqual([wider])
      expect(await stores().permissionGrants.byPrincipal(grant.principalId ?? '')).toEqual([wider])
      expect(await stores().permissionGrants.byPrincipal(randomUUID())).toEqual([])
      await stores().commit([{ change: 'deletePermissionGrant', id: grant.id }])
      expect(await stores().permissionGrants.byClient(grant.clientId)).toEqual([])
    })

    it('lists the consent of a tenant page by page, by API and by kind', async () => {
      const one = aGrant({ consentType: 'Principal', principalId: randomUUID() })
      const everybody = aGrant({ clientId: one.clientId })
      const [, api] = namedBy(everybody)
      await stores().commit([
        ...namedBy(one),
        ...(api ? [api] : []),
        ...[everybody, one].map((grant) => ({ change: 'createPermissionGrant' as const, grant })),
      ])
      const { list, count } = stores().permissionGrants
      const eq = (property: string, value: string | null) =>
        ({ kind: 'compare', property, operator: 'eq', value }) as const
      const ofClient = eq('clientId', one.clientId.toUpperCase())
      const found: unknown[] = []
      for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
        const page = await list({ tenantId, filter: ofClient, top: 1, after })
        found.push(...page.items)
        after = page.next
      }
      expect(found).toHaveLength(2)
      expect(found).toEqual(expect.arrayContaining([everybody, one]))
      const filtered = async (property: string, value: string | null) => {
        const filter = { kind: 'and', left: ofClient, right: eq(property, value) } as const
        const { items } = await list({ tenantId, filter, top: 9 })
        expect(await count({ tenantId, filter })).toBe(items.length)
        return items
      }
      expect(await filtered('resourceId', one.resourceId)).toEqual([one])
      expect(await filtered('consentType', 'AllPrincipals')).toEqual([everybody])
      expect(await filtered('principalId', null)).toEqual([everybody])
      expect(await filtered('principalId', one.principalId)).toEqual([one])
      expect((await list({ tenantId: randomUUID(), filter: ofClient, top: 9 })).items).toEqual([])
      await expect(list({ tenantId, top: 9, after: 'nowhere' })).rejects.toMatchObject({ name: 'UnknownPage' })
    })

    it('finds app role assignments by id, principal and resource', async () => {
      const assignment = anAppRoleAssignment()
      await stores().commit([...namedBy(assignment), { change: 'createAppRoleAssignment', assignment }])
      const { byId, byPrincipal, byResource } = stores().appRoleAssignments
      expect(await byId(assignment.id)).toEqual(assignment)
      expect(await byPrincipal(assignment.principalId)).toEqual([assignment])
      expect(await byResource(assignment.resourceId)).toEqual([assignment])
      expect(await byResource(assignment.principalId)).toEqual([])
      await stores().commit([{ change: 'deleteAppRoleAssignment', id: assignment.id }])
      expect(await byPrincipal(assignment.principalId)).toEqual([])
    })

    it('lists the directory roles of a principal in its tenant', async () => {
      const assignment = { tenantId, principalId: randomUUID(), roleTemplateId: randomUUID() }
      await stores().commit([{ change: 'addDirectoryRole', assignment }])
      const { assignedTo } = stores().directoryRoles
      expect(await assignedTo(tenantId, assignment.principalId)).toEqual([assignment])
      expect(await assignedTo(otherTenantId, assignment.principalId)).toEqual([])
      await stores().commit([{ change: 'removeDirectoryRole', assignment }])
      expect(await assignedTo(tenantId, assignment.principalId)).toEqual([])
    })

    it('finds subscriptions and their resource groups, whose names have no case', async () => {
      const subscription = { id: randomUUID(), tenantId, displayName: 'Pay-As-You-Go', state: 'Enabled' } as const
      const resourceGroup = { subscriptionId: subscription.id, name: 'rg-001', location: 'westeurope', tags: {} }
      await stores().commit([
        { change: 'createSubscription', subscription },
        { change: 'putResourceGroup', resourceGroup },
      ])
      expect(await stores().subscriptions.byId(subscription.id)).toEqual(subscription)
      expect(await stores().subscriptions.byTenant(tenantId)).toEqual([subscription])
      expect(await stores().subscriptions.byTenant(otherTenantId)).toEqual([])
      const tagged = { ...resourceGroup, name: 'RG-001', tags: { env: 'dev' } }
      await stores().commit([{ change: 'putResourceGroup', resourceGroup: tagged }])
      expect(await stores().subscriptions.resourceGroups(subscription.id)).toEqual([tagged])
    })

    it('lists role assignments by principal and by tenant', async () => {
      const assignment = aRoleAssignment()
      await stores().commit([{ change: 'createRoleAssignment', assignment }])
      expect(await stores().roleAssignments.byPrincipal(assignment.principalId)).toEqual([assignment])
      const some = [randomUUID(), assignment.principalId.toUpperCase()]
      expect(await stores().roleAssignments.byPrincipals(some)).toEqual([assignment])
      expect(await stores().roleAssignments.byPrincipals([])).toEqual([])
      expect(await stores().roleAssignments.byTenant(tenantId)).toEqual([assignment])
      await stores().commit([{ change: 'deleteRoleAssignment', id: assignment.id }])
      expect(await stores().roleAssignments.byTenant(tenantId)).toEqual([])
    })

    it('lists signing keys, oldest first, whose ids have a case', async () => {
      const younger = { keyId: 'abc', certificate: 'c', sealedPrivateKey: 's', createdDateTime: '2026-02-01T00:00:00Z' }
      const older = { ...younger, keyId: 'ABC', createdDateTime: '2026-01-01T00:00:00Z' }
      await stores().commit([
        { change: 'addSigningKey', key: younger },
        { change: 'addSigningKey', key: older },
      ])
      // Keys stay over the resets between tests.
      const keys = (await stores().signingKeys.list()).filter(({ keyId }) => keyId.toLowerCase() === 'abc')
      expect(keys).toEqual([older, younger])
    })

    it('reads the default settings until others are written', async () => {
      expect(await stores().settings.read()).toEqual(defaultCloudSettings)
      for (const consent of ['auto', 'ask'] as const) {
        const { version } = await stores().settings.read()
        const settings = { ...defaultCloudSettings, version, consent, seedForLater: { cdf: [1] } }
        await stores().commit([{ change: 'setCloudSettings', settings }])
        expect(await stores().settings.read()).toEqual({ ...settings, version: version + 1 })
      }
    })
  })
}
