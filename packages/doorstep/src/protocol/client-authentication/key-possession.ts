import { constants, verify, X509Certificate } from 'node:crypto'
import type { KeyCredential } from '../../directory/application.ts'
import { decodeJwt } from './jwt.ts'

/** The audience that a proof names: the directory's own client id, whichever API is called. */
const directoryAppId = '00000002-0000-0000-c000-000000000000'
const longestLifeInSeconds = 600
/** Clocks of clients are off by so much. */
const skewInSeconds = 300

export interface PossessionCheck {
  /** Object id of the application or service principal whose keys are rolled. */
  readonly objectId: string
  readonly keyCredentials: readonly KeyCredential[]
  /** Milliseconds. */
  readonly now: number
}

/**
 * Why a proof does not show that its sender has the private key of a certificate that is registered and valid now;
 * undefined when it does. A proof is a JWT of at most ten minutes ("Rolling keys: proof of possession").
 */
export function possessionProblem(
  proof: string,
  { objectId, keyCredentials, now }: PossessionCheck,
): string | undefined {
  const jwt = decodeJwt(proof)
  if (!jwt) return 'The proof is not a signed JSON Web Token.'
  const { aud, iss, nbf, exp } = jwt.claims
  if (aud !== directoryAppId) return `The claim aud of the proof must be '${directoryAppId}'.`
  if (typeof iss !== 'string' || iss.toLowerCase() !== objectId)
    return `The claim iss of the proof must be '${objectId}'.`
  if (typeof nbf !== 'number' || typeof exp !== 'number' || exp - nbf > longestLifeInSeconds) {
    return 'The proof must have nbf and exp, and live for at most ten minutes.'
  }
  const seconds = now / 1_000
  if (seconds < nbf - skewInSeconds || seconds >= exp + skewInSeconds) return 'The proof is not valid now.'
  const valid = keyCredentials.filter((credential) => isValidAt(credential, now))
  const isSigned = valid.some(({ key }) => key !== null && isSignedBy(key, jwt.header.alg, jwt.signed, jwt.signature))
  return isSigned ? undefined : 'The proof was not signed with the key of a registered certificate that is valid now.'
}

function isValidAt({ usage, startDateTime, endDateTime }: KeyCredential, now: number): boolean {
  return usage === 'Verify' && Date.parse(startDateTime) <= now && now < Date.parse(endDateTime)
}

function isSignedBy(key: string, algorithm: unknown, signed: string, signature: Buffer): boolean {
  const { publicKey } = new X509Certificate(Buffer.from(key, 'base64'))
  if (publicKey.asymmetricKeyType !== 'rsa') return false
  const padding = paddings[String(algorithm)]
  return padding !== undefined && verify('sha256', Buffer.from(signed), { key: publicKey, ...padding }, signature)
}

const paddings: Readonly<Record<string, { readonly padding: number; readonly saltLength?: number }>> = {
  RS256: { padding: constants.RSA_PKCS1_PADDING },
  PS256: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
}
