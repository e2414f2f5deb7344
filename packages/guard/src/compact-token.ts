import { base64url } from 'jose'
import { repeatedMember } from './repeated-member.ts'
import { quoted, TokenRefused } from './token-refused.ts'

/** Longer tokens than this, in characters, are refused unread. Entra's own stay far below. */
const LONGEST_TOKEN = 64 * 1024

/** Claims of Entra are nested three levels deep (`_claim_sources`). */
const DEEPEST_NESTING = 32

/** A JWT taken apart. Nothing in it is trustworthy before its signature has been verified. */
export interface CompactToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * Takes a JWS in compact serialization (RFC 7515 §7.1) apart.
 *
 * @throws {TokenRefused} `missing` for no token, `malformed` when it is not a signed JWT
 */
export function parseCompactToken(token: string): CompactToken {
  if (typeof token !== 'string' || token === '') throw new TokenRefused('missing', 'There is no token to verify.')
  if (token.length > LONGEST_TOKEN) {
    throw malformed(`is ${token.length} characters long; the limit is ${LONGEST_TOKEN}`)
  }
  if (/^bearer /i.test(token)) throw malformed("starts with 'Bearer '; expected the token alone (see bearerToken)")
  const parts = token.split('.', 6)
  const [header, payload, signature] = parts
  if (parts.length === 5) throw malformed('has five parts, so it is encrypted; expected a signed token of three parts')
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) {
    throw malformed('is not a JWT; expected three parts separated by dots')
  }
  if (!/^[\w-]*$/.test(signature)) throw malformed('has a signature that is not base64url')
  return { header: jsonObject('header', header), claims: jsonObject('payload', payload) }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function jsonObject(part: 'header' | 'payload', encoded: string): Record<string, unknown> {
  if (!/^[\w-]+$/.test(encoded)) throw malformed(`has a ${part} that is not base64url`)
  let text: string
  let value: unknown
  try {
    text = utf8.decode(base64url.decode(encoded))
  } catch {
    throw malformed(`has a ${part} that is not JSON in UTF-8`) // the decoder's own message would quote the token
  }
  if (isNestedTooDeep(text)) throw malformed(`has a ${part} that is nested deeper than ${DEEPEST_NESTING} levels`)
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed(`has a ${part} that is not JSON in UTF-8`) // and so would the parser's
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(`has a ${part} that is not a JSON object`)
  }
  const repeated = repeatedMember(text, value)
  if (repeated !== undefined) throw malformed(`has a ${part} that holds ${quoted(repeated)} twice`)
  return value as Record<string, unknown>
}

/** What goes through a value by recursion, as `JSON.stringify` does, would overflow the stack on a hostile one. */
function isNestedTooDeep(text: string): boolean {
  // An ordinary token has too few brackets to be deep, wherever they stand.
  if (text.split('{').length + text.split('[').length <= DEEPEST_NESTING) return false
  let depth = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') depth -= 1
    if (depth > DEEPEST_NESTING) return true
  }
  return false
}

function malformed(what: string): TokenRefused {
  return new TokenRefused('malformed', `The token ${what}.`)
}
