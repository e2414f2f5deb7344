import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'

/** A certificate and its key, as PEM blocks to be put together. */
export interface MadeCertificate {
  readonly certificate: string
  readonly key: string
  readonly privateKey: KeyObject
  readonly thumbprint: { readonly sha256: string }
  /** What the seed file takes in `keyCredentials`. */
  readonly keyCredential: { readonly key: string }
  /** Makes a certificate that this one vouches for. */
  issue(name: string): Promise<MadeCertificate>
}

export interface Wanted {
  readonly from?: Date
  readonly until?: Date
  readonly kind?: 'RSA' | 'EC'
}

const DAY = 86_400_000

export function makeCertificate(name: string, wanted: Wanted = {}): Promise<MadeCertificate> {
  return make(name, wanted, undefined)
}

async function make(
  name: string,
  { from = new Date(Date.now() - DAY), until = new Date(Date.now() + DAY), kind = 'RSA' }: Wanted,
  issuer: { name: string; keys: webcrypto.CryptoKeyPair } | undefined,
): Promise<MadeCertificate> {
  const algorithm =
    kind === 'RSA'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }
      : { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const made = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: `CN=${issuer?.name ?? name}`,
    notBefore: from,
    notAfter: until,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: algorithm,
  })
  const key = privateKeyOf(Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)))
  const der = Buffer.from(made.rawData)
  const digest = Buffer.from(await webcrypto.subtle.digest('SHA-256', der))
  return {
    certificate: `${made.toString('pem')}\n`,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey: key,
    thumbprint: { sha256: digest.toString('base64url') },
    keyCredential: { key: der.toString('base64') },
    issue: (child) => make(child, { from, until, kind }, { name, keys }),
  }
}

function privateKeyOf(pkcs8: Buffer): KeyObject {
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
}
