import { z } from 'zod'
import { tags } from './application-schema.ts'
import { keyCredentialSchema } from './key-credential.ts'
import { givenPasswordProblem, withoutEmptySecrets } from './password-credential.ts'
import {
  firstProblem,
  isRecord,
  type ParsedProperties,
  readOnlyProblem,
  withoutUnkeptProperties,
} from './property-problem.ts'

const readOnlyProperties = [
  'id',
  'createdDateTime',
  'deletedDateTime',
  'appDisplayName',
  'appDescription',
  'appOwnerOrganizationId',
  'applicationTemplateId',
  'disabledByMicrosoftStatus',
  'servicePrincipalNames',
  'servicePrincipalType',
  'signInAudience',
  'verifiedPublisher',
]

/** Mirrored from the application, or kept by the real platform only. */
const unkeptProperties = [
  'addIns',
  'appRoles',
  'customSecurityAttributes',
  'info',
  'logoutUrl',
  'oauth2PermissionScopes',
  'preferredTokenSigningKeyThumbprint',
  'replyUrls',
  'resourceSpecificApplicationPermissions',
  'samlSingleSignOnSettings',
  'tokenEncryptionKeyId',
]

const text = (longest: number) => z.string().max(longest, `Expected at most ${longest} characters`)

const address = text(2048).refine((value) => URL.canParse(value), {
  error: 'Expected an absolute URL such as https://app.contoso.example',
})

const servicePrincipalSchema = z
  .strictObject({
    displayName: text(256).min(1, 'Expected a name'),
    accountEnabled: z.boolean(),
    appRoleAssignmentRequired: z.boolean(),
    description: text(1024).nullable(),
    notes: text(1024).nullable(),
    homepage: address.nullable(),
    loginUrl: address.nullable(),
    tags,
    alternativeNames: z.array(text(256)),
    notificationEmailAddresses: z.array(z.email('Expected an email address')),
    preferredSingleSignOnMode: z.enum(['password', 'saml', 'notSupported', 'oidc', 'none']).nullable(),
    keyCredentials: z.array(keyCredentialSchema),
  })
  .partial()

/** Changes to a service principal, checked; what is not there stays as it is. */
export type ServicePrincipalPatch = z.output<typeof servicePrincipalSchema>

/** What a new service principal is of, and what else is set. */
export interface NewServicePrincipalProperties {
  /** Lower case. */
  readonly appId: string
  readonly properties: ServicePrincipalPatch
}

/** The body of `POST /servicePrincipals`, checked. */
export function parseServicePrincipalProperties(body: unknown): ParsedProperties<NewServicePrincipalProperties> {
  if (!isRecord(body) || body.appId === undefined) {
    const message = 'A service principal is made for an application: give its client id.'
    return { problem: { path: 'appId', kind: 'missing', message } }
  }
  const { appId: given, ...rest } = body
  const appId = z.guid().toLowerCase().safeParse(given)
  if (!appId.success) return { problem: { path: 'appId', kind: 'invalid', message: 'Expected a GUID.' } }
  const parsed = parseServicePrincipalPropertiesPatch(withoutEmptySecrets(rest))
  return 'problem' in parsed ? parsed : { properties: { appId: appId.data, properties: parsed.properties } }
}

/** The body of `PATCH /servicePrincipals/{id}`, checked. */
export function parseServicePrincipalPropertiesPatch(body: unknown): ParsedProperties<ServicePrincipalPatch> {
  const refused = readOnlyProblem(body, ['appId', ...readOnlyProperties]) ?? givenPasswordProblem(body)
  if (refused) return { problem: refused }
  const known = withoutUnkeptProperties(body, unkeptProperties)
  if ('problem' in known) return known
  const parsed = servicePrincipalSchema.safeParse(known.rest)
  return parsed.success ? { properties: parsed.data } : { problem: firstProblem(parsed.error) }
}

/**
 * The body without redirect URIs that are those of the application, so that what was read can be written back:
 * Graph mirrors them, and they are changed there. Others stay, to be refused.
 */
export function withoutMirroredUrls(body: unknown, mirrored: readonly string[]): unknown {
  if (!isRecord(body) || !Array.isArray(body.replyUrls)) return body
  const { replyUrls, ...rest } = body
  return replyUrls.every((url) => mirrored.includes(url)) && replyUrls.length === mirrored.length ? rest : body
}
