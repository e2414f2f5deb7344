import type { GetTokenOptions } from '../credential.ts'
import { CredentialOptionError } from '../errors.ts'
import { listedScopes, requireResource } from '../options/asked-api.ts'
import { tenantOfCall } from '../options/tenant.ts'
import { claimsParameter } from './claims-parameter.ts'
import { refuseStepUp, type StepUp, stepUpOf } from './step-up.ts'

/** What one call asks for a person, in the words of the wire. Two that are equal give the same token. */
export interface UserRequest {
  readonly tenantId: string
  readonly version: 'v1.0' | 'v2.0'
  /** The scopes asked for and those that make a sign-in: `openid profile offline_access`. */
  readonly scope: string
  /** The API of a v1.0 request. */
  readonly resource?: string
  readonly claims?: string
  /** The person has to sign in anew for it, whatever is kept. */
  readonly stepUp?: StepUp
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
  if (isEntra) refuseStepUp(options, 'that is for another provider; Entra is asked by claims')
  const stepUp = stepUpOf(options)
  const tenantId = isEntra ? tenantOfCall(options.tenantId, client.tenantId, client.additionallyAllowedTenants) : ''
  const ofTenant = { tenantId, ...(claims !== undefined && { claims }), ...(stepUp && { stepUp }) }
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
