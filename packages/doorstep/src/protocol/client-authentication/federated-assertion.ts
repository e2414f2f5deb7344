import { type KeyObject, verify } from 'node:crypto'
import type { FederatedIdentityCredential } from '../../directory/federated-identity-credential.ts'
import { entraError } from '../errors.ts'
import { platformInstant } from '../platform-instant.ts'
import { type DecodedJwt, decodeJwt } from './jwt.ts'

export interface IssuerKeys {
  /** Whether an issuer is this cloud, by any of its names. */
  isOwn(issuer: string): boolean
  /**
   * The public key of an issuer that has this id.
   * @throws {EntraError} 50166 when the issuer does not answer
   */
  find(issuer: string, keyId: string): Promise<KeyObject | undefined>
}

export interface FederatedCheck {
  readonly credentials: readonly FederatedIdentityCredential[]
  readonly keys: IssuerKeys
  /** Milliseconds. */
  readonly now: number
}

/** Clocks of issuers are off by so much. */
const skewInSeconds = 300

/** Whether a client assertion comes from another issuer than the client itself: its `iss` is an address. */
export function isFederated(assertion: string): boolean {
  const issuer = decodeJwt(assertion)?.claims.iss
  return typeof issuer === 'string' && /^https:\/\//i.test(issuer)
}

/**
 * Whether a token of a foreign issuer is one that the application takes for its own proof (RFC 7523 §3; "Workload
 * identity federation"). Issuer, subject and audience are compared exactly.
 * @throws {EntraError} 700211, 700213 or 700212 when no credential has its issuer, subject or audience, 700229 for a
 * user's token of this cloud, 50166 when the issuer does not answer, 700027 for an unknown key or a wrong signature,
 * 700024 outside its time.
 */
export async function authenticateByFederation(assertion: string, check: FederatedCheck): Promise<void> {
  const jwt = decodeJwt(assertion)
  if (!jwt) throw entraError('assertionTypeUnsupported', { reason: 'The assertion is not a signed JSON Web Token.' })
  const issuer = matchedIssuer(jwt, check.credentials)
  if (check.keys.isOwn(issuer) && jwt.claims.scp !== undefined) throw entraError('federatedUserToken')
  await verifySignature(jwt, issuer, check.keys)
  refuseTime(jwt, check.now)
}

function matchedIssuer({ claims }: DecodedJwt, credentials: readonly FederatedIdentityCredential[]): string {
  const [issuer, subject] = [String(claims.iss), String(claims.sub)]
  const audiences: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
  const ofIssuer = credentials.filter((credential) => credential.issuer === issuer)
  if (ofIssuer.length === 0) throw entraError('federatedIssuerUnknown', { issuer })
  const ofSubject = ofIssuer.filter((credential) => credential.subject === subject)
  if (ofSubject.length === 0) throw entraError('federatedSubjectUnknown', { subject })
  if (!ofSubject.some((credential) => credential.audiences.some((audience) => audiences.includes(audience)))) {
    throw entraError('federatedAudienceUnknown', { audience: audiences.join(' ') })
  }
  return issuer
}

async function verifySignature({ header, signed, signature }: DecodedJwt, issuer: string, keys: IssuerKeys) {
  const { alg, kid } = header
  if (alg !== 'RS256' && alg !== 'ES256') {
    throw entraError('assertionTypeUnsupported', { reason: 'The algorithm of the signature is not supported.' })
  }
  const key = typeof kid === 'string' ? await keys.find(issuer, kid) : undefined
  const fits = key?.asymmetricKeyType === (alg === 'RS256' ? 'rsa' : 'ec')
  // JWS writes an ECDSA signature as two numbers side by side (RFC 7518 §3.4).
  const isSigned = key && fits && verify('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, signature)
  if (!isSigned) throw entraError('federatedSignatureInvalid', { issuer, keyId: String(kid) })
}

function refuseTime({ claims }: DecodedJwt, now: number): void {
  const seconds = now / 1000
  const from = typeof claims.nbf === 'number' ? claims.nbf : 0
  const until = typeof claims.exp === 'number' ? claims.exp : 0
  if (seconds < until + skewInSeconds && seconds >= from - skewInSeconds) return
  throw entraError('assertionOutOfTime', {
    now: platformInstant(now),
    from: platformInstant(from * 1000),
    until: platformInstant(until * 1000),
  })
}
