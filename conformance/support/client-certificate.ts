import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeSelfSignedCertificate } from '../../packages/doorstep/test/support/self-signed-certificate.ts'

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
  const { certificate, pkcs8, keyCredential } = await makeSelfSignedCertificate(name)
  const folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  const file = join(folder, `${name}.pem`)
  await writeFile(file, pem('PRIVATE KEY', pkcs8) + pem('CERTIFICATE', certificate.raw), { mode: 0o600 })
  return {
    file,
    thumbprint: createHash('sha256').update(certificate.raw).digest('hex'),
    keyCredential,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`
}
