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
