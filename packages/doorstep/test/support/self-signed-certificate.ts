import { webcrypto, X509Certificate } from 'node:crypto'
import 'reflect-metadata'
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'

/** An RSA certificate that signs itself, with its key. */
export interface Pair {
  readonly certificate: X509Certificate
  readonly privateKey: webcrypto.CryptoKey
  readonly pkcs8: Buffer
}

/** Makes one that is valid between two moments, and for servers of the given names. */
export async function selfSignedCertificate(from: Date, until: Date, hosts: readonly string[] = []): Promise<Pair> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const made = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=daemon',
    notBefore: from,
    notAfter: until,
    keys,
    signingAlgorithm: algorithm,
    extensions: hosts.map((host) => new SubjectAlternativeNameExtension([{ type: 'dns', value: host }])),
  })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  return { certificate: new X509Certificate(Buffer.from(made.rawData)), privateKey: keys.privateKey, pkcs8 }
}
