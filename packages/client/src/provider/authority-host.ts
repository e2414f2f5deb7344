import { CredentialOptionError } from '../errors.ts'

/** Authorities of Microsoft's clouds, for `authorityHost`. */
export const azureAuthorityHosts = {
  public: 'https://login.microsoftonline.com',
  usgov: 'https://login.microsoftonline.us',
  china: 'https://login.chinacloudapi.cn',
} as const

export const PUBLIC_CLOUD = azureAuthorityHosts.public

/** Where Entra gives tokens: v1.0 and v2.0 have an address each. */
export function entraTokenEndpoint(of: { authorityHost: string; tenantId: string; version: 'v1.0' | 'v2.0' }): string {
  return `${of.authorityHost}/${of.tenantId}/oauth2/${of.version === 'v2.0' ? 'v2.0/' : ''}token`
}

/**
 * Origin of the authority, without a slash at its end: the option, else `AZURE_AUTHORITY_HOST`, else the public cloud.
 * @throws {CredentialOptionError} unless it is `https://host` or `https://host:port`
 */
export function authorityOrigin(option: string | undefined): string {
  if (option !== undefined) return requireOrigin('authorityHost', option)
  const fromEnvironment = process.env.AZURE_AUTHORITY_HOST
  return fromEnvironment ? requireOrigin('AZURE_AUTHORITY_HOST', fromEnvironment) : PUBLIC_CLOUD
}

function requireOrigin(name: string, value: unknown): string {
  const form = `write it as https://host or https://host:port, for example ${PUBLIC_CLOUD}`
  if (typeof value !== 'string' || !value.includes('://') || !URL.canParse(value)) {
    throw new CredentialOptionError(name, `${name} ${quoted(value)} is not a URL: ${form}.`)
  }
  const url = new URL(value)
  if (url.protocol !== 'https:') {
    throw new CredentialOptionError(
      name,
      `${name} ${quoted(value)} must begin with https://, because secrets and tokens would travel readable over anything else. Doorstep's local cloud speaks https too: https://localhost:8443.`,
    )
  }
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash) {
    throw new CredentialOptionError(
      name,
      `${name} ${quoted(value)} must be a host alone, without path, query or user name: ${form}. The tenant goes into tenantId.`,
    )
  }
  return url.origin
}

/** The value for a message; one that may hold a password (`https://user:password@host`) is not repeated. */
function quoted(value: unknown): string {
  if (typeof value !== 'string') return `(${value === null ? 'null' : typeof value})`
  return value.includes('@') ? '(not repeated here)' : `'${value}'`
}
