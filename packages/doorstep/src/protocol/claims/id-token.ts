import { createHash } from 'node:crypto'
import { issuerOf } from '../authority.ts'
import type { SignedInClient } from '../grants/grant.ts'
import { type Claims, timesOf } from './access-token.ts'
import { pairwiseSubject } from './pairwise-subject.ts'
import {
  guestClaims,
  membershipClaims,
  optionalClaims,
  ordered,
  personClaimsOfV1,
  personClaimsOfV2,
  type UserIssuance,
} from './user-claims.ts'

const lifetimeInSeconds = 3600

/** What an id_token of the authorization endpoint is delivered with and vouches for. */
export interface DeliveredWith {
  readonly code?: string
  readonly accessToken?: string
  /** Whether the request had `max_age`: then the time of the sign-in is told. */
  readonly tellsTime?: boolean
}

/**
 * The claims of an id_token: who signed in at the client (OpenID Connect Core §2; Microsoft's ID token claims
 * reference). The version is that of the endpoint. Hashes of code and access token: §3.3.2.11.
 */
export function idTokenClaims(
  signedIn: SignedInClient,
  version: 'v1' | 'v2',
  issuance: UserIssuance,
  deliveredWith: DeliveredWith = {},
): Claims {
  const { client, user, tenant, openId, nonce, signIn } = signedIn
  const { authority, opaque, keyedHash } = issuance
  const { appId, optionalClaims: wanted } = client.application
  const { notBefore, expiresOn } = timesOf({ ...issuance, lifetimeInSeconds })
  const { code, accessToken, tellsTime } = deliveredWith
  return ordered({
    ...optionalClaims(wanted?.idToken ?? [], signedIn, issuance),
    aud: appId,
    iss: issuerOf(authority, tenant.id, version),
    iat: notBefore,
    nbf: notBefore,
    exp: expiresOn,
    aio: opaque.aio,
    ...(tellsTime && { auth_time: Math.floor(signIn.authenticatedAt / 1000) }),
    ...(accessToken !== undefined && { at_hash: halfHash(accessToken) }),
    ...(code !== undefined && { c_hash: halfHash(code) }),
    ...(version === 'v1' ? personClaimsOfV1(signedIn, issuance) : personClaimsOfV2(signedIn)),
    ...(version === 'v2' && openId.has('email') && user.mail !== null && { email: user.mail }),
    ...guestClaims(signedIn, issuance),
    ...membershipClaims(signedIn.clientMemberships, signedIn, issuance),
    ...(nonce !== null && { nonce }),
    ...((version === 'v1' || openId.has('profile')) && { oid: user.id }),
    rh: opaque.rh,
    sub: pairwiseSubject({ userId: user.id, appId, tenantId: tenant.id }, keyedHash),
    tid: tenant.id,
    uti: opaque.uti,
    ver: version === 'v1' ? '1.0' : '2.0',
  })
}

/** The left half of the SHA-256, base64url. */
function halfHash(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
}

/** A JWT without signature (RFC 7519 §6), as the v1.0 token endpoint gives id_tokens: TLS vouches for them. */
export function unsignedToken(claims: Claims): string {
  const encoded = (value: Claims) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encoded({ typ: 'JWT', alg: 'none' })}.${encoded(claims)}.`
}
