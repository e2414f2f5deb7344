import type { X509Certificate } from 'node:crypto'
import type { ClientCertificate } from './client-certificate.ts'

/** Entra recommends five to ten minutes. */
const LIFETIME_SECONDS = 600

export interface AssertionOf {
  readonly clientId: string
  /** The audience. */
  readonly tokenEndpoint: string
  readonly certificate: ClientCertificate
  /** Certificates to send along, the client's own first; none for an application whose certificate is registered. */
  readonly chain: readonly X509Certificate[]
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * A signed statement of who the client is: a JWT with PS256, the certificate named by its SHA-256. RFC 7523 §3;
 * Microsoft's "application authentication certificate credentials".
 */
export async function signClientAssertion(of: AssertionOf): Promise<string> {
  const { clientId, tokenEndpoint, certificate, chain, now } = of
  const { constants, createHash, sign } = process.getBuiltinModule('node:crypto')
  const seconds = Math.floor(now / 1000)
  const header = {
    alg: 'PS256',
    typ: 'JWT',
    'x5t#S256': createHash('sha256').update(certificate.certificate.raw).digest('base64url'),
    ...(chain.length === 0 ? {} : { x5c: chain.map(({ raw }) => raw.toString('base64')) }),
  }
  const claims = {
    aud: tokenEndpoint,
    iss: clientId,
    sub: clientId,
    jti: crypto.randomUUID(),
    nbf: seconds,
    iat: seconds,
    exp: seconds + LIFETIME_SECONDS,
  }
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const key = {
    key: certificate.privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  }
  const signature = await new Promise<Buffer>((resolve, reject) => {
    // With a callback it runs on the thread pool, and holds nobody up.
    sign('sha256', Buffer.from(signed), key, (error, result) => (error ? reject(error) : resolve(result)))
  })
  return `${signed}.${signature.toString('base64url')}`
}
