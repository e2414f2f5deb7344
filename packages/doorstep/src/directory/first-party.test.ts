import { describe, expect, it } from 'vitest'
import { guidFrom } from '../derived-id.ts'
import { cdfApi, defaultCdfClusters, firstPartyApplications, initialFirstPartyApplications } from './first-party.ts'
import { firstPartyAppIds, microsoftServicesTenantId } from './first-party-ids.ts'
import { foldedIdentifier } from './service-principal.ts'

const all = initialFirstPartyApplications(guidFrom)
const byAppId = new Map(all.map((application) => [application.appId, application]))
const application = (appId: string) => byAppId.get(appId) ?? expect.fail(`There is no application ${appId}.`)

function twice(values: readonly string[]): readonly string[] {
  return values.filter((value, index) => values.indexOf(value) !== index)
}

describe('first-party applications', () => {
  it('have ids, client ids and identifier URIs of their own', () => {
    expect(twice(all.map(({ id }) => id))).toEqual([])
    expect(twice(all.map(({ appId }) => appId))).toEqual([])
    expect(twice(all.flatMap(({ identifierUris }) => identifierUris.map(foldedIdentifier)))).toEqual([])
  })

  it('have GUIDs for all their permissions, each once in its application', () => {
    for (const { displayName, api, appRoles } of all) {
      const ids = [...api.oauth2PermissionScopes, ...appRoles].map(({ id }) => id)
      expect(twice(ids), displayName).toEqual([])
      for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
    }
  })

  it('pre-authorize only applications and scopes that exist', () => {
    for (const { displayName, api } of all) {
      const scopes = api.oauth2PermissionScopes.map(({ id }) => id)
      for (const { appId, delegatedPermissionIds } of api.preAuthorizedApplications) {
        expect(byAppId.has(appId), `${displayName} → ${appId}`).toBe(true)
        expect(delegatedPermissionIds.length).toBeGreaterThan(0)
        expect(scopes).toEqual(expect.arrayContaining([...delegatedPermissionIds]))
      }
    }
  })

  it('belong to the Microsoft services tenant and can be used in every tenant', () => {
    for (const { tenantId, signInAudience } of all) {
      expect({ tenantId, signInAudience }).toEqual({
        tenantId: microsoftServicesTenantId,
        signInAudience: 'AzureADMultipleOrgs',
      })
    }
  })

  it('are the same each time they are made', () => {
    expect(firstPartyApplications(guidFrom)).toEqual(firstPartyApplications(guidFrom))
  })

  it('include Microsoft Graph, where people consent to the basic permissions and administrators to the others', () => {
    const graph = application(firstPartyAppIds.microsoftGraph)
    const scope = (value: string) => graph.api.oauth2PermissionScopes.find((candidate) => candidate.value === value)
    expect(scope('User.Read')).toMatchObject({ id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'User' })
    expect(scope('User.Read.All')).toMatchObject({ id: 'a154be20-db9c-4678-8ab7-66f6cc099a59', type: 'Admin' })
    expect(graph.appRoles.find(({ value }) => value === 'User.Read.All')?.id).toBe(
      'df021288-bdef-4463-88db-98f22de89214',
    )
    expect(graph.appRoles.map(({ value }) => value)).not.toContain('User.Read')
    expect(graph.api.requestedAccessTokenVersion).toBe(1)
  })

  it('let Azure CLI manage Azure resources without consent, as a public client', () => {
    const cli = application(firstPartyAppIds.azureCli)
    expect(cli.isFallbackPublicClient).toBe(true)
    expect(cli.publicClient.redirectUris).toContain('http://localhost')
    expect(application(firstPartyAppIds.azureResourceManager).api.preAuthorizedApplications).toContainEqual({
      appId: cli.appId,
      delegatedPermissionIds: ['41094075-9dad-400e-a0bd-54e686782033'],
    })
  })

  it('have no app roles on Azure Resource Manager, which judges applications by their Azure roles', () => {
    expect(application(firstPartyAppIds.azureResourceManager).appRoles).toEqual([])
  })
})

describe('the API of a CDF cluster', () => {
  it('exists for the clusters of the guides', () => {
    expect(defaultCdfClusters.map((cluster) => application(cdfApi(cluster, guidFrom).appId).displayName)).toEqual([
      'CDF api',
      'CDF westeurope-1',
    ])
  })

  it('is asked for by the address of the cluster, and its tokens carry groups', () => {
    const api = cdfApi('az-eastus-1', guidFrom)
    expect(api.identifierUris).toEqual(['https://az-eastus-1.cognitedata.com'])
    expect(api.groupMembershipClaims).toBe('SecurityGroup')
    expect(api.api.requestedAccessTokenVersion).toBe(1)
    expect(api.api.oauth2PermissionScopes.map(({ value }) => value)).toEqual([
      'user_impersonation',
      'IDENTITY',
      'DATA.VIEW',
      'DATA.CHANGE',
    ])
  })

  it('asks everybody for consent', () => {
    expect(cdfApi('api', guidFrom).api.preAuthorizedApplications).toEqual([])
  })

  it('has other ids in another cluster', () => {
    const [one, other] = [cdfApi('api', guidFrom), cdfApi('westeurope-1', guidFrom)]
    expect(one.id).not.toBe(other.id)
    expect(one.api.oauth2PermissionScopes[0]?.id).not.toBe(other.api.oauth2PermissionScopes[0]?.id)
  })
})
