import type { StoredPasswordCredential } from '../../directory/password-credential.ts'
import { entraError } from '../errors.ts'

/** Compares a presented secret with kept hashes; the room `secrets` does it. */
export interface SecretMatcher {
  /** Whether `secret` is the one behind any of the hashes. */
  matchesAny(secret: string, hashes: readonly string[]): Promise<boolean>
}

export interface SecretCheck {
  readonly appId: string
  /** Milliseconds. */
  readonly now: number
  readonly secrets: SecretMatcher
}

/**
 * Whether one of the presented readings is a valid secret of the application (RFC 6749 §2.3.1). Only secrets whose
 * hint agrees are compared, so that a wrong secret seldom costs a slow hash.
 * @throws {EntraError} 7000222 when the right secret has expired, 7000215 when none is right.
 */
export async function authenticateBySecret(
  candidates: readonly string[],
  kept: readonly StoredPasswordCredential[],
  { appId, now, secrets }: SecretCheck,
): Promise<void> {
  const begun = kept.filter(({ startDateTime }) => now >= Date.parse(startDateTime))
  const current = begun.filter(({ endDateTime }) => now < Date.parse(endDateTime))
  if (await matchesAny(candidates, current, secrets)) return
  const expired = begun.filter((credential) => !current.includes(credential))
  const wasRight = await matchesAny(candidates, expired, secrets)
  throw entraError(wasRight ? 'clientSecretExpired' : 'clientSecretInvalid', { appId })
}

async function matchesAny(
  candidates: readonly string[],
  kept: readonly StoredPasswordCredential[],
  secrets: SecretMatcher,
): Promise<boolean> {
  for (const candidate of candidates) {
    const hinted = kept.filter(({ hint }) => candidate.startsWith(hint))
    const hashes = hinted.map(({ secretHash }) => secretHash)
    if (hashes.length > 0 && (await secrets.matchesAny(candidate, hashes))) return true
  }
  return false
}
