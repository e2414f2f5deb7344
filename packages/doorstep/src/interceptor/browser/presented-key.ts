import { createHash } from 'node:crypto'
import { connect } from 'node:tls'

export interface PresentedKey {
  /** Port on 127.0.0.1. */
  readonly port: number
  readonly serverName: string
  /** The root that has to vouch for the certificate, PEM. */
  readonly root: string
}

/**
 * Base64 SHA-256 of the public key (SubjectPublicKeyInfo, DER) of the certificate that the local cloud presents for a
 * name: the form of RFC 7469, section 2.4, in which Chromium takes keys that it is to trust.
 *
 * @throws the error of TLS or of the system when nobody answers there, or somebody whom the root does not vouch for
 */
export function presentedKeyHash({ port, serverName, root }: PresentedKey): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, servername: serverName, ca: root, rejectUnauthorized: true }
    const socket = connect(options, () => {
      const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' })
      socket.destroy()
      if (key) resolve(createHash('sha256').update(key).digest('base64'))
      else reject(new Error('The local cloud presented no certificate.'))
    })
    socket.setTimeout(10_000, () => socket.destroy(new Error('The local cloud did not answer in time.')))
    socket.on('error', reject)
  })
}
