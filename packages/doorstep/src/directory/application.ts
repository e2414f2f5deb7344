import type { FederatedIdentityCredential } from './federated-identity-credential.ts'
import type { CountQuery, DirectoryQuery, Page } from './query.ts'

/**
 * A registration, one per application, in its home tenant: Microsoft Graph's `application`, by its own names.
 * Password credentials are records of their own (`password-credential.ts`), since they hold what Graph never shows.
 */
export interface Application {
  /** Object id; addresses `/applications/{id}`. Never the client id. */
  readonly id: string
  /** The client id. */
  readonly appId: string
  readonly tenantId: string
  readonly createdDateTime: string
  readonly deletedDateTime: string | null
  readonly displayName: string
  readonly description: string | null
  readonly notes: string | null
  readonly publisherDomain: string
  readonly serviceManagementReference: string | null
  readonly uniqueName: string | null
  readonly signInAudience: SignInAudience
  readonly identifierUris: readonly string[]
  readonly isFallbackPublicClient: boolean | null
  readonly isDeviceOnlyAuthSupported: boolean | null
  readonly groupMembershipClaims: string | null
  readonly optionalClaims: OptionalClaims | null
  readonly tags: readonly string[]
  readonly web: WebPlatform
  readonly spa: { readonly redirectUris: readonly string[] }
  readonly publicClient: { readonly redirectUris: readonly string[] }
  readonly api: ApiSettings
  readonly appRoles: readonly AppRole[]
  readonly requiredResourceAccess: readonly RequiredResourceAccess[]
  readonly keyCredentials: readonly KeyCredential[]
  readonly federatedIdentityCredentials: readonly FederatedIdentityCredential[]
  readonly info: ApplicationInformation
  readonly parentalControlSettings: {
    readonly countriesBlockedForMinors: readonly string[]
    readonly legalAgeGroupRule: string
  }
  /** Object ids of users and service principals that own this registration. */
  readonly owners: readonly string[]
  /** Object id of the user or service principal who registered it through Graph. */
  readonly createdBy: string | null
  /** Counts the changes; a write names the version it was decided on. */
  readonly version: number
}

export const signInAudiences = [
  'AzureADMyOrg',
  'AzureADMultipleOrgs',
  'AzureADandPersonalMicrosoftAccount',
  'PersonalMicrosoftAccount',
] as const
export type SignInAudience = (typeof signInAudiences)[number]

export interface WebPlatform {
  readonly redirectUris: readonly string[]
  readonly homePageUrl: string | null
  readonly logoutUrl: string | null
  readonly implicitGrantSettings: {
    readonly enableAccessTokenIssuance: boolean
    readonly enableIdTokenIssuance: boolean
  }
}

export interface ApiSettings {
  readonly acceptMappedClaims: boolean | null
  readonly knownClientApplications: readonly string[]
  /** The version of access tokens issued for this API; null means 1. */
  readonly requestedAccessTokenVersion: 1 | 2 | null
  readonly oauth2PermissionScopes: readonly PermissionScope[]
  readonly preAuthorizedApplications: readonly PreAuthorizedApplication[]
}

/** A delegated permission that an API exposes (Graph `permissionScope`). */
export interface PermissionScope {
  readonly id: string
  readonly value: string
  readonly type: 'User' | 'Admin'
  readonly isEnabled: boolean
  readonly adminConsentDisplayName: string | null
  readonly adminConsentDescription: string | null
  readonly userConsentDisplayName: string | null
  readonly userConsentDescription: string | null
}

export interface PreAuthorizedApplication {
  readonly appId: string
  readonly delegatedPermissionIds: readonly string[]
}

/** An application permission or a role for users and groups (Graph `appRole`). */
export interface AppRole {
  readonly id: string
  readonly value: string | null
  readonly displayName: string
  readonly description: string
  readonly isEnabled: boolean
  readonly allowedMemberTypes: readonly ('User' | 'Application')[]
}

/** The permissions a registration lists for one API ("API permissions" in the portal). */
export interface RequiredResourceAccess {
  readonly resourceAppId: string
  readonly resourceAccess: readonly { readonly id: string; readonly type: 'Scope' | 'Role' }[]
}

/** A certificate of a registration (Graph `keyCredential`); `key` is base64 of the DER certificate. */
export interface KeyCredential {
  readonly keyId: string
  readonly type: string
  readonly usage: string
  readonly key: string | null
  readonly customKeyIdentifier: string | null
  readonly displayName: string | null
  readonly startDateTime: string
  readonly endDateTime: string
}

export interface OptionalClaim {
  readonly name: string
  readonly source: string | null
  readonly essential: boolean
  readonly additionalProperties: readonly string[]
}

export interface OptionalClaims {
  readonly idToken: readonly OptionalClaim[]
  readonly accessToken: readonly OptionalClaim[]
  readonly saml2Token: readonly OptionalClaim[]
}

export interface ApplicationInformation {
  readonly logoUrl: string | null
  readonly marketingUrl: string | null
  readonly privacyStatementUrl: string | null
  readonly supportUrl: string | null
  readonly termsOfServiceUrl: string | null
}

/** What a caller may set when a registration is made; everything else has Graph's default. */
export type ApplicationProperties = Partial<
  Omit<Application, 'id' | 'appId' | 'tenantId' | 'createdDateTime' | 'deletedDateTime' | 'publisherDomain' | 'version'>
> & { readonly displayName: string }

/** What the server decides about a new registration. */
export interface ApplicationIdentity {
  readonly id: string
  readonly appId: string
  readonly tenantId: string
  readonly publisherDomain: string
  readonly createdDateTime: string
}

const noInformation: ApplicationInformation = {
  logoUrl: null,
  marketingUrl: null,
  privacyStatementUrl: null,
  supportUrl: null,
  termsOfServiceUrl: null,
}

/** A registration with Graph's defaults for all that `properties` leaves open (POST /applications). */
export function newApplication(properties: ApplicationProperties, identity: ApplicationIdentity): Application {
  return {
    deletedDateTime: null,
    description: null,
    notes: null,
    serviceManagementReference: null,
    uniqueName: null,
    signInAudience: 'AzureADMyOrg',
    identifierUris: [],
    isFallbackPublicClient: null,
    isDeviceOnlyAuthSupported: null,
    groupMembershipClaims: null,
    optionalClaims: null,
    tags: [],
    web: {
      redirectUris: [],
      homePageUrl: null,
      logoutUrl: null,
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    },
    spa: { redirectUris: [] },
    publicClient: { redirectUris: [] },
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      requestedAccessTokenVersion: null,
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
    },
    appRoles: [],
    requiredResourceAccess: [],
    keyCredentials: [],
    federatedIdentityCredentials: [],
    info: noInformation,
    parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: 'Allow' },
    owners: [],
    createdBy: null,
    ...properties,
    ...identity,
    version: 1,
  }
}

export interface ApplicationStore {
  /** By object id; never a deleted one. */
  byId(id: string): Promise<Application | undefined>
  byAppId(appId: string): Promise<Application | undefined>
  /** In any case, as names are compared. */
  byUniqueName(tenantId: string, uniqueName: string): Promise<Application | undefined>
  /** Those of the ids that there are, in any order. */
  byIds(ids: readonly string[]): Promise<readonly Application[]>
  /** The same by client ids. */
  byAppIds(appIds: readonly string[]): Promise<readonly Application[]>
  /**
   * Some of the applications that have registered a redirect URI like this one (`redirectUriKey`; wildcards are not
   * found): at home in the tenant or present there, in any tenant without one. Whether it is equal is for the caller.
   */
  byRedirectUri(uri: string, tenantId: string | undefined): Promise<readonly Application[]>
  list(query: DirectoryQuery): Promise<Page<Application>>
  count(query: CountQuery): Promise<number>
}
