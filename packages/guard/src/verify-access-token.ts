import { compactVerify, errors } from 'jose'
import { readAccessToken, type VerifiedToken } from './access-token-claims.ts'
import { audienceAccepted } from './audience.ts'
import { parseCompactToken } from './compact-token.ts'
import { type Issuer, isGuid, type ReadIssuer, type TokenVersion } from './issuer.ts'
import { isJwk, type KeySource, type SigningKey, verificationKey } from './signing-keys.ts'
import { quoted, TokenRefused } from './token-refused.ts'

type Claims = Readonly<Record<string, unknown>>

/** What a guard accepts, made from its options once. */
export interface Acceptance {
  readonly keys: KeySource
  readonly readIssuer: ReadIssuer
  /** Lower case. */
  readonly tenants: ReadonlySet<string> | 'any'
  readonly audiences: ReadonlySet<string>
  readonly toleranceInSeconds: number
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/**
 * Verifies an access token as Microsoft asks APIs to ("Access tokens in the Microsoft identity platform", RFC 8725):
 * first that Entra made it, then that it was made for this API, now, by a tenant that is let in.
 *
 * @throws {TokenRefused} by the first check that fails
 */
export async function verifyAccessToken(token: string, acceptance: Acceptance): Promise<VerifiedToken> {
  const { header, claims } = parseCompactToken(token)
  requireSignedJwt(header)
  const key = await findKey(header, claims, acceptance.keys)
  await verifySignature(token, header, key)
  const version = versionOf(claims)
  const issuer = issuerOf(claims, version, acceptance.readIssuer)
  requireKeyOfIssuer(key, issuer, acceptance.readIssuer)
  requireTenant(issuer, acceptance.tenants)
  requireAudience(claims, acceptance.audiences)
  requireTime(claims, acceptance)
  return readAccessToken(claims, version, issuer.tenantId)
}

/** The algorithm is pinned, so that a token cannot choose how it is checked (RFC 8725 §3.1). */
function requireSignedJwt({ alg, typ, crit }: Claims): void {
  if (alg !== 'RS256') {
    throw new TokenRefused('algorithm', `The token is signed with the algorithm ${quoted(alg)}; expected 'RS256'.`)
  }
  if (typeof typ !== 'string' || typ.toUpperCase() !== 'JWT') {
    throw new TokenRefused('malformed', `The token's header has the type ${quoted(typ)} in 'typ'; expected 'JWT'.`)
  }
  if (crit !== undefined) {
    throw new TokenRefused('malformed', "The token's header demands extensions in 'crit'; none is supported.")
  }
}

async function findKey({ kid }: Claims, { tid, iss }: Claims, keys: KeySource): Promise<SigningKey> {
  if (typeof kid !== 'string' || kid === '') {
    throw new TokenRefused('unknown-key', "The token's header does not say in 'kid' which key signed it.")
  }
  const key = await keys(
    { kid, alg: 'RS256' },
    isGuid(tid) ? tid.toLowerCase() : '',
    typeof iss === 'string' ? iss : '',
  )
  if (key) return key
  throw new TokenRefused(
    'unknown-key',
    `The token's key ${quoted(kid)} is not one that its issuer publishes; it says that its issuer is ${quoted(iss)}.`,
  )
}

async function verifySignature(token: string, { nonce }: Claims, key: SigningKey): Promise<void> {
  try {
    await compactVerify(token, await verificationKey(key), { algorithms: ['RS256'] })
  } catch (cause) {
    // Anything else (a key that is too short, say) is a fault of the keys and not of the token.
    if (!(cause instanceof errors.JWSSignatureVerificationFailed || cause instanceof errors.JWSInvalid)) throw cause
    const hint = nonce === undefined ? '' : " Its header has a 'nonce': only Microsoft Graph can verify its own tokens."
    throw new TokenRefused('signature', `The token's signature is not that of the key it names.${hint}`)
  }
}

function versionOf({ ver }: Claims): TokenVersion {
  if (ver === '1.0' || ver === '2.0') return ver
  throw new TokenRefused('version', `The token's version is ${quoted(ver)} in 'ver'; expected '1.0' or '2.0'.`)
}

function issuerOf({ iss, tid }: Claims, version: TokenVersion, readIssuer: ReadIssuer): Issuer {
  const issuer = readIssuer(iss)
  if (issuer?.version !== version) {
    const form =
      version === '1.0' ? 'https://sts.windows.net/{tenant}/' : 'https://login.microsoftonline.com/{tenant}/v2.0'
    const expected = `expected an authority host of this API in the form of version ${version}, such as ${form}`
    throw new TokenRefused('issuer', `The token's issuer is ${quoted(iss)}; ${expected}.`)
  }
  if (!isGuid(tid)) {
    throw new TokenRefused('tenant', `The token's tenant is ${quoted(tid)} in 'tid'; expected the GUID of a tenant.`)
  }
  if (issuer.tenantId !== tid.toLowerCase()) {
    throw new TokenRefused('issuer', `The token's issuer ${quoted(iss)} is not that of its tenant ${quoted(tid)}.`)
  }
  return issuer
}

/**
 * Entra publishes with some keys whose tokens they sign (`issuer`, with `{tenantid}` for any tenant): a key that signs
 * for personal accounts must not vouch for a company's tenant.
 */
function requireKeyOfIssuer(key: SigningKey, { tenantId, authorityHosts }: Issuer, readIssuer: ReadIssuer): void {
  const stated = isJwk(key) && 'issuer' in key ? key.issuer : undefined
  if (typeof stated !== 'string') return
  const issuer = readIssuer(stated.replace(/\{tenantid\}/i, tenantId))
  if (issuer?.tenantId === tenantId && issuer.authorityHosts.some((host) => authorityHosts.includes(host))) return
  throw new TokenRefused('issuer', `The token's key signs for ${quoted(stated)} and not for its tenant '${tenantId}'.`)
}

function requireTenant({ tenantId }: Issuer, tenants: ReadonlySet<string> | 'any'): void {
  if (tenants === 'any' || tenants.has(tenantId)) return
  throw new TokenRefused('tenant', `The token's tenant '${tenantId}' is not one of those that this API lets in.`)
}

function requireAudience({ aud }: Claims, audiences: ReadonlySet<string>): void {
  if (typeof aud === 'string' && audienceAccepted(aud, audiences)) return
  const expected = [...audiences].map((audience) => `'${audience}'`).join(' or ')
  throw new TokenRefused('audience', `The token was issued for the audience ${quoted(aud)}; expected ${expected}.`)
}

function requireTime(claims: Claims, { clock, toleranceInSeconds }: Acceptance): void {
  const [iat, nbf, exp] = [secondsOf(claims, 'iat'), secondsOf(claims, 'nbf'), secondsOf(claims, 'exp')]
  const now = clock() / 1000
  const start = Math.max(nbf, iat)
  if (start > now + toleranceInSeconds) {
    throw new TokenRefused('not-yet-valid', `The token is valid from ${timeOf(start)}; it is now ${timeOf(now)}.`)
  }
  if (exp <= now - toleranceInSeconds) {
    throw new TokenRefused('expired', `The token expired at ${timeOf(exp)}; it is now ${timeOf(now)}.`)
  }
}

function secondsOf(claims: Claims, claim: 'iat' | 'nbf' | 'exp'): number {
  const value = claims[claim]
  if (typeof value === 'number' && value >= 0 && value <= LATEST_SECOND) return value
  throw new TokenRefused(
    'claims',
    `The token's '${claim}' is ${quoted(value)}; expected a number of seconds since 1970.`,
  )
}

/** The end of the year 9999: beyond it a time cannot be written. */
const LATEST_SECOND = 253_402_300_799

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
