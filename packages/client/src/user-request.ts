import { claimsParameter } from './claims-parameter.ts'
import type { GetTokenOptions } from './credential.ts'
import { CredentialOptionError } from './errors.ts'
import { tenantOfCall } from './tenant.ts'

/** What one call asks for a person, in the words of the wire. Two that are equal give the same token. */
export interface UserRequest {
  readonly tenantId: string
  readonly version: 'v1.0' | 'v2.0'
  /** The scopes asked for and those that make a sign-in: `openid profile offline_access`. */
  readonly scope: string
  /** The API of a v1.0 request. */
  readonly resource?: string
  readonly claims?: string
}

const SCOPES_OF_SIGN_IN = ['openid', 'profile', 'offline_access']

/**
 * @param scopes permissions of one API, e.g. `https://graph.microsoft.com/User.Read`; empty with `options.resource`
 * @throws {CredentialOptionError} when scopes or options cannot work
 */
export function userRequest(
  scopes: string | readonly string[],
  options: GetTokenOptions,
  client: { tenantId: string; discoveryUrl: string | undefined; additionallyAllowedTenants: readonly string[] },
): UserRequest {
  const asked = listedScopes(scopes)
  const isEntra = client.discoveryUrl === undefined
  const claims = claimsParameter(options)
  const tenantId = isEntra ? tenantOfCall(options.tenantId, client.tenantId, client.additionallyAllowedTenants) : ''
  const ofTenant = { tenantId, ...(claims !== undefined && { claims }) }
  if (options.resource !== undefined) {
    if (!isEntra) {
      throw new CredentialOptionError('resource', 'resource is for Entra alone: name scopes of the provider instead.')
    }
    return { ...ofTenant, version: 'v1.0', scope: 'openid', ...requireResource(options.resource, asked) }
  }
  if (isEntra && asked.every((scope) => SCOPES_OF_SIGN_IN.includes(scope))) {
    throw new CredentialOptionError(
      'scopes',
      'scopes names no API: pass at least one of its permissions, e.g. https://graph.microsoft.com/User.Read, or {API}/.default.',
    )
  }
  return { ...ofTenant, version: 'v2.0', scope: [...new Set([...asked, ...SCOPES_OF_SIGN_IN])].join(' ') }
}

/** The scopes of a call, each for itself. */
export function listedScopes(scopes: string | readonly string[]): readonly string[] {
  return [scopes].flat().flatMap((scope) => scope.split(/\s+/).filter(Boolean))
}

function requireResource(resource: string, asked: readonly string[]): { resource: string } {
  if (resource.trim() === '') {
    throw new CredentialOptionError(
      'resource',
      "resource is empty: pass the API's identifier URI, e.g. https://management.azure.com/.",
    )
  }
  if (asked.length === 0) return { resource }
  throw new CredentialOptionError(
    'resource',
    `resource '${resource}' speaks the v1.0 endpoint, which knows no scopes: pass [] as scopes, or leave resource out and ask for '${asked.join(' ')}' alone.`,
  )
}
