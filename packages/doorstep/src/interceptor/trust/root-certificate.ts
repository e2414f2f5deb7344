import { X509Certificate } from 'node:crypto'

/** A root of a local cloud for localhost, as it was found or is to be trusted. */
export interface LocalhostRoot {
  /** SHA-256 of the certificate, lower case hexadecimal. */
  readonly fingerprint: string
  /** SHA-1 of the certificate, upper case hexadecimal: how macOS and Windows name it. */
  readonly thumbprint: string
}

export const localhostRootName = 'Doorstep localhost root'

/** The name under which a root is kept; one for every root, so that those of several data folders can be together. */
export const storedName = ({ fingerprint }: LocalhostRoot) => `${localhostRootName} ${fingerprint.slice(0, 8)}`

/**
 * The root in a PEM text, or undefined when it is not the localhost root of a local cloud: the roots of others are
 * never touched, and the root of the intercepted names is never handed to a store of the user's.
 */
export function localhostRootIn(pem: string): LocalhostRoot | undefined {
  try {
    const certificate = new X509Certificate(pem)
    const names = new Set(certificate.subject.split('\n'))
    const isOurs = names.has(`CN=${localhostRootName}`) && names.has('O=Doorstep') && names.size === 2
    if (!isOurs || certificate.subject !== certificate.issuer || !certificate.ca) return undefined
    const plain = (print: string) => print.replaceAll(':', '')
    return { fingerprint: plain(certificate.fingerprint256).toLowerCase(), thumbprint: plain(certificate.fingerprint) }
  } catch {
    return undefined
  }
}

/** Every localhost root in a text of several certificates. */
export function localhostRootsIn(bundle: string): LocalhostRoot[] {
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.flatMap((block) => localhostRootIn(block) ?? [])
}
