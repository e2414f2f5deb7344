import { constants, createHash, type KeyObject, verify, X509Certificate } from 'node:crypto'
import type { KeyCredential } from '../../directory/application.ts'
import { entraError } from '../errors.ts'
import { platformInstant } from '../platform-instant.ts'
import { type DecodedJwt, decodeJwt } from './jwt.ts'

export interface AssertionCheck {
  readonly appId: string
  readonly keyCredentials: readonly KeyCredential[]
  /** Whether an audience names this token endpoint. */
  readonly isOurAudience: (audience: string) => boolean
  /** Milliseconds. */
  readonly now: number
}

/** Clocks of clients are off by so much. */
const skewInSeconds = 300

/**
 * Whether a client assertion was signed with a registered certificate of the application (RFC 7523 §3; Microsoft's
 * "application authentication certificate credentials"). The certificate is found by its thumbprint, in each of the
 * forms that clients write: `x5t#S256` or `x5t` as base64url or padded base64, `kid` also as hexadecimal digits.
 * @throws {EntraError} 50027 for what is no RS256 or PS256 JWT, 50048 or 700021 for a wrong iss or sub, 700027 for an
 * unknown or expired certificate or a wrong signature, 700023 for a wrong aud, 700024 outside its time.
 */
export function authenticateByCertificate(assertion: string, check: AssertionCheck): void {
  const jwt = decodeJwt(assertion)
  if (!jwt) throw entraError('assertionTypeUnsupported', { reason: 'The assertion is not a signed JSON Web Token.' })
  refuseParties(jwt, check.appId)
  verifySignature(jwt, check)
  refuseAudience(jwt, check)
  refuseTime(jwt, check.now)
}

function refuseParties({ claims }: DecodedJwt, appId: string): void {
  if (claims.sub !== claims.iss) throw entraError('assertionSubjectMismatch')
  if (typeof claims.iss !== 'string' || claims.iss.toLowerCase() !== appId) throw entraError('assertionClientMismatch')
}

function verifySignature({ header, signed, signature }: DecodedJwt, { appId, keyCredentials, now }: AssertionCheck) {
  const { alg } = header
  if (alg !== 'RS256' && alg !== 'PS256') {
    throw entraError('assertionTypeUnsupported', { reason: 'The algorithm of the signature is not supported.' })
  }
  const { named, shown: thumbprint } = namedThumbprints(header)
  const found = keyCredentials.find(({ key, usage }) => usage === 'Verify' && key !== null && isNamed(key, named))
  if (!found?.key) throw entraError('certificateUnknown', { thumbprint, appId })
  const details = { thumbprint, from: platformDate(found.startDateTime), until: platformDate(found.endDateTime) }
  if (now < Date.parse(found.startDateTime) || now >= Date.parse(found.endDateTime)) {
    throw entraError('certificateExpired', details)
  }
  const key = publicKeyOf(found, found.key)
  const padding =
    alg === 'PS256'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { padding: constants.RSA_PKCS1_PADDING }
  const isRsa = key.asymmetricKeyType === 'rsa'
  if (!isRsa || !verify('sha256', Buffer.from(signed), { key, ...padding }, signature)) {
    throw entraError('assertionSignatureInvalid', details)
  }
}

interface NamedThumbprints {
  /** Hexadecimal digits in upper case, SHA-1 and SHA-256 alike. */
  readonly named: readonly string[]
  readonly shown: string
}

const sha1Length = 40
const sha256Length = 64

/** Every certificate thumbprint that the header names. */
function namedThumbprints(header: DecodedJwt['header']): NamedThumbprints {
  const values = [header['x5t#S256'], header.x5t, header.kid]
  const texts = values.filter((value): value is string => typeof value === 'string')
  const named = texts.flatMap(readingsOf).filter(({ length }) => length === sha1Length || length === sha256Length)
  return { named, shown: named[0] ?? texts[0] ?? '' }
}

function readingsOf(thumbprint: string): readonly string[] {
  const digits = thumbprint.replaceAll(':', '')
  const decoded = Buffer.from(thumbprint, 'base64').toString('hex')
  return /^[0-9a-f]+$/i.test(digits) ? [digits.toUpperCase(), decoded.toUpperCase()] : [decoded.toUpperCase()]
}

function isNamed(key: string, thumbprints: readonly string[]): boolean {
  const certificate = Buffer.from(key, 'base64')
  return ['sha1', 'sha256'].some((algorithm) =>
    thumbprints.includes(createHash(algorithm).update(certificate).digest('hex').toUpperCase()),
  )
}

const publicKeys = new WeakMap<KeyCredential, KeyObject>()

function publicKeyOf(credential: KeyCredential, key: string): KeyObject {
  const known = publicKeys.get(credential)
  if (known) return known
  const { publicKey } = new X509Certificate(Buffer.from(key, 'base64'))
  publicKeys.set(credential, publicKey)
  return publicKey
}

/** `MM/dd/yyyy HH:mm:ss`, as the platform prints the dates of a key. */
function platformDate(dateTime: string): string {
  const [date = '', time = ''] = new Date(dateTime).toISOString().split('T')
  const [year, month, day] = date.split('-')
  return `${month}/${day}/${year} ${time.slice(0, 8)}`
}

function refuseAudience({ claims }: DecodedJwt, { isOurAudience }: AssertionCheck): void {
  const audiences: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
  if (!audiences.some((audience) => typeof audience === 'string' && isOurAudience(audience))) {
    throw entraError('assertionAudienceMismatch')
  }
}

/** `exp`, `nbf` and `iat` may be fractions: MSAL for Python writes them so. */
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
