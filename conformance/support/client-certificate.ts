import { createHash, webcrypto } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import 'reflect-metadata'
import { X509CertificateGenerator } from '@peculiar/x509'

/** A self-signed certificate of an application, as a person makes one with openssl. */
export interface ClientCertificate {
  /** Private key (PKCS #8) and certificate in one PEM file. */
  readonly file: string
  /** SHA-256 of the certificate, in hexadecimal digits. */
  readonly thumbprint: string
  /** The entry of `keyCredentials` in the seed file. */
  readonly keyCredential: { readonly key: string }
  remove(): Promise<void>
}

export async function makeClientCertificate(name: string): Promise<ClientCertificate> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const year = new Date().getUTCFullYear()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: new Date(Date.UTC(year - 1, 0, 1)),
    notAfter: new Date(Date.UTC(year + 2, 0, 1)),
    keys,
    signingAlgorithm: algorithm,
  })
  const der = Buffer.from(certificate.rawData)
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  const file = join(folder, `${name}.pem`)
  await writeFile(file, pem('PRIVATE KEY', pkcs8) + pem('CERTIFICATE', der), { mode: 0o600 })
  return {
    file,
    thumbprint: createHash('sha256').update(der).digest('hex'),
    keyCredential: { key: der.toString('base64') },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`
}
