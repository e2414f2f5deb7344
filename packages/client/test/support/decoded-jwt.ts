export interface DecodedJwt {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into claims whose shape is what they test
  readonly header: any
  // biome-ignore lint/suspicious/noExplicitAny: tests look into claims whose shape is what they test
  readonly claims: any
  /** What the signature is over. */
  readonly signed: string
  readonly signature: Buffer
}

/** The parts of a JWT; nothing is verified. */
export function decodedJwt(jwt: string): DecodedJwt {
  const [header = '', claims = '', signature = ''] = jwt.split('.')
  const object = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  return {
    header: object(header),
    claims: object(claims),
    signed: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  }
}

export const claimsOf = (jwt: string) => decodedJwt(jwt).claims
