/**
 * Which check refused a token, in the order in which the checks are made:
 * `missing` no bearer token at all · `malformed` not a signed JWT · `algorithm` not RS256 · `unknown-key` no published
 * key has its `kid` · `signature` the key did not sign it · `version`, `issuer`, `tenant`, `audience` that claim is not
 * what this API accepts · `not-yet-valid`, `expired` the time is wrong · `claims` a claim that an access token must
 * have is missing, of the wrong type, or contradicts another.
 */
export type RefusalReason =
  | 'missing'
  | 'malformed'
  | 'algorithm'
  | 'unknown-key'
  | 'signature'
  | 'version'
  | 'issuer'
  | 'tenant'
  | 'audience'
  | 'not-yet-valid'
  | 'expired'
  | 'claims'

/** A token that this API does not accept: answer 401. The message says what was expected and never holds the token. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

const LONGEST_QUOTE = 100

/** A value from a token as a message may show it: quoted and cut short, since whoever made the token chose it. */
export function quoted(value: unknown): string {
  if (value === undefined) return 'none'
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return `'${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}'`
}
