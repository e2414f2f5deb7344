import { isGuid, type TokenVersion } from './issuer.ts'
import { quoted, TokenRefused } from './token-refused.ts'

/** The claims of a verified access token: those that every one has, the commonest others, and the rest untyped. */
export interface AccessTokenClaims {
  readonly aud: string
  readonly iss: string
  readonly tid: string
  readonly ver: TokenVersion
  readonly oid: string
  /** Seconds since 1970, as `nbf` and `exp`. */
  readonly iat: number
  readonly nbf: number
  readonly exp: number
  readonly sub?: string
  readonly appid?: string
  readonly azp?: string
  readonly scp?: string
  readonly roles?: readonly string[]
  readonly idtyp?: string
  readonly [claim: string]: unknown
}

/** A token that passed every check, with what an API asks first. */
export interface VerifiedToken {
  readonly claims: AccessTokenClaims
  readonly version: TokenVersion
  /** `user` when an application acts for a signed-in user, `app` when it acts as itself. */
  readonly kind: 'app' | 'user'
  /** The tenant that issued the token; lower case. */
  readonly tenantId: string
  /** The user's, or for `app` the service principal's, object id in that tenant. */
  readonly objectId: string
  /** The application that asked for the token. */
  readonly clientId: string
  /** Delegated permissions; empty for `app`. */
  readonly scopes: readonly string[]
  /** App roles of this API. */
  readonly roles: readonly string[]
}

type Claims = Readonly<Record<string, unknown>>

/**
 * Reads who the token speaks for, and refuses what is no access token of that kind.
 *
 * @throws {TokenRefused} `claims`
 */
export function readAccessToken(claims: Claims, version: TokenVersion, tenantId: string): VerifiedToken {
  refuseIdToken(claims)
  const clientId = clientIdOf(claims, version)
  const scopes = scopesOf(claims)
  const kind = kindOf(claims)
  const roles = rolesOf(claims)
  // Entra also issues tokens to applications that have no service principal in the tenant; Microsoft's guidance is to
  // refuse them by the missing oid, since nobody in that tenant ever admitted the application.
  if (typeof claims.oid !== 'string' || claims.oid === '') {
    throw refused(`The token has no object id in 'oid' (${quoted(claims.oid)}), so it names nobody in its tenant.`)
  }
  return {
    claims: claims as unknown as AccessTokenClaims,
    version,
    kind,
    tenantId,
    objectId: claims.oid,
    clientId,
    scopes,
    roles,
  }
}

/** An id_token has the client as its audience, so a client that calls itself could pass one off as an access token. */
function refuseIdToken(claims: Claims): void {
  for (const claim of ['nonce', 'at_hash', 'c_hash']) {
    if (claims[claim] === undefined) continue
    throw refused(`The token is an id_token, since it has '${claim}'; an API expects an access token.`)
  }
}

function clientIdOf(claims: Claims, version: TokenVersion): string {
  const clientId = version === '1.0' ? (claims.appid ?? claims.azp) : (claims.azp ?? claims.appid)
  if (isGuid(clientId)) return clientId
  if (clientId !== undefined) throw refused(`The token's client id ${quoted(clientId)} is not a GUID.`)
  throw refused("The token names no client in 'appid' or 'azp', so it is no access token but perhaps an id_token.")
}

function scopesOf({ scp }: Claims): string[] {
  if (scp === undefined) return []
  if (typeof scp !== 'string') throw refused("The token's 'scp' is not a string of scopes separated by spaces.")
  return scp.split(' ').filter((scope) => scope !== '')
}

function rolesOf({ roles }: Claims): string[] {
  if (roles === undefined) return []
  if (Array.isArray(roles) && roles.every((role) => typeof role === 'string')) return roles
  throw refused("The token's 'roles' is not a list of strings.")
}

/** `scp` decides; `idtyp` is optional, but where it is present it must not say the opposite. */
function kindOf({ scp, idtyp }: Claims): 'app' | 'user' {
  if (idtyp === undefined) return scp === undefined ? 'app' : 'user'
  if (idtyp === 'user') return 'user'
  if (idtyp !== 'app') throw refused(`The token's 'idtyp' is ${quoted(idtyp)}; expected 'app' or 'user'.`)
  if (scp === undefined) return 'app'
  throw refused("The token contradicts itself: its 'idtyp' is 'app', yet it has delegated scopes in 'scp'.")
}

function refused(message: string): TokenRefused {
  return new TokenRefused('claims', message)
}
