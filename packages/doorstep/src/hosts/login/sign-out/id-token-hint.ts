import { type KeyObject, verify } from 'node:crypto'
import { decodeJwt, unsignedClaims } from '../../../protocol/client-authentication/jwt.ts'

/** What an `id_token_hint` is good for. */
export interface IdTokenHint {
  /** The application it was issued to, in lower case. */
  readonly appId: string
  /** The person, where our signature vouches for it. */
  readonly person?: { readonly tenantId: string; readonly subject: string }
}

/**
 * Reads an id_token that comes back as a hint; one that has expired is as good as any (OpenID Connect RP-Initiated
 * Logout 1.0 §2). Those of the v1.0 token endpoint are unsigned: they name the application and nobody else. Undefined
 * for what we have not signed.
 */
export async function readIdTokenHint(
  text: string,
  keyOf: (keyId: string) => Promise<KeyObject | undefined>,
): Promise<IdTokenHint | undefined> {
  const unsigned = unsignedClaims(text)
  if (unsigned) return hintOf(unsigned.aud)
  const token = decodeJwt(text)
  if (token?.header.alg !== 'RS256' || typeof token.header.kid !== 'string') return undefined
  const key = await keyOf(token.header.kid)
  if (!key || !verify('sha256', Buffer.from(token.signed), key, token.signature)) return undefined
  const { aud, tid, sub } = token.claims
  const hint = hintOf(aud)
  if (!hint || typeof tid !== 'string' || typeof sub !== 'string') return hint
  return { ...hint, person: { tenantId: tid, subject: sub } }
}

function hintOf(audience: unknown): IdTokenHint | undefined {
  return typeof audience === 'string' ? { appId: audience.toLowerCase() } : undefined
}
