import type { AccessToken, TokenCredential } from '../credential.ts'
import { CredentialOptionError } from '../errors.ts'
import { unverifiedClaims } from '../json-object.ts'
import { requireOptionNames } from '../options/option-names.ts'

export interface BearerTokenCredentialOptions {
  /** An access token, or what gives one: called each time, it should keep its token itself. */
  token: string | (() => string | Promise<string>)
}

/** How long a token that names no end is passed on before `token` is asked again. */
const UNKNOWN_LIFETIME_MILLISECONDS = 60_000

/** A token that somebody else got: whatever scopes are asked for, it is given. Whether it is still good, the API says. */
export class BearerTokenCredential implements TokenCredential {
  readonly #token: BearerTokenCredentialOptions['token']

  /** @throws {CredentialOptionError} unless `token` is a text of the right form or a function */
  constructor(options: BearerTokenCredentialOptions) {
    requireOptionNames<BearerTokenCredentialOptions>('BearerTokenCredential', options, { token: true })
    const { token } = options
    this.#token = typeof token === 'function' ? token : requireToken(token)
  }

  /** @throws {CredentialOptionError} when the function gives no token; what the function throws, else */
  async getToken(): Promise<AccessToken> {
    const token = typeof this.#token === 'function' ? requireToken(await this.#token()) : this.#token
    return {
      token,
      expiresOnTimestamp: expiryOf(token) ?? Date.now() + UNKNOWN_LIFETIME_MILLISECONDS,
      tokenType: 'Bearer',
    }
  }
}

/** RFC 6750 §2.1: the characters of a bearer token. The message does not repeat the value. */
function requireToken(value: unknown): string {
  if (typeof value === 'string' && /^[\w.~+/-]+=*$/.test(value)) return value
  const fault =
    typeof value !== 'string' || value === ''
      ? 'is missing'
      : /^bearer\s/i.test(value)
        ? `begins with 'Bearer'`
        : 'has characters that no access token has, such as white space'
  throw new CredentialOptionError(
    'token',
    `token ${fault}: pass the access token alone, as text, or a function that gives it.`,
  )
}

/** From the JWT's `exp`, in milliseconds since 1970; unchecked, it only says when to ask again. */
function expiryOf(token: string): number | undefined {
  const { exp } = unverifiedClaims(token) ?? {}
  return typeof exp === 'number' ? exp * 1000 : undefined
}
