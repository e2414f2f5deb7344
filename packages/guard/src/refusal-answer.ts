import { bearerChallenge, type ChallengeParameters } from './challenge.ts'
import { InsufficientPermission } from './insufficient-permission.ts'
import { SigningKeysUnavailable } from './key-document.ts'
import { TokenRefused } from './token-refused.ts'

/** A refusal as an HTTP answer. */
export interface RefusalAnswer {
  readonly status: 401 | 403 | 503
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** JSON: `{"error", "error_description"}`. */
  readonly body: string
}

/** After so many seconds the keys are looked for again. */
const RETRY_AFTER = 30

/**
 * The HTTP answer for an error of `admit`: 401 or 403 with a WWW-Authenticate challenge that says what was wrong, 503
 * while the signing keys cannot be had.
 *
 * @returns undefined for any other error, which is a fault of the API and no refusal
 */
export function refusalAnswer(error: unknown, challenge: ChallengeParameters = {}): RefusalAnswer | undefined {
  if (error instanceof TokenRefused) {
    const name = error.reason === 'missing' ? 'missing_token' : 'invalid_token'
    return answer(401, name, error.message, { 'www-authenticate': bearerChallenge(error, challenge) })
  }
  if (error instanceof InsufficientPermission) {
    return answer(403, 'insufficient_scope', error.message, { 'www-authenticate': bearerChallenge(error, challenge) })
  }
  if (error instanceof SigningKeysUnavailable) {
    // The message names the address that failed, which is nobody's business outside.
    const message = 'The keys that verify tokens cannot be had just now. Try again later.'
    return answer(503, 'temporarily_unavailable', message, { 'retry-after': String(RETRY_AFTER) })
  }
  return undefined
}

function answer(
  status: RefusalAnswer['status'],
  error: string,
  description: string,
  headers: RefusalAnswer['headers'],
): RefusalAnswer {
  const body = JSON.stringify({ error, error_description: description })
  return { status, headers: { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store' }, body }
}
