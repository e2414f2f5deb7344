import { guidFrom } from '../derived-id.ts'
import { cdfApi, defaultCdfClusters, firstPartyApplications } from '../directory/first-party.ts'
import { type NamedApi, namedApi } from './permission-name.ts'
import { inside, itemsOf, type Place, textIn } from './place.ts'

export type PrincipalKind = 'user' | 'group' | 'application'

/** A name in a seed file that a member, an owner or a role assignment can be. */
export interface NamedPrincipal {
  readonly kind: PrincipalKind
  /** As it is written where it is declared. */
  readonly name: string
  /** In lower case: all it may be called by. */
  readonly calledBy: readonly string[]
}

/** The names that one tenant of a seed file declares. */
export interface TenantNames {
  readonly place: Place
  readonly domain: string | undefined
  readonly principals: readonly NamedPrincipal[]
  /** APIs that are applications of this tenant, and whether other tenants may use them. */
  readonly apis: readonly (NamedApi & { readonly multipleTenants: boolean })[]
}

/** All names that a seed file declares, as far as it can be read: it may still have other problems. */
export interface SeedNames {
  readonly tenants: readonly TenantNames[]
  readonly firstPartyApis: readonly NamedApi[]
}

/** Collects what a seed file declares. */
export function namesIn(seed: Place): SeedNames {
  const clusters = itemsOf(seed, 'cdf').flatMap((cdf) => textIn(cdf, 'cluster') ?? [])
  const allClusters = [...new Set<string>([...defaultCdfClusters, ...clusters])]
  const firstParty = [...firstPartyApplications(guidFrom), ...allClusters.map((cluster) => cdfApi(cluster, guidFrom))]
  return { tenants: itemsOf(seed, 'tenants').map(tenantNames), firstPartyApis: firstParty.map(namedApi) }
}

function tenantNames(tenant: Place): TenantNames {
  const applications = itemsOf(tenant, 'applications')
  const users = [...itemsOf(tenant, 'users').map((user) => textIn(user, 'userPrincipalName')), ...guestNames(tenant)]
  return {
    place: tenant,
    domain: textIn(tenant, 'domain')?.toLowerCase(),
    principals: [
      ...users.flatMap((name) => principal('user', name)),
      ...itemsOf(tenant, 'groups').flatMap((group) => principal('group', textIn(group, 'displayName'))),
      ...applications.flatMap((application) =>
        principal('application', textIn(application, 'displayName'), textIn(application, 'appId')),
      ),
    ],
    apis: applications.flatMap(apiOf),
  }
}

/** The names in `guests`: user principal names of other tenants. */
export function guestNames(tenant: Place): readonly string[] {
  return itemsOf(tenant, 'guests').flatMap(({ value }) => (typeof value === 'string' ? [value] : []))
}

function principal(kind: PrincipalKind, name: string | undefined, id?: string): readonly NamedPrincipal[] {
  if (name === undefined) return []
  return [{ kind, name, calledBy: [name, ...(id === undefined ? [] : [id])].map((own) => own.toLowerCase()) }]
}

function apiOf(application: Place): TenantNames['apis'] {
  const displayName = textIn(application, 'displayName')
  if (displayName === undefined) return []
  const values = (place: Place, list: string, allowed: (permission: Place) => boolean = () => true) =>
    itemsOf(place, list).flatMap((permission) => (allowed(permission) ? (textIn(permission, 'value') ?? []) : []))
  return [
    {
      displayName,
      appId: textIn(application, 'appId'),
      identifierUris: itemsOf(application, 'identifierUris').flatMap(({ value }) =>
        typeof value === 'string' ? [value] : [],
      ),
      scopes: values(inside(application, 'api'), 'oauth2PermissionScopes'),
      appRoles: values(application, 'appRoles', (role) =>
        itemsOf(role, 'allowedMemberTypes').some(({ value }) => value === 'Application'),
      ),
      multipleTenants: (textIn(application, 'signInAudience') ?? 'AzureADMyOrg') !== 'AzureADMyOrg',
    },
  ]
}

/** The APIs that applications of `tenant` may ask permissions of: its own, first-party ones, multi-tenant ones. */
export function apisFor(tenant: TenantNames, { tenants, firstPartyApis }: SeedNames): readonly NamedApi[] {
  const others = tenants.filter((other) => other !== tenant)
  return [
    ...tenant.apis,
    ...firstPartyApis,
    ...others.flatMap(({ apis }) => apis.filter(({ multipleTenants }) => multipleTenants)),
  ]
}
