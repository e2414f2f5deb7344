import type { Members } from './decode-token.ts'
import { readIssuer } from './issuer.ts'

export type TokenKind = 'access token' | 'id_token' | 'client assertion' | 'token of another issuer'

/** Which kind of token the claims make it. Entra's tokens do not say it themselves. */
export function tokenKind(claims: Members): TokenKind {
  if (isClientAssertion(claims)) return 'client assertion'
  if (claims.ver === undefined && !readIssuer(claims.iss)) return 'token of another issuer'
  if (['nonce', 'at_hash', 'c_hash'].some((claim) => claims[claim] !== undefined)) return 'id_token'
  return claims.azp === undefined && claims.appid === undefined ? 'id_token' : 'access token'
}

/** RFC 7523 §3: made by the client itself, for the token endpoint. */
function isClientAssertion({ iss, sub, aud }: Members): boolean {
  return typeof iss === 'string' && iss === sub && typeof aud === 'string' && /\/(?:oauth2\/|v2\.0$)/.test(aud)
}

/** Whether an access token speaks for a user or for the application itself. */
export function isUserToken({ scp, idtyp }: Members): boolean {
  return idtyp === undefined ? scp !== undefined : idtyp === 'user'
}

/** What a text that is no JWT looks like, from its first letters. */
export function opaqueKind(token: string): string | undefined {
  if (/^[01]\.A[\w-]{20,}\.[\w-]{20,}$/.test(token) || /^(?:M\.C|0\.A|1\.A|OAQAB|AQAB)/.test(token)) {
    return 'a refresh token or an authorization code'
  }
  if (/^[\w.~-]{3}\dQ~[\w.~-]{30,}$/.test(token)) return 'a client secret'
  return undefined
}
