import { type KeyObject, X509Certificate } from 'node:crypto'
import { isEntraIssuer } from '../../protocol/client-authentication/assertion-audience.ts'
import type { IssuerKeys } from '../../protocol/client-authentication/federated-assertion.ts'
import type { KeyRing } from '../../tokens/key-ring.ts'
import type { AskedOrigin } from '../host.ts'
import type { ForeignKeys } from './foreign-keys.ts'

/** Finds the keys of issuers: our own where they are kept, foreign ones where the issuers publish them. */
export function issuerKeys(
  own: Pick<KeyRing, 'certificates'>,
  foreign: ForeignKeys,
  authority: AskedOrigin,
): IssuerKeys {
  const isOwn = (issuer: string) => isEntraIssuer(issuer, authority)
  return {
    isOwn,
    find: (issuer, keyId) => (isOwn(issuer) ? ownKey(keyId, own) : foreign.find(issuer, keyId)),
  }
}

async function ownKey(keyId: string, own: Pick<KeyRing, 'certificates'>): Promise<KeyObject | undefined> {
  const certificate = (await own.certificates()).get(keyId)
  return certificate === undefined ? undefined : new X509Certificate(Buffer.from(certificate, 'base64')).publicKey
}
