export type Members = Readonly<Record<string, unknown>>

/** A signed JWT taken apart. Nothing in it is trustworthy before its signature has been checked. */
export interface DecodedToken {
  readonly header: Members
  readonly claims: Members
  /** What was signed: header and payload as they were sent. */
  readonly signedText: string
  /** Empty in an unsigned token. */
  readonly signature: Buffer
  readonly length: number
}

/** The parts of a JWT (RFC 7515 §7.1), or a sentence that says why it is none; the sentence holds nothing of it. */
export function decodeToken(token: string): DecodedToken | string {
  const parts = token.split('.')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length === 5) return 'It is encrypted (five parts): only whom it is for can read it.'
  if (parts.length !== 3) return `It is no JWT: three parts separated by dots were expected, not ${parts.length}.`
  const decoded = { header: jsonObject(header), claims: jsonObject(payload) }
  if (!decoded.header) return 'Its first part, the header, is not JSON in base64url: perhaps it was cut or altered.'
  if (!decoded.claims) return 'Its second part, the claims, is not JSON in base64url: perhaps it was cut or altered.'
  if (!/^[\w-]*$/.test(signature)) return 'Its third part, the signature, is not base64url: perhaps it was altered.'
  return {
    header: decoded.header,
    claims: decoded.claims,
    signedText: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
    length: token.length,
  }
}

function jsonObject(part: string): Members | undefined {
  if (!/^[\w-]+=*$/.test(part)) return undefined
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url')))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined
  } catch {
    return undefined
  }
}
