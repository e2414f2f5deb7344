import { type KeyObject, X509Certificate } from 'node:crypto'
import type { KeyRing } from './key-ring.ts'

/** Finds the public key of a key id among our own; always the same object for one key, so that it is imported once. */
export function verificationKeys(
  keys: Pick<KeyRing, 'certificates'>,
): (keyId: string) => Promise<KeyObject | undefined> {
  const known = new Map<string, KeyObject>()
  return async (keyId) => {
    const found = known.get(keyId)
    if (found) return found
    const certificate = (await keys.certificates()).get(keyId)
    if (certificate === undefined) return undefined
    const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'))
    known.set(keyId, publicKey)
    return publicKey
  }
}
