import { opaqueTokenId } from '../opaque-token.ts'
import type { RedirectUriType, RefreshToken, SignedInUser } from '../sign-in-records.ts'
import type { Client } from './grant.ts'
import type { RequestedDelegation } from './requested-delegation.ts'

const dayInMilliseconds = 86_400_000
const lifetimeInMilliseconds = 90 * dayInMilliseconds
/** A page's refresh token; the ones it is exchanged for end with it. */
const pageLifetimeInMilliseconds = dayInMilliseconds

/** What a refresh token remembers. */
export interface RefreshTokenOrigin {
  readonly client: Pick<Client, 'application'>
  readonly signIn: SignedInUser
  readonly requested: Pick<RequestedDelegation, 'scopes' | 'v1Resource'>
  readonly redirectUriType: RedirectUriType | null
  /** The token it is issued in exchange for. */
  readonly redeemed: RefreshToken | null
}

/**
 * A refresh token as it is kept: 90 days from now; a page's 24 hours from its sign-in ("Refresh tokens in the
 * Microsoft identity platform"). One that is issued in exchange remembers what the first one did.
 */
export function newRefreshToken(
  text: string,
  { client, signIn, requested, redirectUriType, redeemed }: RefreshTokenOrigin,
  now: number,
): { readonly text: string; readonly record: RefreshToken } {
  const ofPage = redirectUriType === 'spa'
  const { tenantId, userId, method, authenticatedAt, sessionId } = signIn
  return {
    text,
    record: {
      tenantId,
      userId,
      method,
      authenticatedAt,
      sessionId,
      id: opaqueTokenId(text),
      clientAppId: client.application.appId,
      redirectUriType,
      scopes: redeemed?.scopes ?? requested.scopes,
      resource: redeemed ? redeemed.resource : requested.v1Resource,
      issuedAt: now,
      expiresAt: ofPage ? (redeemed?.expiresAt ?? now + pageLifetimeInMilliseconds) : now + lifetimeInMilliseconds,
    },
  }
}
