import { z } from 'zod'
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
  'info',
  'keyCredentials',
  'logoutUrl',
  'oauth2PermissionScopes',
  'passwordCredentials',
  'preferredTokenSigningKeyThumbprint',
  'replyUrls',
  'resourceSpecificApplicationPermissions',
  'samlSingleSignOnSettings',
  'tokenEncryptionKeyId',
]

const text = (longest: number) => z.string().max(longest, `Expected at most ${longest} characters`)

const servicePrincipalSchema = z
  .strictObject({
    displayName: text(256).min(1, 'Expected a name'),
    accountEnabled: z.boolean(),
    appRoleAssignmentRequired: z.boolean(),
    description: text(1024).nullable(),
    notes: text(1024).nullable(),
    homepage: text(256).nullable(),
    loginUrl: text(256).nullable(),
    tags: z.array(text(256)),
    alternativeNames: z.array(text(256)),
    notificationEmailAddresses: z.array(text(256)),
    preferredSingleSignOnMode: text(64).nullable(),
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
  const parsed = parseServicePrincipalPropertiesPatch(rest)
  return 'problem' in parsed ? parsed : { properties: { appId: appId.data, properties: parsed.properties } }
}

/** The body of `PATCH /servicePrincipals/{id}`, checked. */
export function parseServicePrincipalPropertiesPatch(body: unknown): ParsedProperties<ServicePrincipalPatch> {
  const refused = readOnlyProblem(body, ['appId', ...readOnlyProperties])
  if (refused) return { problem: refused }
  const known = withoutUnkeptProperties(body, unkeptProperties)
  if ('problem' in known) return known
  const parsed = servicePrincipalSchema.safeParse(known.rest)
  return parsed.success ? { properties: parsed.data } : { problem: firstProblem(parsed.error) }
}
