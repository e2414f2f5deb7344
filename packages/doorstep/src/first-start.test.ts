import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from './clock.ts'
import { roleTemplateId } from './directory/directory-role.ts'
import { defaultCdfClusters } from './directory/first-party.ts'
import { bootstrapAppId, firstPartyAppIds, microsoftServicesTenantId } from './directory/first-party-ids.ts'
import { graphAppRoles } from './directory/graph-permissions.ts'
import { newServicePrincipal } from './directory/service-principal.ts'
import { firstPartyUpgrade, firstStart, newBootstrapCredential } from './first-start.ts'
import { newTenant } from './new-tenant.ts'
import { newMasterKeyText, readMasterKey } from './secrets/master-key.ts'
import { secretKeeper } from './secrets/secret-keeper.ts'
import { openStores } from './stores/open.ts'
import type { Stores } from './stores/stores.ts'

const secrets = secretKeeper(readMasterKey(newMasterKeyText(), 'the test'))
const parts = {
  clock: movableClock(),
  newId: () => randomUUID(),
  hashPassword: async (password: string) => `hash of ${password}`,
  newSecret: secrets.newSecret,
  newPassword: secrets.newPassword,
}

let directory: string
let stores: Stores

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'doorstep-'))
  stores = await openStores({ directory })
})

afterEach(async () => {
  await stores.close()
  await rm(directory, { recursive: true, force: true })
})

const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'

async function started() {
  const start = await firstStart(parts)
  await stores.commit(start.changes)
  return start
}

describe('the first start', () => {
  it('makes the tenant Doorstep with one subscription, and the Microsoft services tenant', async () => {
    const { tenant, subscription } = await started()
    expect(await stores.tenants.byDomain('doorstep.example')).toEqual(tenant)
    expect((await stores.tenants.list()).map(({ id }) => id)).toEqual(
      expect.arrayContaining([tenant.id, microsoftServicesTenantId]),
    )
    expect(await stores.subscriptions.byTenant(tenant.id)).toEqual([subscription])
  })

  it('lets every first-party API be used in the tenant at once, by any of its names', async () => {
    const { tenant } = await started()
    for (const appId of Object.values(firstPartyAppIds)) {
      expect(await stores.servicePrincipals.byAppId(tenant.id, appId), appId).toMatchObject({
        appOwnerOrganizationId: microsoftServicesTenantId,
      })
    }
    const names = [
      'https://graph.microsoft.com/',
      'https://management.core.windows.net/',
      ...defaultCdfClusters.map((cluster) => `https://${cluster}.cognitedata.com`),
    ]
    for (const name of names) {
      expect(await stores.servicePrincipals.byResourceIdentifier(tenant.id, name), name).toBeDefined()
    }
  })

  it('makes an administrator who may do everything, with a password of his own', async () => {
    const { tenant, subscription, administrator } = await started()
    expect(administrator.userPrincipalName).toBe('admin@doorstep.example')
    const user = await stores.users.byPrincipalName(tenant.id, administrator.userPrincipalName)
    const id = user?.id ?? expect.fail('There is no administrator.')
    expect(await stores.users.passwordOf(id)).toMatchObject({ passwordHash: `hash of ${administrator.password}` })
    expect(await stores.directoryRoles.assignedTo(tenant.id, id)).toMatchObject([
      { roleTemplateId: roleTemplateId('Global Administrator') },
    ])
    expect(await stores.roleAssignments.byPrincipal(id)).toMatchObject([
      { roleDefinitionId: owner, resourceScope: `/subscriptions/${subscription.id}`, principalType: 'User' },
    ])
  })

  it('makes a bootstrap application that may administer the directory and owns the subscription', async () => {
    const { tenant, bootstrap } = await started()
    expect(bootstrap).toMatchObject({ tenantId: tenant.id, clientId: bootstrapAppId })
    const application = (await stores.applications.byAppId(bootstrapAppId)) ?? expect.fail('There is none.')
    const servicePrincipal = await stores.servicePrincipals.byAppId(tenant.id, bootstrapAppId)
    const held = await stores.appRoleAssignments.byPrincipal(servicePrincipal?.id ?? '')
    const values = held.map(({ appRoleId }) => graphAppRoles.find(({ id }) => id === appRoleId)?.value)
    expect(values.sort()).toEqual([
      'AppRoleAssignment.ReadWrite.All',
      'Application.ReadWrite.All',
      'DelegatedPermissionGrant.ReadWrite.All',
      'Directory.ReadWrite.All',
      'Domain.Read.All',
      'Group.ReadWrite.All',
      'Organization.Read.All',
      'RoleManagement.ReadWrite.Directory',
      'User.ReadWrite.All',
    ])
    expect(await stores.roleAssignments.byPrincipal(servicePrincipal?.id ?? '')).toMatchObject([
      { roleDefinitionId: owner, principalType: 'ServicePrincipal' },
    ])
    const [secret] = await stores.passwordCredentials.byOwner(application.id)
    expect(secret && (await secrets.matches(bootstrap.clientSecret, secret.secretHash))).toBe(true)
  })

  it('keeps no secret in clear', async () => {
    const { changes, administrator, bootstrap } = await firstStart({ ...parts, hashPassword: async () => 'hashed' })
    const written = JSON.stringify(changes)
    expect(written).not.toContain(administrator.password)
    expect(written).not.toContain(bootstrap.clientSecret)
  })

  it('makes other secrets and ids each time', async () => {
    const [one, other] = [await firstStart(parts), await firstStart(parts)]
    expect(one.tenant.id).not.toBe(other.tenant.id)
    expect(one.administrator.password).not.toBe(other.administrator.password)
    expect(one.bootstrap.clientSecret).not.toBe(other.bootstrap.clientSecret)
  })

  it('cannot happen twice on one database', async () => {
    await started()
    const again = await firstStart(parts)
    await expect(stores.commit(again.changes)).rejects.toThrow(/same/)
  })
})

describe('another replica on the same database', () => {
  it('adds a bootstrap secret of its own, and the first one stays', async () => {
    const { bootstrap } = await started()
    const application = (await stores.applications.byAppId(bootstrapAppId)) ?? expect.fail('There is none.')
    const replica = newBootstrapCredential(application, parts)
    await stores.commit(replica.changes)
    expect(replica.bootstrap).toMatchObject({ tenantId: bootstrap.tenantId, clientId: bootstrapAppId })
    expect(replica.bootstrap.clientSecret).not.toBe(bootstrap.clientSecret)
    expect(await stores.passwordCredentials.byOwner(application.id)).toHaveLength(2)
  })

  it('has a secret that outlives every clock that is advanced', () => {
    const application = { id: 'a', appId: bootstrapAppId, tenantId: 't' }
    const [change] = newBootstrapCredential(application, {
      ...parts,
      clock: { now: () => Date.UTC(2030, 0, 1) },
    }).changes
    expect(change).toMatchObject({ credential: { endDateTime: '2130-01-01T00:00:00.000Z' } })
  })
})

describe('a start with a newer Doorstep', () => {
  it('changes nothing when it knows no more', async () => {
    await started()
    expect(await firstPartyUpgrade(stores, parts)).toEqual([])
  })

  it('adds an application that is missing, with a service principal in every tenant', async () => {
    const { changes, tenant } = await firstStart(parts)
    const older = changes.filter(
      (change) =>
        !(change.change === 'createApplication' && change.application.appId === firstPartyAppIds.keyVault) &&
        !(change.change === 'createServicePrincipal' && change.servicePrincipal.appId === firstPartyAppIds.keyVault),
    )
    const second = newTenant({ displayName: 'Contoso', domain: 'contoso.example' }, [], parts)
    await stores.commit([...older, ...second.changes])
    await stores.commit(await firstPartyUpgrade(stores, parts))
    for (const { id } of [tenant, second.tenant]) {
      expect(await stores.servicePrincipals.byAppId(id, firstPartyAppIds.keyVault)).toBeDefined()
    }
    expect(await firstPartyUpgrade(stores, parts)).toEqual([])
  })

  it('brings an application to its new definition, and leaves its service principals as they are', async () => {
    const { changes } = await firstStart(parts)
    const older = changes.map((change) =>
      change.change === 'createApplication' && change.application.appId === firstPartyAppIds.microsoftGraph
        ? { ...change, application: { ...change.application, appRoles: [] } }
        : change,
    )
    await stores.commit(older)
    // The bootstrap application holds its roles by id, whether or not Microsoft Graph defines them.
    await stores.commit(await firstPartyUpgrade(stores, parts))
    const graph = await stores.applications.byAppId(firstPartyAppIds.microsoftGraph)
    expect(graph?.appRoles).toEqual(graphAppRoles)
    expect(await firstPartyUpgrade(stores, parts)).toEqual([])
  })

  it('does not bring back a service principal that somebody deleted', async () => {
    const { tenant } = await started()
    const storage = await stores.servicePrincipals.byAppId(tenant.id, firstPartyAppIds.storage)
    const deletedDateTime = new Date().toISOString()
    await stores.commit([{ change: 'deleteServicePrincipal', id: storage?.id ?? '', deletedDateTime }])
    expect(await firstPartyUpgrade(stores, parts)).toEqual([])
  })
})

describe('a new tenant', () => {
  it('has one domain, its own service principals of all applications it is given, and Entra’s defaults', async () => {
    const { changes } = await started()
    const applications = changes.flatMap((change) =>
      change.change === 'createApplication' && change.application.tenantId === microsoftServicesTenantId
        ? [change.application]
        : [],
    )
    const made = newTenant({ displayName: 'Contoso', domain: 'contoso.example' }, applications, parts)
    await stores.commit(made.changes)
    expect(made.tenant).toMatchObject({
      verifiedDomains: [{ name: 'contoso.example', isDefault: true, isInitial: true }],
      usersCanConsent: true,
      usersCanRegisterApplications: true,
    })
    const graph = applications.find(({ appId }) => appId === firstPartyAppIds.microsoftGraph)
    const kept = await stores.servicePrincipals.byAppId(made.tenant.id, firstPartyAppIds.microsoftGraph)
    const identity = {
      id: kept?.id ?? '',
      tenantId: made.tenant.id,
      createdDateTime: kept?.createdDateTime ?? '',
    }
    expect(graph && newServicePrincipal(graph, identity)).toEqual(kept)
  })
})
