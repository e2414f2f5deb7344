import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { RefusedError } from '../failure.ts'
import type { Certificate } from './application.ts'

/** A certificate out of a file. */
export interface CertificateFile {
  readonly certificate: X509Certificate
  /** Whether the file has a private key too, which is for nobody else. */
  readonly holdsPrivateKey: boolean
}

/**
 * Reads the first certificate of a PEM file, or a DER file (.cer, .crt).
 *
 * @throws {RefusedError} when it cannot be read or holds none
 */
export async function readCertificateFile(path: string): Promise<CertificateFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new RefusedError(`${path} cannot be read (${error.code}).`, { cause: error })
  })
  const text = bytes.toString('latin1')
  const holdsPrivateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)
  const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/.exec(text)?.[0]
  if (block === undefined && holdsPrivateKey) {
    throw new RefusedError(
      `${path} holds a private key and no certificate. Nothing was sent: name the file of the certificate, which is public.`,
    )
  }
  try {
    return { certificate: new X509Certificate(block ?? bytes), holdsPrivateKey }
  } catch (error) {
    throw new RefusedError(
      `${path} holds no certificate: expected PEM (-----BEGIN CERTIFICATE-----) or DER. A .pfx is taken apart with: openssl pkcs12 -in FILE.pfx -nokeys -out FILE.pem`,
      { cause: error },
    )
  }
}

/** Graph's `keyCredential` of a certificate: what is public of it, and nothing else. */
export function keyCredentialOf({ certificate }: CertificateFile, displayName: string | undefined) {
  return {
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    key: certificate.raw.toString('base64'),
    displayName: displayName ?? certificate.subject.split('\n').join(', '),
  }
}

/** Certificates that stay, as Graph wants them repeated: without the certificate itself, which it keeps. */
export function keptCertificates(certificates: readonly Certificate[]): readonly Certificate[] {
  return certificates.map((credential) =>
    Object.fromEntries(Object.entries(credential).filter(([name, value]) => name !== 'key' && value !== null)),
  ) as unknown as readonly Certificate[]
}

/** The thumbprint as Azure shows it: SHA-1, hexadecimal. */
export function thumbprintOf({ certificate }: CertificateFile): string {
  return certificate.fingerprint.replaceAll(':', '')
}

/** Whether a certificate of Graph has this thumbprint: Graph writes it in hexadecimal, or as base64 of its bytes. */
export function hasThumbprint({ customKeyIdentifier }: Certificate, thumbprint: string): boolean {
  if (!customKeyIdentifier) return false
  const isBase64 = customKeyIdentifier === Buffer.from(thumbprint, 'hex').toString('base64')
  return isBase64 || customKeyIdentifier.toUpperCase() === thumbprint.toUpperCase()
}
