import { InsufficientPermission } from './insufficient-permission.ts'
import { TokenRefused } from './token-refused.ts'

/** Parameters of a Bearer challenge: RFC 6750 §3, and those that Microsoft's clients read besides. */
export interface ChallengeParameters {
  readonly realm?: string
  /** Where to get a token: Azure SDKs discover the tenant here, e.g. `https://login.microsoftonline.com/{tenant}`. */
  readonly authorizationUri?: string
  /** The API's own application id. */
  readonly clientId?: string
  readonly resourceId?: string
  readonly error?: string
  readonly errorDescription?: string
  readonly scope?: string
  /** base64 of a claims request (JSON), with `error: 'insufficient_claims'`. */
  readonly claims?: string
}

/**
 * The value of a WWW-Authenticate header: of a 401 for a refused token, of a 403 for an insufficient permission, or of
 * the given parameters alone. A request without a token gets no error code (RFC 6750 §3.1). Explicit parameters win.
 */
export function bearerChallenge(
  refusal: TokenRefused | InsufficientPermission | ChallengeParameters,
  parameters: ChallengeParameters = {},
): string {
  const all: ChallengeParameters = { ...parametersOf(refusal), ...parameters }
  const written = [
    parameter('realm', all.realm),
    parameter('authorization_uri', all.authorizationUri),
    parameter('client_id', all.clientId),
    parameter('resource_id', all.resourceId),
    parameter('error', all.error),
    parameter('error_description', all.errorDescription),
    parameter('scope', all.scope),
    parameter('claims', all.claims),
  ].flat()
  return written.length === 0 ? 'Bearer' : `Bearer ${written.join(', ')}`
}

function parametersOf(refusal: TokenRefused | InsufficientPermission | ChallengeParameters): ChallengeParameters {
  if (refusal instanceof TokenRefused) {
    if (refusal.reason === 'missing') return {}
    return { error: 'invalid_token', errorDescription: refusal.message }
  }
  if (refusal instanceof InsufficientPermission) {
    const scope = refusal.permission === 'scope' ? { scope: refusal.anyOf.join(' ') } : {}
    return { error: 'insufficient_scope', errorDescription: refusal.message, ...scope }
  }
  return refusal
}

function parameter(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name}="${quotable(value)}"`]
}

/**
 * Text that needs no escape inside quotes: RFC 6750 §3 forbids `"`, `\` and everything outside printable ASCII in
 * error_description and scope, and many clients do not undo escapes in the others. It also keeps CR and LF out.
 */
function quotable(text: string): string {
  return text
    .replaceAll('"', "'")
    .replaceAll('\\', '/')
    .replaceAll('…', '...')
    .replace(/[^\x20-\x7e]/g, '?')
}
