import type { Application, KeyCredential } from './application.ts'
import type { CountQuery, DirectoryQuery, Page } from './query.ts'

/**
 * An application's presence in one tenant (Microsoft Graph `servicePrincipal`). What Graph mirrors from the
 * application (app roles, scopes, redirect URIs, names) is read from the application and never kept twice.
 */
export interface ServicePrincipal {
  /** Object id: the `oid` and `sub` of app-only tokens, the `clientId` of a permission grant. */
  readonly id: string
  readonly tenantId: string
  readonly appId: string
  /** The home tenant of the application. */
  readonly appOwnerOrganizationId: string
  readonly displayName: string
  readonly accountEnabled: boolean
  /** Whether tokens are issued only to users and applications that are assigned (50105, 501051). */
  readonly appRoleAssignmentRequired: boolean
  readonly servicePrincipalType: 'Application' | 'ManagedIdentity' | 'Legacy' | 'SocialIdp'
  readonly description: string | null
  readonly notes: string | null
  readonly homepage: string | null
  readonly loginUrl: string | null
  readonly tags: readonly string[]
  readonly alternativeNames: readonly string[]
  readonly notificationEmailAddresses: readonly string[]
  readonly preferredSingleSignOnMode: string | null
  /** Certificates that belong to this tenant's presence alone. */
  readonly keyCredentials: readonly KeyCredential[]
  readonly createdDateTime: string
  readonly deletedDateTime: string | null
  readonly owners: readonly string[]
  /** Object id of the user or service principal who made it through Graph. */
  readonly createdBy: string | null
  /** Counts the changes; a write names the version it was decided on. */
  readonly version: number
}

export type ServicePrincipalProperties = Partial<
  Omit<ServicePrincipal, 'id' | 'tenantId' | 'appId' | 'appOwnerOrganizationId' | 'createdDateTime' | 'version'>
>

/** The presence of `application` in a tenant, with Graph's defaults (POST /servicePrincipals). */
export function newServicePrincipal(
  application: Application,
  identity: { readonly id: string; readonly tenantId: string; readonly createdDateTime: string },
  properties: ServicePrincipalProperties = {},
): ServicePrincipal {
  return {
    displayName: application.displayName,
    accountEnabled: true,
    appRoleAssignmentRequired: false,
    servicePrincipalType: 'Application',
    description: null,
    notes: null,
    homepage: application.web.homePageUrl,
    loginUrl: null,
    tags: [],
    alternativeNames: [],
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    keyCredentials: [],
    deletedDateTime: null,
    owners: [],
    createdBy: null,
    ...properties,
    ...identity,
    appId: application.appId,
    appOwnerOrganizationId: application.tenantId,
    version: 1,
  }
}

/** The names a resource is asked for by: its client id and its identifier URIs. */
export function servicePrincipalNames(application: Application): readonly string[] {
  return [application.appId, ...application.identifierUris]
}

/**
 * The form in which identifier URIs are compared: in lower case and without a trailing slash, so that
 * `https://graph.microsoft.com` and `https://graph.microsoft.com/` are one resource.
 */
export function foldedIdentifier(identifier: string): string {
  const lower = identifier.toLowerCase()
  return lower.endsWith('/') ? lower.slice(0, -1) : lower
}

export interface ServicePrincipalStore {
  byId(id: string): Promise<ServicePrincipal | undefined>
  /** Those of the ids that there are, in any order. */
  byIds(ids: readonly string[]): Promise<readonly ServicePrincipal[]>
  byAppId(tenantId: string, appId: string): Promise<ServicePrincipal | undefined>
  /**
   * The API that answers to a resource identifier in this tenant: a client id, or an identifier URI of an
   * application that has a service principal here, compared as `foldedIdentifier` does.
   */
  byResourceIdentifier(tenantId: string, identifier: string): Promise<ServicePrincipal | undefined>
  list(query: DirectoryQuery): Promise<Page<ServicePrincipal>>
  count(query: CountQuery): Promise<number>
}
