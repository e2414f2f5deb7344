import type { GetTokenOptions } from './credential.ts'
import { CredentialOptionError } from './errors.ts'
import { isJsonObject, parseJsonObject } from './json-object.ts'

/**
 * The `claims` parameter of a token request: the challenge's claims, and with `enableCae` the client capability `cp1`,
 * which tells the authority that the caller handles claims challenges. OpenID Connect Core §5.5.
 * @throws {CredentialOptionError} when `claims` is not a JSON object
 */
export function claimsParameter({ claims, enableCae }: GetTokenOptions): string | undefined {
  if (claims === undefined && !enableCae) return undefined
  const asked = claims === undefined ? {} : parseJsonObject(claims)
  if (asked === undefined) {
    throw new CredentialOptionError(
      'claims',
      'claims must be a JSON object as text: decode the claims value of the WWW-Authenticate header from base64 first.',
    )
  }
  if (!enableCae) return claims
  const ofAccessToken = isJsonObject(asked.access_token) ? asked.access_token : {}
  return JSON.stringify({ ...asked, access_token: { ...ofAccessToken, xms_cc: { values: ['cp1'] } } })
}
