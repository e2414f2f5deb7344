import { CredentialOptionError } from '../errors.ts'

/** What an address at an Entra authority says. */
export interface TokenAddress {
  readonly authorityHost: string
  readonly tenantId: string
  readonly version: 'v1.0' | 'v2.0'
}

const TOKEN_PATH = /^\/([^/]+)\/oauth2\/(v2\.0\/)?token$/
const AUTHORITY_PATH = /^\/([^/]+)(?:\/v2\.0)?\/?$/

/**
 * Reads `https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token`, or v1.0's `…/oauth2/token`.
 * @param option where it was written, for the message
 * @throws {CredentialOptionError} for any other form
 */
export function readTokenUrl(option: string, value: string): TokenAddress {
  const url = addressOf(value)
  const [, tenantId, v2] = TOKEN_PATH.exec(url?.pathname ?? '') ?? []
  if (url === undefined || tenantId === undefined) {
    throw new CredentialOptionError(
      option,
      `${option} must follow the pattern https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token, with the tenant's id or domain name as {tenant}.`,
    )
  }
  return { authorityHost: url.origin, tenantId: decoded(tenantId), version: v2 === undefined ? 'v1.0' : 'v2.0' }
}

/** Reads `https://login.microsoftonline.com/{tenant}`. @throws {CredentialOptionError} for any other form */
export function readAuthorityUrl(option: string, value: string): Omit<TokenAddress, 'version'> {
  const url = addressOf(value)
  const [, tenantId] = AUTHORITY_PATH.exec(url?.pathname ?? '') ?? []
  if (url === undefined || tenantId === undefined) {
    throw new CredentialOptionError(
      option,
      `${option} must follow the pattern https://login.microsoftonline.com/{tenant}, with the tenant's id or domain name as {tenant}.`,
    )
  }
  return { authorityHost: url.origin, tenantId: decoded(tenantId) }
}

function addressOf(value: string): URL | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined
  const isPlain = url?.protocol === 'https:' && !url.username && !url.password && !url.search && !url.hash
  return isPlain ? url : undefined
}

/** A placeholder such as `{tenant}` comes back as it was written. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
