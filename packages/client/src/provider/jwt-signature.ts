import { decodedJsonObject, isJsonObject, type JsonObject } from '../json-object.ts'

/** A signed JWT taken apart, RFC 7515 §3.1. */
export interface Jwt {
  readonly header: JsonObject
  readonly claims: JsonObject
  /** What the signature is over. */
  readonly signed: string
  readonly signature: Buffer
}

/** The JWT that the text is, its signature unchecked, else `undefined`. */
export function readJwt(text: string): Jwt | undefined {
  const [first = '', second = '', third = '', ...more] = text.split('.')
  const header = decodedJsonObject(first)
  const claims = decodedJsonObject(second)
  if (header === undefined || claims === undefined || more.length > 0) return undefined
  return { header, claims, signed: `${first}.${second}`, signature: Buffer.from(third, 'base64url') }
}

/** Algorithms that are taken, and the kind of key each goes with. RFC 7518 §3.1. */
const ALGORITHMS: Readonly<Record<string, { hash: string; keyType: string; pss?: true }>> = {
  RS256: { hash: 'sha256', keyType: 'rsa' },
  RS384: { hash: 'sha384', keyType: 'rsa' },
  RS512: { hash: 'sha512', keyType: 'rsa' },
  PS256: { hash: 'sha256', keyType: 'rsa', pss: true },
  ES256: { hash: 'sha256', keyType: 'ec' },
}

/** The key of a key set (RFC 7517 §5) that a JWT names; without a name the only one there is. */
export function keyOf({ header }: Jwt, keySet: JsonObject): JsonObject | undefined {
  const keys = (Array.isArray(keySet.keys) ? keySet.keys : []).filter(isJsonObject)
  const forSignatures = keys.filter(({ use }) => use === undefined || use === 'sig')
  if (header.kid !== undefined) return forSignatures.find(({ kid }) => kid === header.kid)
  return forSignatures.length === 1 ? forSignatures[0] : undefined
}

/** Whether the key made the signature, by an algorithm that belongs to the key. */
export function isSignedBy(jwt: Jwt, key: JsonObject): boolean {
  const algorithm = typeof jwt.header.alg === 'string' ? ALGORITHMS[jwt.header.alg] : undefined
  if (algorithm === undefined || (key.alg !== undefined && key.alg !== jwt.header.alg)) return false
  const { constants, createPublicKey, verify } = process.getBuiltinModule('node:crypto')
  try {
    const publicKey = createPublicKey({ key, format: 'jwk' })
    if (publicKey.asymmetricKeyType !== algorithm.keyType) return false
    const how = algorithm.pss
      ? { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { key: publicKey, dsaEncoding: 'ieee-p1363' as const }
    return verify(algorithm.hash, Buffer.from(jwt.signed), how, jwt.signature)
  } catch {
    return false // a key that is none, or not of that curve
  }
}
