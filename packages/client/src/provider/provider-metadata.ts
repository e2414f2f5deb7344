import { CredentialOptionError, SignInError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import type { TokenRequestSettings } from '../token-endpoint/token-request.ts'
import { readAuthorityDocument } from './authority-document.ts'

const WELL_KNOWN = '/.well-known/openid-configuration'

/** What a provider says of itself, OpenID Connect Discovery 1.0 §3. */
export interface ProviderMetadata {
  /** As it stands in ID tokens. Entra's for many tenants has `{tenantid}` in place of the tenant. */
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly keysUrl: string
  readonly deviceAuthorizationEndpoint: string | undefined
  /** Ways for a client to prove itself at the token endpoint: RFC 8414 §2 says which one counts when none is named. */
  readonly tokenEndpointAuthMethods: readonly string[]
  /** Whether its answers to a browser name the issuer, RFC 9207 §3. */
  readonly answersNameIssuer: boolean
}

/** Address of the metadata of an Entra tenant, or of `common` and its like. */
export function entraMetadataUrl(authorityHost: string, tenantId: string, version: 'v1.0' | 'v2.0'): string {
  return `${authorityHost}/${tenantId}${version === 'v2.0' ? '/v2.0' : ''}${WELL_KNOWN}`
}

/**
 * The issuer whose metadata is at an address.
 * @throws {CredentialOptionError} unless the address is `https://…/.well-known/openid-configuration`
 */
export function issuerOfDiscoveryUrl(discoveryUrl: unknown): string {
  const url = typeof discoveryUrl === 'string' && URL.canParse(discoveryUrl) ? new URL(discoveryUrl) : undefined
  const good = url?.protocol === 'https:' && url.pathname.endsWith(WELL_KNOWN) && !url.search && !url.hash
  if (url === undefined || !good || url.username || url.password) {
    throw new CredentialOptionError(
      'discoveryUrl',
      `discoveryUrl must be the provider's https address that ends in ${WELL_KNOWN}, for example https://id.example.com${WELL_KNOWN}.`,
    )
  }
  return url.href.slice(0, -WELL_KNOWN.length)
}

/**
 * @param expectedIssuer the issuer that the document must name; a slash at the end makes no difference. Undefined for
 *   Entra, whose tenants have other names in the document than in its address.
 * @throws {SignInError} `untrustedAnswer` when the document is another issuer's or lacks an address
 */
export async function readProviderMetadata(
  url: string,
  expectedIssuer: string | undefined,
  settings: TokenRequestSettings,
): Promise<ProviderMetadata> {
  const document = await readAuthorityDocument(url, settings)
  const issuer = document.issuer
  if (typeof issuer !== 'string' || issuer === '') throw unusable(url, 'names no issuer')
  if (expectedIssuer !== undefined && withoutSlash(issuer) !== withoutSlash(expectedIssuer)) {
    throw unusable(url, `is that of the issuer ${issuer}, where ${expectedIssuer} was expected`)
  }
  const optional = document.device_authorization_endpoint
  return {
    issuer,
    authorizationEndpoint: requireAddress(document, 'authorization_endpoint', url),
    tokenEndpoint: requireAddress(document, 'token_endpoint', url),
    keysUrl: requireAddress(document, 'jwks_uri', url),
    deviceAuthorizationEndpoint:
      optional === undefined ? undefined : requireAddress(document, 'device_authorization_endpoint', url),
    tokenEndpointAuthMethods: methodsOf(document),
    answersNameIssuer: document.authorization_response_iss_parameter_supported === true,
  }
}

const withoutSlash = (issuer: string) => issuer.replace(/\/$/, '')

function methodsOf({ token_endpoint_auth_methods_supported: listed }: JsonObject): readonly string[] {
  if (!Array.isArray(listed)) return ['client_secret_basic']
  return listed.filter((method): method is string => typeof method === 'string')
}

function requireAddress(document: JsonObject, name: string, url: string): string {
  const address = document[name]
  if (typeof address === 'string' && URL.canParse(address) && new URL(address).protocol === 'https:') return address
  throw unusable(url, `has no https address as ${name}`)
}

function unusable(url: string, reason: string): SignInError {
  return new SignInError('untrustedAnswer', `The metadata at ${url} cannot be used: it ${reason}.`)
}
