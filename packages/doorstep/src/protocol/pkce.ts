import { createHash, timingSafeEqual } from 'node:crypto'
import { entraError } from './errors.ts'
import type { CodeChallenge, RedirectUriType } from './sign-in-records.ts'

/** What both a verifier and a challenge are made of (RFC 7636 §4.1, §4.2). */
const unreserved = /^[A-Za-z0-9._~-]{43,128}$/

/**
 * The code challenge of an authorization request (RFC 7636 §4.3), null when there is none. Without a method it is
 * `plain`.
 * @throws {EntraError} 50147 for a method without challenge, 50149 for an unknown method, 501491 for a challenge of a
 * wrong size or with other than unreserved characters.
 */
export function parseCodeChallenge(challenge: string | undefined, method: string | undefined): CodeChallenge | null {
  if (challenge === undefined) {
    if (method === undefined) return null
    throw entraError('codeChallengeMissing')
  }
  if (method !== undefined && method !== 'S256' && method !== 'plain') throw entraError('codeChallengeMethodInvalid')
  if (!unreserved.test(challenge)) throw entraError('codeChallengeInvalid')
  return { method: method ?? 'plain', value: challenge }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()

/**
 * Checks the verifier that comes with a code (RFC 7636 §4.6).
 * @throws {EntraError} 9002325 when a page's code is not bound to a challenge, 50148 for a verifier nobody asked for,
 * 501481 for a wrong or missing one.
 */
export function verifyCodeVerifier(
  challenge: CodeChallenge | null,
  verifier: string | undefined,
  redirectUriType: RedirectUriType,
): void {
  if (!challenge) {
    if (redirectUriType === 'spa') throw entraError('codeChallengeRequired')
    if (verifier !== undefined) throw entraError('codeVerifierUnexpected')
    return
  }
  if (verifier === undefined || !unreserved.test(verifier)) throw entraError('codeVerifierMismatch')
  const computed = challenge.method === 'plain' ? verifier : sha256(verifier).toString('base64url')
  // Hashed once more, since only values of one length can be compared in constant time.
  if (!timingSafeEqual(sha256(computed), sha256(challenge.value))) throw entraError('codeVerifierMismatch')
}
