import { webcrypto, X509Certificate } from 'node:crypto'
import 'reflect-metadata'
import { X509CertificateGenerator } from '@peculiar/x509'

/** A certificate with its key, as a person makes one for an application with openssl. */
export interface SelfSignedCertificate {
  readonly certificate: X509Certificate
  readonly privateKey: webcrypto.CryptoKey
  /** The private key in its DER form (PKCS #8). */
  readonly pkcs8: Buffer
  /** The entry of `keyCredentials` in the seed file. */
  readonly keyCredential: { readonly key: string }
}

/** Makes an RSA certificate of 2048 bits, good from a year ago until in two years, or for the years that are named. */
export async function makeSelfSignedCertificate(
  name: string,
  { fromYears = -1, untilYears = 2 }: { readonly fromYears?: number; readonly untilYears?: number } = {},
): Promise<SelfSignedCertificate> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const made = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: newYear(fromYears),
    notAfter: newYear(untilYears),
    keys,
    signingAlgorithm: algorithm,
  })
  const certificate = new X509Certificate(Buffer.from(made.rawData))
  return {
    certificate,
    privateKey: keys.privateKey,
    pkcs8: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
    keyCredential: { key: certificate.raw.toString('base64') },
  }
}

function newYear(yearsFromNow: number): Date {
  return new Date(Date.UTC(new Date().getUTCFullYear() + yearsFromNow, 0, 1))
}
