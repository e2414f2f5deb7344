import type { GetTokenOptions } from '../credential.ts'
import { CredentialOptionError } from '../errors.ts'
import { isJsonObject, type JsonObject, parseJsonObject } from '../json-object.ts'

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

/** What a request and the refusal of it want of a sign-in, as one claims request. What is no JSON object adds nothing. */
export function mergedClaims(asked: string | undefined, refused: string | undefined): string | undefined {
  const more = refused === undefined ? undefined : parseJsonObject(refused)
  if (more === undefined) return asked
  return JSON.stringify(merged(asked === undefined ? {} : (parseJsonObject(asked) ?? {}), more))
}

function merged(one: JsonObject, other: JsonObject): JsonObject {
  const all: JsonObject = { ...one }
  for (const [name, value] of Object.entries(other)) {
    const before = all[name]
    all[name] = isJsonObject(before) && isJsonObject(value) ? merged(before, value) : value
  }
  return all
}
