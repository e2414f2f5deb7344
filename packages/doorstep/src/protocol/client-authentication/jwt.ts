type Json = Readonly<Record<string, unknown>>

/** A JWT in parts, unverified (RFC 7519, JWS compact form). */
export interface DecodedJwt {
  readonly header: Json
  readonly claims: Json
  /** What the signature is over. */
  readonly signed: string
  readonly signature: Buffer
}

/** Reads a JWT; undefined for what is none. */
export function decodeJwt(text: string): DecodedJwt | undefined {
  const [header, claims, signature, ...rest] = text.split('.')
  if (!header || !claims || !signature || rest.length > 0) return undefined
  const parts = [jsonOf(header), jsonOf(claims)] as const
  if (!parts[0] || !parts[1]) return undefined
  return {
    header: parts[0],
    claims: parts[1],
    signed: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  }
}

/** The claims of a JWT without signature (RFC 7519 §6); undefined for what is none. Nobody vouches for them. */
export function unsignedClaims(text: string): Json | undefined {
  const [header, claims, signature, ...rest] = text.split('.')
  if (!header || !claims || signature !== '' || rest.length > 0) return undefined
  return jsonOf(header)?.alg === 'none' ? jsonOf(claims) : undefined
}

function jsonOf(segment: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
  } catch {
    return undefined
  }
}
