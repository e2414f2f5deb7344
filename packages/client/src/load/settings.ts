import type { Section } from './section.ts'
import { readAuthorityUrl, readTokenUrl } from './token-address.ts'

/** What every section but `token` says. */
export interface Settings {
  readonly scopes: readonly string[]
  /** The API, for v1.0. */
  readonly resource: string | undefined
  /** The setting that named the authority. */
  readonly addressKey: string
}

export interface ApplicationSettings extends Settings {
  readonly clientId: string
  readonly authorityHost: string
  readonly tenantId: string
}

export interface PersonSettings extends Settings {
  /** Options of a person's credential. */
  readonly credential: { readonly clientId: string } & (
    | { readonly authorityHost: string; readonly tenantId: string }
    | { readonly discoveryUrl: string }
  )
}

const CLIENT_ID_FIX = 'the Application (client) ID of the app registration'

/** Of an application that acts as itself. @throws {CredentialOptionError} naming the setting */
export function applicationSettings(section: Section): ApplicationSettings {
  const clientId = section.requireText('client_id', CLIENT_ID_FIX)
  const { addressKey, authorityHost, tenantId, version } = entraAddress(section, 'token_url')
  const asked = askedOf(section, version, (cluster) => [`https://${cluster}.cognitedata.com/.default`])
  return { clientId, authorityHost, tenantId, addressKey, ...asked }
}

/** Of a person who signs in. @throws {CredentialOptionError} naming the setting */
export function personSettings(section: Section): PersonSettings {
  const clientId = section.requireText('client_id', CLIENT_ID_FIX)
  const discoveryUrl = section.text('oauth_discovery_url')
  if (discoveryUrl !== undefined) {
    for (const key of ['authority_url', 'token_url'].filter((other) => section.has(other))) {
      throw section.refuse(key, 'is for Entra, and oauth_discovery_url for another provider: keep one of them.')
    }
    const credential = { clientId, discoveryUrl: metadataAddress(discoveryUrl) }
    return { credential, addressKey: 'oauth_discovery_url', ...askedOf(section, 'v2.0', scopesOfPerson) }
  }
  const { addressKey, authorityHost, tenantId, version } = entraAddress(section, 'authority_url')
  return { credential: { clientId, authorityHost, tenantId }, addressKey, ...askedOf(section, version, scopesOfPerson) }
}

const scopesOfPerson = (cluster: string) => [
  `https://${cluster}.cognitedata.com/IDENTITY`,
  `https://${cluster}.cognitedata.com/user_impersonation`,
]

/** The SDK takes the address of the provider, below which its metadata lies. */
function metadataAddress(discoveryUrl: string): string {
  const wellKnown = '/.well-known/openid-configuration'
  return discoveryUrl.endsWith(wellKnown) ? discoveryUrl : discoveryUrl.replace(/\/$/, '') + wellKnown
}

interface EntraAddress {
  readonly addressKey: string
  readonly authorityHost: string
  readonly tenantId: string
  /** Where the address says it. */
  readonly version: 'v1.0' | 'v2.0' | undefined
}

function entraAddress(section: Section, usual: 'token_url' | 'authority_url'): EntraAddress {
  const [tokenUrl, authorityUrl] = [section.text('token_url'), section.text('authority_url')]
  if (tokenUrl !== undefined && authorityUrl !== undefined) {
    throw section.refuse('authority_url', 'says again what token_url says: keep one of them.')
  }
  if (tokenUrl !== undefined) return { addressKey: 'token_url', ...readTokenUrl(section.path('token_url'), tokenUrl) }
  if (authorityUrl !== undefined) {
    const address = readAuthorityUrl(section.path('authority_url'), authorityUrl)
    return { addressKey: 'authority_url', ...address, version: undefined }
  }
  const path = usual === 'token_url' ? '/oauth2/v2.0/token' : ''
  throw section.refuse(usual, `is missing: https://login.microsoftonline.com/{tenant}${path}.`)
}

function askedOf(
  section: Section,
  version: 'v1.0' | 'v2.0' | undefined,
  scopesOfCluster: (cluster: string) => string[],
): { scopes: readonly string[]; resource: string | undefined } {
  const [scopes, cluster, resource] = [section.list('scopes'), section.text('cdf_cluster'), section.text('resource')]
  const given = Object.entries({ scopes, cdf_cluster: cluster, resource }).filter(([, value]) => value !== undefined)
  const [first, second] = given.map(([key]) => key)
  if (first === undefined) {
    const [example] = scopesOfCluster('{cluster}')
    throw section.refuse('scopes', `is missing: the permissions of the API, for example [${example}].`)
  }
  if (second !== undefined) throw section.refuse(second, `says again what ${first} says: keep one of them.`)
  if (resource !== undefined && version === 'v2.0') {
    throw section.refuse('resource', 'is for v1.0, and the token_url is that of v2.0: name scopes instead.')
  }
  if (resource === undefined && version === 'v1.0') {
    throw section.refuse(first, 'is for v2.0, and the token_url is that of v1.0: end it in /oauth2/v2.0/token.')
  }
  return { scopes: scopes ?? (cluster === undefined ? [] : scopesOfCluster(cluster)), resource }
}
