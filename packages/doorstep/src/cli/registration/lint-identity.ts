import type { Fault, LintContext, Linted, LintRule } from './lint.ts'

const otherTenants = ({ signInAudience = '' }: Linted) => signInAudience !== '' && signInAudience !== 'AzureADMyOrg'
const personal = ({ signInAudience = '' }: Linted) => signInAudience.includes('PersonalMicrosoftAccount')

/** Rules about who the application is, for whom, and what it may do. */
export const identityRules: readonly LintRule[] = [
  {
    rule: 'identifier-uri-unverified-domain',
    severity: 'error',
    why: 'Entra takes api:// with the id of the application or the tenant, and names of verified domains (HostNameNotOnVerifiedDomain). Registrations from before 2021 keep what they have; the local cloud takes https://localhost/ because Microsoft’s own guides still show it.',
    faults: unverifiedUris,
  },
  {
    rule: 'identifier-uri-without-id',
    severity: 'advice',
    why: 'Tenants of today allow only URIs with the id of the application or tenant by policy (uriAdditionWithoutUniqueTenantIdentifier), unless the API takes v2.0 tokens.',
    faults({ identifierUris = [], api, appId }, { tenantId }) {
      if (api?.requestedAccessTokenVersion === 2) return []
      return identifierUris
        .filter((uri) => !isLocalhost(uri) && ![appId, tenantId].some((id) => id !== undefined && uri.includes(id)))
        .map((uri) => ({ what: `identifierUris has ${uri}`, ...ownUri(appId, uri) }))
    },
  },
  {
    rule: 'token-version-personal-accounts',
    severity: 'error',
    why: 'Personal accounts get v2.0 tokens only.',
    faults(registration) {
      const version = registration.api?.requestedAccessTokenVersion ?? 1
      if (!personal(registration) || version === 2) return []
      return [
        {
          what: `signInAudience is ${registration.signInAudience}, and access tokens are v${version}.0`,
          command: ['update', 'NAME', '--token-version', '2'],
        },
      ]
    },
  },
  {
    rule: 'multi-tenant-publisher-domain',
    severity: 'warning',
    why: 'People of other tenants see “unverified” when they are asked to consent, and since November 2020 may not consent at all.',
    faults(registration) {
      const { publisherDomain } = registration
      const isVerified = publisherDomain && !/\.onmicrosoft\.com$/i.test(publisherDomain)
      if (!otherTenants(registration) || isVerified) return []
      return [
        {
          what: `signInAudience is ${registration.signInAudience}, and publisherDomain is ${publisherDomain || 'not set'}`,
          instead:
            'Set a verified domain, in the portal under Branding & properties; or update --audience AzureADMyOrg.',
        },
      ]
    },
  },
  {
    rule: 'no-owner',
    severity: 'warning',
    why: 'When the person who made it leaves, nobody is told of a secret that ends, and only administrators can change it.',
    faults: (_registration, { owners }) =>
      owners === 0 ? [{ what: 'it has no owner', command: ['add-owner', 'NAME', 'USER@DOMAIN'] }] : [],
  },
  {
    rule: 'single-owner',
    severity: 'advice',
    why: 'When that one is away, nobody can renew a secret.',
    faults: (_registration, { owners }) =>
      owners === 1 ? [{ what: 'it has one owner', command: ['add-owner', 'NAME', 'USER@DOMAIN'] }] : [],
  },
  {
    rule: 'permission-without-consent',
    severity: 'advice',
    why: 'It is listed and nobody has consented for the tenant: programs that ask for .default get it by each person’s consent, or not at all.',
    faults: (_registration, { unconsented = [] }) =>
      unconsented.map((name) => ({ what: `${name} is listed only`, command: ['grant-admin-consent', 'NAME'] })),
  },
  {
    rule: 'consent-without-permission',
    severity: 'warning',
    why: 'It was granted and is not listed any more: the application still may, and nobody sees it in its list.',
    faults: (_registration, { unlisted = [] }) =>
      unlisted.map((name) => ({
        what: `${name} is granted`,
        instead:
          'Revoke it in the portal, under Enterprise applications, Permissions; or list it again with add-permission.',
      })),
  },
  {
    rule: 'public-client-with-secret',
    severity: 'advice',
    why: 'Flows without a secret are allowed, so whoever knows the client id may start them; a server needs none of it.',
    faults({ isFallbackPublicClient, passwordCredentials = [], keyCredentials = [] }) {
      if (!isFallbackPublicClient || passwordCredentials.length + keyCredentials.length === 0) return []
      return [
        {
          what: 'it has a secret or certificate, and allows public client flows',
          command: ['allow-public-client-flows', 'NAME', '--off'],
        },
      ]
    },
  },
]

const isLocalhost = (uri: string) => /^https:\/\/localhost(\/|$)/i.test(uri)

/** A command makes the URI that is always allowed, and takes the other away. */
function ownUri(appId: string | undefined, uri: string): Pick<Fault, 'command' | 'instead'> {
  if (appId === undefined) return { instead: 'Use api:// and the application’s client id.' }
  return { command: ['update', 'NAME', '--add-identifier-uri', `api://${appId}`, '--remove-identifier-uri', uri] }
}

/** "Restrictions on identifier URIs of Microsoft Entra applications". */
function unverifiedUris({ identifierUris = [], appId }: Linted, { domains, tenantId }: LintContext): readonly Fault[] {
  return identifierUris
    .filter((uri) => !isAllowed(uri, [appId, tenantId], domains))
    .map((uri) => ({ what: `identifierUris has ${uri}`, ...ownUri(appId, uri) }))
}

function isAllowed(uri: string, ids: readonly (string | undefined)[], domains: readonly string[] | undefined): boolean {
  const lower = uri.toLowerCase()
  const [, scheme = '', host = '', path = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(\/.*)?$/.exec(lower) ?? []
  if (scheme === 'api' && ids.some((id) => id !== undefined && [host, ...path.split('/')].includes(id.toLowerCase())))
    return true
  if (scheme !== 'api' && scheme !== 'https') return false
  if (host === 'localhost') return false
  // Nothing is said of domains that could not be asked for, but of those that nobody can verify.
  if (domains === undefined) return scheme === 'https' && host.includes('.')
  return domains.some((domain) => host === domain.toLowerCase() || host.endsWith(`.${domain.toLowerCase()}`))
}
