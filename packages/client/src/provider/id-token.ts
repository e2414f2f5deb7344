import { SignInError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import { isSignedBy, type Jwt, keyOf, readJwt } from './jwt-signature.ts'

export interface ExpectedIdToken {
  /** As the metadata writes it, perhaps with `{tenantid}`. */
  readonly issuer: string
  readonly clientId: string
  /** What the sign-in was begun with. */
  readonly nonce: string
  /** Whether `alg: none` will do: v1.0 token endpoints sign nothing, and TLS proves who answered. */
  readonly mayBeUnsigned: boolean
  /** Milliseconds since 1970. */
  readonly now: number
  /** The issuer's key set. */
  readonly keys: () => Promise<JsonObject>
}

/** How far two clocks may be apart. */
const CLOCK_TOLERANCE_SECONDS = 300

/**
 * The claims of an ID token that proves to be the issuer's answer to this sign-in, OpenID Connect Core §3.1.3.7.
 * @throws {SignInError} `untrustedAnswer` that says which check failed
 */
export async function verifyIdToken(idToken: string, expected: ExpectedIdToken): Promise<JsonObject> {
  const jwt = readJwt(idToken)
  if (jwt === undefined) throw untrusted('is not a JWT')
  const wrong = wrongClaim(jwt.claims, expected)
  if (wrong !== undefined) throw untrusted(wrong)
  if (jwt.header.alg === 'none' && expected.mayBeUnsigned && jwt.signature.length === 0) return jwt.claims
  await requireSignature(jwt, await expected.keys())
  return jwt.claims
}

/** What is wrong with the claims, whoever signed them. */
function wrongClaim(claims: JsonObject, { issuer, clientId, nonce, now }: ExpectedIdToken): string | undefined {
  const { iss, aud, azp, exp, nbf, iat, tid } = claims
  if (iss !== issuerFor(issuer, tid)) return `is from the issuer ${shown(iss)}, where ${issuer} was expected`
  const audiences = Array.isArray(aud) ? aud : [aud]
  if (!audiences.includes(clientId)) return `is for ${shown(aud)}, and this application is ${clientId}`
  if (audiences.length > 1 && azp !== clientId) return `is for several applications, and not issued to ${clientId}`
  if (claims.nonce !== nonce) return 'belongs to another sign-in (its nonce differs)'
  const seconds = now / 1000
  if (typeof exp !== 'number' || exp + CLOCK_TOLERANCE_SECONDS < seconds) {
    return "has expired: check this machine's clock"
  }
  for (const begin of [nbf, iat]) {
    if (begin === undefined) continue
    if (typeof begin !== 'number' || begin - CLOCK_TOLERANCE_SECONDS > seconds) {
      return "is from the future: check this machine's clock"
    }
  }
  return undefined
}

/** Entra's metadata for many tenants leaves the tenant open; the token names it. */
function issuerFor(issuer: string, tenantId: unknown): string | undefined {
  if (!issuer.includes('{tenantid}')) return issuer
  return typeof tenantId === 'string' && /^[0-9a-f-]{36}$/i.test(tenantId)
    ? issuer.replace('{tenantid}', tenantId)
    : undefined
}

async function requireSignature(jwt: Jwt, keySet: JsonObject): Promise<void> {
  const key = keyOf(jwt, keySet)
  if (key === undefined) throw untrusted('is signed with a key that the issuer does not publish')
  if (typeof key.issuer === 'string' && issuerFor(key.issuer, jwt.claims.tid) !== jwt.claims.iss) {
    throw untrusted('is signed with the key of another issuer')
  }
  if (!isSignedBy(jwt, key)) throw untrusted('has a signature that does not hold')
}

/** Never more than a word of what came: it proved to be nobody's. */
function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value.slice(0, 200)}'` : 'none'
}

function untrusted(reason: string): SignInError {
  return new SignInError('untrustedAnswer', `The sign-in was not accepted: the ID token ${reason}.`)
}
