import { webcrypto, X509Certificate } from 'node:crypto'
import 'reflect-metadata'
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'

/** A certificate with its key, as a person makes one for an application with openssl. */
export interface SelfSignedCertificate {
  readonly certificate: X509Certificate
  readonly privateKey: webcrypto.CryptoKey
  /** The private key in its DER form (PKCS #8). */
  readonly pkcs8: Buffer
  /** The entry of `keyCredentials` in the seed file. */
  readonly keyCredential: { readonly key: string }
}

/** Makes an RSA certificate of 2048 bits, good from a year ago until in two years where nothing else is said. */
export async function makeSelfSignedCertificate(
  name: string,
  {
    from = yearsFromNow(-1),
    until = yearsFromNow(2),
    hosts = [],
  }: {
    readonly from?: Date
    readonly until?: Date
    /** Names of the servers that it is for. */
    readonly hosts?: readonly string[]
  } = {},
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
    notBefore: from,
    notAfter: until,
    keys,
    signingAlgorithm: algorithm,
    extensions: hosts.map((host) => new SubjectAlternativeNameExtension([{ type: 'dns', value: host }])),
  })
  const certificate = new X509Certificate(Buffer.from(made.rawData))
  return {
    certificate,
    privateKey: keys.privateKey,
    pkcs8: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
    keyCredential: { key: certificate.raw.toString('base64') },
  }
}

/** A New Year's Day. */
export function yearsFromNow(years: number): Date {
  return new Date(Date.UTC(new Date().getUTCFullYear() + years, 0, 1))
}
