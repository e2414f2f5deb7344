import { createHash } from 'node:crypto'

const magic = 0xfeedfeed
const version = 2
const trustedCertificate = 2
/** Mixed into the checksum by the format itself; every reader of JKS files knows it. */
const whitening = 'Mighty Aphrodite'

/** The password of the stores that Java ships with; reading certificates works without it. */
export const javaTrustStorePassword = 'changeit'

/**
 * A Java trust store in the JKS format, which every Java from 1.2 on reads, so that no keytool is needed.
 *
 * @param certificates DER
 * @param createdAt recorded with every entry
 */
export function encodeJavaTrustStore(certificates: readonly Buffer[], createdAt: Date): Buffer {
  const parts = [integer(magic), integer(version), integer(certificates.length)]
  certificates.forEach((certificate, index) => {
    const date = Buffer.alloc(8)
    date.writeBigInt64BE(BigInt(createdAt.getTime()))
    parts.push(
      integer(trustedCertificate),
      shortText(`root-${index + 1}`),
      date,
      shortText('X.509'),
      integer(certificate.length),
      certificate,
    )
  })
  const body = Buffer.concat(parts)
  const password = Buffer.from(javaTrustStorePassword, 'utf16le').swap16()
  return Buffer.concat([body, createHash('sha1').update(password).update(whitening).update(body).digest()])
}

function integer(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** ASCII text with its length in front, as Java's `writeUTF` writes it. */
function shortText(text: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(text.length)
  return Buffer.concat([length, Buffer.from(text, 'ascii')])
}
