import { z } from 'zod'
import { signInAudiences } from './application.ts'
import { keyCredentialSchema } from './key-credential.ts'
import { type RedirectPlatform, redirectUriProblem } from './registered-redirect-uri.ts'

const guid = z.guid({ error: 'Expected a GUID' }).toLowerCase()
const text = (longest: number) => z.string().max(longest, `Expected at most ${longest} characters`)
const uniqueTexts = (longest: number) => z.array(text(longest)).transform((values) => [...new Set(values)])
const absoluteUrl = text(256).refine((value) => URL.canParse(value), {
  error: 'Expected an absolute URL such as https://app.contoso.example',
})

/** "Validation differences by supported account types": 1 to 256 characters, no blanks. */
export const tags = z
  .array(text(256).regex(/^\S+$/, 'Expected a tag without blanks'))
  .transform((values) => [...new Set(values)])

/** Browsers are sent there when somebody signs out. */
const logoutUrl = absoluteUrl.refine((value) => /^(https:|http:\/\/(localhost|127\.0\.0\.1)\b)/i.test(value), {
  error: 'Expected an address that begins with https://',
})

const redirectUri = (platform: RedirectPlatform) =>
  z.string().superRefine((uri, context) => {
    const message = redirectUriProblem(uri, platform)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
const redirectUris = (platform: RedirectPlatform) =>
  z.array(redirectUri(platform)).transform((uris) => [...new Set(uris)])

const web = z
  .strictObject({
    redirectUris: redirectUris('web'),
    homePageUrl: absoluteUrl.nullable(),
    logoutUrl: logoutUrl.nullable(),
    implicitGrantSettings: z
      .strictObject({ enableAccessTokenIssuance: z.boolean(), enableIdTokenIssuance: z.boolean() })
      .partial(),
    redirectUriSettings: z.array(
      z.strictObject({ uri: redirectUri('web'), index: z.number().int().nullable().optional() }),
    ),
  })
  .partial()
  // Graph mirrors redirectUris in redirectUriSettings: when both come back, the edited list is the one that counts.
  .transform(({ redirectUriSettings, ...web }) =>
    redirectUriSettings && !web.redirectUris
      ? { ...web, redirectUris: redirectUriSettings.map(({ uri }) => uri) }
      : web,
  )

/** The text of a scope or role: it is a word in the claim `scp`, or an entry of `roles`. */
const permissionValue = text(120)
  .regex(
    /^(?!\.)[\x21\x23-\x5b\x5d-\x7e]+$/,
    "Expected visible ASCII characters without blanks, quotation marks and backslashes, and no '.' at the start",
  )
  .min(1)

const permissionScope = z.strictObject({
  id: guid,
  value: permissionValue,
  type: z.enum(['User', 'Admin']).default('User'),
  isEnabled: z.boolean().default(true),
  adminConsentDisplayName: text(100).nullable().default(null),
  adminConsentDescription: text(1000).nullable().default(null),
  userConsentDisplayName: text(100).nullable().default(null),
  userConsentDescription: text(1000).nullable().default(null),
})

const appRole = z
  .strictObject({
    id: guid,
    value: permissionValue.nullable().default(null),
    displayName: text(100).min(1),
    description: text(1000).min(1),
    isEnabled: z.boolean().default(true),
    allowedMemberTypes: z.array(z.enum(['User', 'Application'])).min(1),
    origin: z.string().nullable().optional(),
  })
  .transform(({ origin: _readOnly, ...kept }) => kept)

const api = z
  .strictObject({
    acceptMappedClaims: z.boolean().nullable(),
    knownClientApplications: z.array(guid),
    requestedAccessTokenVersion: z.literal([1, 2]).nullable(),
    oauth2PermissionScopes: z.array(permissionScope),
    preAuthorizedApplications: z.array(z.strictObject({ appId: guid, delegatedPermissionIds: z.array(guid) })),
  })
  .partial()

const optionalClaim = z.strictObject({
  name: text(600).min(1),
  source: z.string().nullable().default(null),
  essential: z.boolean().default(false),
  additionalProperties: z.array(z.string()).default([]),
})
const claimsOfOneToken = z
  .array(optionalClaim)
  .nullable()
  .transform((claims) => claims ?? [])
const optionalClaims = z
  .strictObject({ idToken: claimsOfOneToken, accessToken: claimsOfOneToken, saml2Token: claimsOfOneToken })
  .partial()

const groupClaimKinds = ['None', 'SecurityGroup', 'DirectoryRole', 'ApplicationGroup', 'All']
const groupMembershipClaims = z
  .string()
  .refine((list) => list.split(',').every((kind) => groupClaimKinds.includes(kind.trim())), {
    error: `Expected a list, separated by commas, of ${groupClaimKinds.join(', ')}`,
  })

const link = z.string().nullable()

/**
 * Every property of an application that Graph lets a caller set and Doorstep keeps (`application` in Microsoft Graph
 * v1.0), each optional, objects inside in part.
 */
export const applicationSchema = z
  .strictObject({
    displayName: text(256).min(1, 'Expected a name'),
    description: text(1024).nullable(),
    notes: text(1024).nullable(),
    serviceManagementReference: z.string().nullable(),
    uniqueName: text(128).min(1, 'Expected a name').nullable(),
    signInAudience: z.enum(signInAudiences),
    identifierUris: uniqueTexts(255),
    isFallbackPublicClient: z.boolean().nullable(),
    isDeviceOnlyAuthSupported: z.boolean().nullable(),
    groupMembershipClaims: groupMembershipClaims.nullable(),
    optionalClaims: optionalClaims.nullable(),
    tags,
    web,
    spa: z.strictObject({ redirectUris: redirectUris('spa') }).partial(),
    publicClient: z.strictObject({ redirectUris: redirectUris('publicClient') }).partial(),
    api,
    appRoles: z.array(appRole),
    requiredResourceAccess: z.array(
      z.strictObject({
        resourceAppId: guid,
        resourceAccess: z.array(z.strictObject({ id: guid, type: z.enum(['Scope', 'Role']) })),
      }),
    ),
    keyCredentials: z.array(keyCredentialSchema),
    info: z
      .strictObject({
        logoUrl: link,
        marketingUrl: link,
        privacyStatementUrl: link,
        supportUrl: link,
        termsOfServiceUrl: link,
      })
      .partial(),
    parentalControlSettings: z
      .strictObject({ countriesBlockedForMinors: z.array(z.string()), legalAgeGroupRule: z.string() })
      .partial(),
  })
  .partial()

/** Changes to an application, checked one by one; what is not there stays as it is. */
export type ApplicationPatch = z.output<typeof applicationSchema>
