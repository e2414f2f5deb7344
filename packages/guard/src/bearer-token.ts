import { TokenRefused } from './token-refused.ts'

/**
 * The token of an `Authorization: Bearer …` header (RFC 6750 §2.1); the scheme's case is free (RFC 9110 §11.1).
 *
 * @throws {TokenRefused} `missing` without a bearer token, `malformed` when more than one word follows the scheme
 */
export function bearerToken(authorizationHeader: string | null | undefined): string {
  const header = (authorizationHeader ?? '').trim()
  if (header === '') throw new TokenRefused('missing', "The request has no Authorization header; expected 'Bearer'.")
  const space = header.indexOf(' ')
  const scheme = space < 0 ? header : header.slice(0, space)
  const token = space < 0 ? '' : header.slice(space + 1).trim()
  // The scheme is not quoted: whoever forgets the word Bearer has put the token in its place.
  if (scheme.toLowerCase() !== 'bearer') {
    throw new TokenRefused('missing', "The Authorization header does not use the scheme 'Bearer'.")
  }
  if (token === '') throw new TokenRefused('missing', 'The Authorization header says Bearer, but no token follows.')
  if (/[\s,]/.test(token)) {
    throw new TokenRefused('malformed', 'The Authorization header holds more than one word after Bearer; expected one.')
  }
  return token
}
