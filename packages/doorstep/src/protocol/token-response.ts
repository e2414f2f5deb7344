import type { AccessToken } from './claims/access-token.ts'

/** A granted application token with all that the two dialects say of it. */
export interface GrantedAppToken {
  readonly endpoint: 'v1' | 'v2'
  readonly accessToken: AccessToken
  readonly signedToken: string
  /** Milliseconds. */
  readonly now: number
  /** The API as the request named it; v1.0 echoes it. */
  readonly resource: string
}

/**
 * The body of a successful answer, members in Entra's order. v2.0 writes numbers; v1.0 writes them as strings and
 * adds `expires_on`, `not_before` and `resource`. `expires_in` counts whole seconds from now.
 */
export function appTokenResponse({ endpoint, accessToken, signedToken, now, resource }: GrantedAppToken): string {
  const seconds = Math.max(0, Math.floor(accessToken.expiresOn - now / 1000))
  if (endpoint === 'v2') {
    return `{"token_type":"Bearer","expires_in":${seconds},"ext_expires_in":${seconds},"access_token":"${signedToken}"}`
  }
  const { expiresOn, notBefore } = accessToken
  return `{"token_type":"Bearer","expires_in":"${seconds}","ext_expires_in":"${seconds}","expires_on":"${expiresOn}","not_before":"${notBefore}","resource":${JSON.stringify(resource)},"access_token":"${signedToken}"}`
}

/** Tokens for a user with all that the two dialects say of them. */
export interface GrantedUserTokens {
  readonly endpoint: 'v1' | 'v2'
  readonly accessToken: Pick<AccessToken, 'expiresOn' | 'notBefore'>
  readonly signedToken: string
  /** Milliseconds. */
  readonly now: number
  /** The API as the request named it; v1.0 echoes it. */
  readonly resource: string
  readonly scope: string
  readonly refreshToken: string | undefined
  /** Milliseconds; given for a page's refresh token, whose end is fixed. */
  readonly refreshTokenExpiresAt: number | undefined
  /** Whether the client shares refresh tokens with others of Microsoft's tools. */
  readonly isFamily: boolean
  readonly idToken: string | undefined
  readonly clientInfo: string | undefined
}

/** Tokens that live longer are to be renewed in the middle of their life. */
const longLivedInSeconds = 7200
const pageLifetimeInSeconds = 86_399

/** The body of a successful answer to a user's grant, members in Entra's order; see `appTokenResponse`. */
export function userTokenResponse(granted: GrantedUserTokens): string {
  const { endpoint, accessToken, now, refreshTokenExpiresAt } = granted
  const left = Math.max(0, Math.floor(accessToken.expiresOn - now / 1000))
  const written = endpoint === 'v2' ? (seconds: number) => seconds : (seconds: number) => String(seconds)
  return JSON.stringify({
    token_type: 'Bearer',
    scope: granted.scope,
    expires_in: written(left),
    ext_expires_in: written(left),
    ...(left > longLivedInSeconds && { refresh_in: written(Math.floor(left / 2)) }),
    ...(endpoint === 'v1' && {
      expires_on: String(accessToken.expiresOn),
      not_before: String(accessToken.notBefore),
      resource: granted.resource,
    }),
    access_token: granted.signedToken,
    refresh_token: granted.refreshToken,
    ...(refreshTokenExpiresAt !== undefined && {
      refresh_token_expires_in: Math.min(pageLifetimeInSeconds, Math.floor((refreshTokenExpiresAt - now) / 1000)),
    }),
    ...(granted.isFamily && granted.refreshToken !== undefined && { foci: '1' }),
    id_token: granted.idToken,
    client_info: granted.clientInfo,
  })
}
