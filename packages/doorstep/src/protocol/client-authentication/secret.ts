import type { StoredPasswordCredential } from '../../directory/password-credential.ts'
import { entraError } from '../errors.ts'

/** Compares a presented secret with a kept hash; the room `secrets` does it. */
export interface SecretMatcher {
  matches(secret: string, kept: { readonly id: string; readonly secretHash: string }): boolean | Promise<boolean>
}

/**
 * Whether one of the presented readings is a valid secret of the application (RFC 6749 §2.3.1). Only secrets whose
 * hint agrees are compared, so a wrong secret costs no slow hash.
 * @throws {EntraError} 7000222 when the right secret has expired, 7000215 when none is right.
 */
export async function authenticateBySecret(
  candidates: readonly string[],
  kept: readonly StoredPasswordCredential[],
  { appId, now, secrets }: { readonly appId: string; readonly now: number; readonly secrets: SecretMatcher },
): Promise<void> {
  let expired = false
  for (const candidate of candidates) {
    for (const credential of kept) {
      if (!candidate.startsWith(credential.hint)) continue
      const matches = await secrets.matches(candidate, { id: credential.keyId, secretHash: credential.secretHash })
      if (!matches || now < Date.parse(credential.startDateTime)) continue
      if (now < Date.parse(credential.endDateTime)) return
      expired = true
    }
  }
  throw entraError(expired ? 'clientSecretExpired' : 'clientSecretInvalid', { appId })
}
