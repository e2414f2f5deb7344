import type { Registration } from './application.ts'
import { certificatesLeftOut, secretsLeftOut } from './left-out.ts'
import type { ReadManifest } from './manifest.ts'

type Manifest = Readonly<Record<string, unknown>>

/**
 * Whether a manifest has the format that the portal showed before it took Microsoft Graph's ("Azure AD Graph format"):
 * the members below are in no application of Microsoft Graph.
 */
export function isOlderManifest(manifest: Manifest): boolean {
  const telling = [
    'replyUrlsWithType',
    'accessTokenAcceptedVersion',
    'oauth2Permissions',
    'oauth2AllowImplicitFlow',
    'replyUrls',
    'availableToOtherTenants',
  ]
  return telling.some((member) => Object.hasOwn(manifest, member))
}

/** What the older format knows and a registration of today has no place for. */
const gone: Readonly<Record<string, string>> = {
  logoUrl: 'the logo is uploaded, in the portal under Branding',
  errorUrl: 'no part of Microsoft Graph’s application',
  oauth2AllowUrlPathMatching: 'Entra ignores it',
  oauth2RequirePostResponse: 'no part of Microsoft Graph’s application',
  orgRestrictions: 'no part of Microsoft Graph’s application',
  addIns: 'not taken over; set it in Graph',
  samlMetadataUrl: 'not taken over; set it in Graph',
  certification: 'the directory decides it',
}

const taken = new Set([
  ...[
    'id',
    'appId',
    'name',
    'displayName',
    'createdDateTime',
    'publisherDomain',
    'signInAudience',
    'availableToOtherTenants',
  ],
  ...[
    'replyUrlsWithType',
    'replyUrls',
    'publicClient',
    'allowPublicClient',
    'identifierUris',
    'signInUrl',
    'homepage',
    'logoutUrl',
  ],
  ...['oauth2AllowImplicitFlow', 'oauth2AllowIdTokenImplicitFlow', 'accessTokenAcceptedVersion', 'acceptMappedClaims'],
  ...[
    'knownClientApplications',
    'oauth2Permissions',
    'preAuthorizedApplications',
    'appRoles',
    'requiredResourceAccess',
  ],
  ...[
    'groupMembershipClaims',
    'optionalClaims',
    'tags',
    'informationalUrls',
    'parentalControlSettings',
    'passwordCredentials',
  ],
  ...[
    'keyCredentials',
    'verifiedPublisher',
    'tokenEncryptionKeyId',
    'disabledByMicrosoftStatus',
    'applicationTemplateId',
  ],
])

/** Converts a manifest of the older format, by the table of Microsoft's "Azure AD Graph to Microsoft Graph app manifest". */
export function readOlderManifest(manifest: Manifest): Omit<ReadManifest, 'facts'> {
  const { appId, passwordCredentials, keyCredentials } = manifest
  const unknown = Object.entries(manifest).filter(
    ([member, value]) =>
      !taken.has(member) && !member.startsWith('@') && !member.includes('@odata') && isSomething(value),
  )
  return {
    appId: typeof appId === 'string' ? appId : undefined,
    registration: registrationOf(manifest),
    leftOut: [
      ...secretsLeftOut(passwordCredentials),
      ...certificatesLeftOut(keyCredentials),
      ...unknown.map(([member]) => `${member}: ${gone[member] ?? 'no part of Microsoft Graph’s application'}.`),
    ],
  }
}

const isSomething = (value: unknown) =>
  value !== null && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0)

function registrationOf(manifest: Manifest): Registration {
  const { name, displayName, signInAudience, availableToOtherTenants } = manifest
  const whole = {
    displayName: displayName ?? name ?? 'imported',
    signInAudience: signInAudience ?? (availableToOtherTenants === true ? 'AzureADMultipleOrgs' : 'AzureADMyOrg'),
    identifierUris: manifest.identifierUris,
    isFallbackPublicClient: booleanOr(manifest.allowPublicClient, manifest.publicClient),
    groupMembershipClaims: manifest.groupMembershipClaims,
    optionalClaims: manifest.optionalClaims,
    tags: manifest.tags,
    parentalControlSettings: manifest.parentalControlSettings,
    ...platformsOf(manifest),
    api: withoutNothing({
      requestedAccessTokenVersion: manifest.accessTokenAcceptedVersion,
      acceptMappedClaims: manifest.acceptMappedClaims,
      knownClientApplications: manifest.knownClientApplications,
      oauth2PermissionScopes: listOf(manifest.oauth2Permissions).map(
        ({ lang: _lang, origin: _origin, ...scope }) => scope,
      ),
      preAuthorizedApplications: listOf(manifest.preAuthorizedApplications).map(({ appId, permissionIds }) => ({
        appId,
        delegatedPermissionIds: permissionIds,
      })),
    }),
    appRoles: listOf(manifest.appRoles).map(({ lang: _lang, origin: _origin, ...role }) => role),
    requiredResourceAccess: manifest.requiredResourceAccess,
    info: informationOf(manifest.informationalUrls),
  }
  return withoutNothing(whole) as unknown as Registration
}

const platformsByType: Readonly<Record<string, 'web' | 'spa' | 'publicClient'>> = {
  Web: 'web',
  Spa: 'spa',
  InstalledClient: 'publicClient',
}

function platformsOf(manifest: Manifest) {
  const uris = { web: [] as unknown[], spa: [] as unknown[], publicClient: [] as unknown[] }
  for (const { url, type } of listOf(manifest.replyUrlsWithType)) uris[platformsByType[String(type)] ?? 'web'].push(url)
  // The oldest manifests have no types: the whole application was a public client, or was not.
  if (!Array.isArray(manifest.replyUrlsWithType) && Array.isArray(manifest.replyUrls)) {
    uris[manifest.publicClient === true ? 'publicClient' : 'web'].push(...manifest.replyUrls)
  }
  return {
    web: withoutNothing({
      redirectUris: uris.web,
      homePageUrl: manifest.signInUrl ?? manifest.homepage,
      logoutUrl: manifest.logoutUrl,
      implicitGrantSettings: {
        enableAccessTokenIssuance: manifest.oauth2AllowImplicitFlow === true,
        enableIdTokenIssuance: manifest.oauth2AllowIdTokenImplicitFlow === true,
      },
    }),
    spa: { redirectUris: uris.spa },
    publicClient: { redirectUris: uris.publicClient },
  }
}

function informationOf(urls: unknown): unknown {
  if (typeof urls !== 'object' || urls === null) return undefined
  const { termsOfService, support, privacy, marketing } = urls as Manifest
  return withoutNothing({
    termsOfServiceUrl: termsOfService,
    supportUrl: support,
    privacyStatementUrl: privacy,
    marketingUrl: marketing,
  })
}

function booleanOr(...values: readonly unknown[]): boolean | undefined {
  return values.find((value) => typeof value === 'boolean') as boolean | undefined
}

function listOf(value: unknown): readonly Manifest[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'object' && entry !== null) : []
}

function withoutNothing(members: Manifest): Manifest {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null && value !== undefined))
}
