/** The members of Graph's application that these commands read and write; all but three may be left out in a manifest. */
export interface Registration {
  readonly displayName: string
  readonly signInAudience?: string
  readonly identifierUris?: readonly string[]
  readonly isFallbackPublicClient?: boolean | null
  readonly groupMembershipClaims?: string | null
  readonly optionalClaims?: unknown
  readonly web?: WebSettings
  readonly spa?: RedirectUriList
  readonly publicClient?: RedirectUriList
  readonly api?: ApiSettings
  readonly appRoles?: readonly ExposedRole[]
  readonly requiredResourceAccess?: readonly RequiredAccess[]
  readonly passwordCredentials?: readonly Credential[]
  readonly keyCredentials?: readonly Certificate[]
  readonly publisherDomain?: string | null
}

/** A registration that is in a directory. */
export interface Application extends Registration {
  /** Object id. */
  readonly id: string
  /** Client id. */
  readonly appId: string
  readonly createdDateTime?: string
}

export interface RedirectUriList {
  readonly redirectUris?: readonly string[]
}

export interface WebSettings extends RedirectUriList {
  readonly homePageUrl?: string | null
  readonly logoutUrl?: string | null
  readonly implicitGrantSettings?: {
    readonly enableAccessTokenIssuance?: boolean
    readonly enableIdTokenIssuance?: boolean
  }
}

export interface ApiSettings {
  readonly requestedAccessTokenVersion?: number | null
  readonly oauth2PermissionScopes?: readonly ExposedScope[]
  readonly knownClientApplications?: readonly string[]
  readonly preAuthorizedApplications?: readonly unknown[]
  readonly acceptMappedClaims?: boolean | null
}

/** A delegated permission of an API. */
export interface ExposedScope {
  readonly id: string
  readonly value: string | null
  readonly isEnabled?: boolean
  /** Whether users may consent. */
  readonly type?: string
}

/** An application permission of an API, or a role for its users. */
export interface ExposedRole {
  readonly id: string
  readonly value: string | null
  readonly isEnabled?: boolean
  readonly allowedMemberTypes?: readonly string[]
}

export interface RequiredAccess {
  readonly resourceAppId: string
  readonly resourceAccess: readonly ResourceAccess[]
}

export interface ResourceAccess {
  readonly id: string
  /** `Scope`: delegated. `Role`: of the application itself. */
  readonly type: 'Scope' | 'Role'
}

export interface Credential {
  readonly keyId: string
  readonly displayName?: string | null
  /** The first characters of a secret. */
  readonly hint?: string | null
  /** ISO 8601. */
  readonly startDateTime?: string
  readonly endDateTime?: string
}

export interface Certificate extends Credential {
  readonly customKeyIdentifier?: string | null
  readonly type?: string
  readonly usage?: string
}

/** Where a redirect URI is registered decides how its code is redeemed. */
export const redirectPlatforms = ['web', 'spa', 'publicClient'] as const
export type RedirectPlatform = (typeof redirectPlatforms)[number]

export function redirectUrisOf(registration: Registration, platform: RedirectPlatform): readonly string[] {
  return registration[platform]?.redirectUris ?? []
}
