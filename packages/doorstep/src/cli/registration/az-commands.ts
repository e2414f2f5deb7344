import { shellWord } from '../shell-word.ts'
import { type Application, type ExposedRole, redirectUrisOf } from './application.ts'
import { takesPersonalAccounts } from './audience.ts'

type Members = Readonly<Record<string, unknown>>

/**
 * A script for a POSIX shell that makes the same registration with Azure CLI, and stops at the first refusal. What
 * `az ad app` has no option for is set by `az rest`; what neither takes is named in comments.
 */
export function azCommands(application: Application, grantsConsent: boolean): readonly string[] {
  const create = ['az ad app create', ...createOptions(application), '--query appId --output tsv']
  return [
    'set -eu',
    '# Where an application of this name is there already, az changes that one.',
    ...(create.some((option) => option.startsWith('--requested-access-token-version'))
      ? ['# --requested-access-token-version needs a current Azure CLI: 2.45 does not have it yet.']
      : []),
    ...leftOut(application).map((member) => `# Left out: ${member}`),
    `APP_ID=$(${create.join(' \\\n  ')})`,
    ...restPatches(application).map(
      (patch) =>
        `az rest --method PATCH --uri "https://graph.microsoft.com/v1.0/applications(appId='$APP_ID')" --headers 'Content-Type=application/json' \\\n  --body ${shellWord(JSON.stringify(patch))}`,
    ),
    ...identifierUris(application),
    'az ad sp create --id "$APP_ID"',
    ...(grantsConsent ? ['az ad app permission admin-consent --id "$APP_ID"'] : []),
  ]
}

function createOptions(application: Application): string[] {
  const {
    displayName,
    signInAudience,
    web,
    isFallbackPublicClient,
    requiredResourceAccess = [],
    appRoles = [],
  } = application
  const { implicitGrantSettings: implicit, homePageUrl } = web ?? {}
  const version = application.api?.requestedAccessTokenVersion ?? undefined
  const json = (value: unknown) => shellWord(JSON.stringify(value))
  return [
    `--display-name ${shellWord(displayName)}`,
    ...(signInAudience ? [`--sign-in-audience ${signInAudience}`] : []),
    // Entra refuses an audience with personal accounts unless the version comes with it.
    ...(version !== undefined && takesPersonalAccounts(signInAudience)
      ? [`--requested-access-token-version ${version}`]
      : []),
    ...list('--web-redirect-uris', redirectUrisOf(application, 'web')),
    ...list('--public-client-redirect-uris', redirectUrisOf(application, 'publicClient')),
    ...(homePageUrl ? [`--web-home-page-url ${shellWord(homePageUrl)}`] : []),
    ...(isFallbackPublicClient ? ['--is-fallback-public-client true'] : []),
    ...(implicit?.enableAccessTokenIssuance ? ['--enable-access-token-issuance true'] : []),
    ...(implicit?.enableIdTokenIssuance ? ['--enable-id-token-issuance true'] : []),
    ...(requiredResourceAccess.length > 0 ? [`--required-resource-accesses ${json(requiredResourceAccess)}`] : []),
    ...(appRoles.length > 0 ? [`--app-roles ${json(appRoles.map(withoutOrigin))}`] : []),
    ...(application.optionalClaims ? [`--optional-claims ${json(application.optionalClaims)}`] : []),
  ]
}

/**
 * Members that `az ad app create` has no option for. Applications are authorized for scopes in a request of its own:
 * Graph refuses scopes that it does not have yet.
 */
function restPatches(application: Application): readonly Members[] {
  const { web, api = {}, signInAudience } = application
  const { requestedAccessTokenVersion: version, preAuthorizedApplications, ...restOfApi } = api
  const isSetAtCreation = takesPersonalAccounts(signInAudience)
  const apiPatch = said({ ...restOfApi, ...(!isSetAtCreation && { requestedAccessTokenVersion: version }) })
  const spa = redirectUrisOf(application, 'spa')
  const others = restMembers.map((member) => [member, saidIn(membersOf(application)[member])])
  const patches = [
    said({
      ...Object.fromEntries(others),
      spa: spa.length > 0 ? { redirectUris: spa } : undefined,
      web: web?.logoutUrl ? { logoutUrl: web.logoutUrl } : undefined,
      api: apiPatch,
    }),
    said({ api: said({ preAuthorizedApplications }) }),
  ]
  return patches.filter((patch) => patch !== undefined)
}

/** Members of Graph's application that `az rest` sets as they are. */
const restMembers = [
  'description',
  'notes',
  'tags',
  'groupMembershipClaims',
  'info',
  'isDeviceOnlyAuthSupported',
  'nativeAuthenticationApisEnabled',
  'parentalControlSettings',
  'requestSignatureVerification',
  'samlMetadataUrl',
  'defaultRedirectUri',
  'serviceManagementReference',
  'servicePrincipalLockConfiguration',
]

/** Members with an option or a line of their own above, and those that say who and when. */
const otherMembers = [
  ...['id', 'appId', 'createdDateTime', 'deletedDateTime', 'displayName', 'publisherDomain', 'signInAudience'],
  ...['identifierUris', 'isFallbackPublicClient', 'web', 'spa', 'publicClient', 'api', 'appRoles', 'optionalClaims'],
  ...['requiredResourceAccess', 'owners', 'createdByAppId'],
]

const reasons: Readonly<Record<string, string>> = {
  passwordCredentials:
    'passwordCredentials (secrets): nobody can read them; az ad app credential reset --append makes new ones.',
  keyCredentials: 'keyCredentials (certificates): az ad app credential reset --append --cert adds one.',
  tokenEncryptionKeyId: 'tokenEncryptionKeyId: its certificate is not part of this.',
}

/** What the lines do not set, though it says something. */
function leftOut(application: Application): readonly string[] {
  return Object.entries(said(membersOf(application)) ?? {}).flatMap(([member]) =>
    member.startsWith('@') || restMembers.includes(member) || otherMembers.includes(member)
      ? []
      : [reasons[member] ?? member],
  )
}

const membersOf = (application: Application) => application as unknown as Members

/** An object without members that say nothing; undefined where none says anything. */
function said(members: Members): Members | undefined {
  const kept = Object.entries(members).filter(([, value]) => saidIn(value) !== undefined)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** A value, or undefined where it is null, empty, or what every new registration has. */
function saidIn(value: unknown): unknown {
  if (value === null || value === undefined || value === '') return undefined
  if (Array.isArray(value)) return value.length === 0 ? undefined : value
  if (typeof value !== 'object') return value
  const { logoUrl: _picture, ...members } = value as Members & { readonly logoUrl?: unknown }
  const isDefault = members.legalAgeGroupRule === 'Allow' && saidIn(members.countriesBlockedForMinors) === undefined
  return isDefault ? undefined : said(members)
}

/** They often hold the client id, which is another one each time: the shell fills it in. */
function identifierUris({ identifierUris = [], appId }: Application): string[] {
  if (identifierUris.length === 0) return []
  const words = identifierUris.map((uri) =>
    uri.includes(appId) ? `"${uri.replaceAll(/["$`\\]/g, '\\$&').replaceAll(appId, '$APP_ID')}"` : shellWord(uri),
  )
  return [`az ad app update --id "$APP_ID" --identifier-uris ${words.join(' ')}`]
}

function list(option: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`${option} ${values.map(shellWord).join(' ')}`]
}

const withoutOrigin = ({ origin: _origin, ...role }: ExposedRole & { readonly origin?: unknown }) => role
