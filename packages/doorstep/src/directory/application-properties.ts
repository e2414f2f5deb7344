import { type Application, type ApplicationProperties, newApplication } from './application.ts'
import { applicationProblem } from './application-rules.ts'
import { type ApplicationPatch, applicationSchema } from './application-schema.ts'
import { givenPasswordProblem, withoutEmptySecrets } from './password-credential.ts'
import { firstProblem, type ParsedProperties, readOnlyProblem, withoutUnkeptProperties } from './property-problem.ts'

const readOnlyProperties = [
  'id',
  'appId',
  'createdDateTime',
  'deletedDateTime',
  'publisherDomain',
  'applicationTemplateId',
  'disabledByMicrosoftStatus',
  'certification',
  'verifiedPublisher',
]

const unkeptProperties = [
  'addIns',
  'customSecurityAttributes',
  'defaultRedirectUri',
  'nativeAuthenticationApisEnabled',
  'requestSignatureVerification',
  'samlMetadataUrl',
  'servicePrincipalLockConfiguration',
  'tokenEncryptionKeyId',
]

/**
 * What a new registration may set (the body of `POST /applications`, an application of the seed file), checked: each
 * property, and how they go together. Identifier URIs depend on the tenant: `applicationProblem` checks those. A
 * certificate in `keyCredentials` must come with `keyId`, `startDateTime` and `endDateTime`.
 */
export function parseApplicationProperties(body: unknown): ParsedProperties<ApplicationProperties> {
  const parsed = parseApplicationPropertiesPatch(withoutEmptySecrets(body))
  if ('problem' in parsed) return parsed
  const patch = parsed.properties
  if (patch.displayName === undefined) {
    return { problem: { path: 'displayName', kind: 'missing', message: 'Every registration has a name.' } }
  }
  const registration = changedApplication(newApplication({ displayName: patch.displayName }, nobody), patch)
  const problem = applicationProblem(registration)
  if (problem) return { problem }
  return { properties: { ...onlyGiven(registration, patch), displayName: patch.displayName } }
}

/** What a change to a registration may set (the body of `PATCH /applications/{id}`), each property checked. */
export function parseApplicationPropertiesPatch(body: unknown): ParsedProperties<ApplicationPatch> {
  const refused = readOnlyProblem(body, readOnlyProperties) ?? givenPasswordProblem(body)
  if (refused) return { problem: refused }
  const known = withoutUnkeptProperties(body, unkeptProperties)
  if ('problem' in known) return known
  const parsed = applicationSchema.safeParse(known.rest)
  return parsed.success ? { properties: parsed.data } : { problem: firstProblem(parsed.error) }
}

/**
 * An application after a change: objects such as `web` keep the properties that the change does not name, collections
 * are replaced as a whole.
 */
export function changedApplication(application: Application, patch: ApplicationPatch): Application {
  const { web, spa, publicClient, api, info, parentalControlSettings, optionalClaims, ...plain } = patch
  return {
    ...application,
    ...plain,
    web: {
      ...application.web,
      ...web,
      implicitGrantSettings: { ...application.web.implicitGrantSettings, ...web?.implicitGrantSettings },
    },
    spa: { ...application.spa, ...spa },
    publicClient: { ...application.publicClient, ...publicClient },
    api: { ...application.api, ...api },
    info: { ...application.info, ...info },
    parentalControlSettings: { ...application.parentalControlSettings, ...parentalControlSettings },
    optionalClaims: changedOptionalClaims(application, optionalClaims),
  }
}

function changedOptionalClaims(
  { optionalClaims: before }: Application,
  change: ApplicationPatch['optionalClaims'],
): Application['optionalClaims'] {
  if (change === undefined) return before
  return change === null ? null : { idToken: [], accessToken: [], saml2Token: [], ...before, ...change }
}

/** Stands in for what the server decides, which no rule about properties looks at. */
const nobody = { id: '', appId: '', tenantId: '', publisherDomain: '', createdDateTime: '' }

function onlyGiven(application: Application, patch: ApplicationPatch): Partial<Application> {
  return Object.fromEntries(Object.entries(application).filter(([name]) => Object.hasOwn(patch, name)))
}
