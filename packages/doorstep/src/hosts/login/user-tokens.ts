import { randomInt } from 'node:crypto'
import { NoSuchRecord } from '../../directory/changes.ts'
import { idTokenClaims, unsignedToken } from '../../protocol/claims/id-token.ts'
import { userAccessToken } from '../../protocol/claims/user-access-token.ts'
import { clientInfo, type UserIssuance } from '../../protocol/claims/user-claims.ts'
import { entraError } from '../../protocol/errors.ts'
import type { UserAuthorization } from '../../protocol/grants/grant.ts'
import { isFamilyClient } from '../../protocol/grants/user-authorization.ts'
import type { TokenRequest } from '../../protocol/token-request.ts'
import { userTokenResponse } from '../../protocol/token-response.ts'
import { opaqueValues } from '../../tokens/opaque-values.ts'
import type { LoginParts } from './login-parts.ts'

/**
 * The body that answers a user's grant: signs the tokens, then writes what they promise, and only then says them.
 * @throws {EntraError} 54005 or 7000014 when somebody else has consumed the grant meanwhile.
 */
export async function issueUserTokens(
  authorization: UserAuthorization,
  request: TokenRequest,
  issuance: UserIssuance,
  parts: LoginParts,
): Promise<string> {
  const { endpoint } = request
  const { client, user, resource, refreshToken, changes, takenRefusal } = authorization
  const accessToken = userAccessToken(authorization, issuance)
  const [signedToken, idToken] = await Promise.all([
    parts.issuer.sign(accessToken),
    authorization.wantsIdToken ? signedIdToken(authorization, endpoint, issuance, parts) : undefined,
  ])
  if (changes.length > 0) await commitGrant(changes, takenRefusal, parts)
  return userTokenResponse({
    endpoint,
    accessToken,
    signedToken,
    now: issuance.now,
    resource: resource.identifier,
    scope: authorization.scopeEcho,
    refreshToken: refreshToken?.text,
    refreshTokenExpiresAt: refreshToken?.record.redirectUriType === 'spa' ? refreshToken.record.expiresAt : undefined,
    isFamily: isFamilyClient(client.application.appId),
    idToken,
    clientInfo: request.parameter('client_info') === '1' ? clientInfo(user) : undefined,
  })
}

/** An id_token of the token endpoint; v1.0 leaves it unsigned. */
async function signedIdToken(
  authorization: UserAuthorization,
  version: 'v1' | 'v2',
  issuance: UserIssuance,
  { issuer }: LoginParts,
): Promise<string> {
  const claims = idTokenClaims(authorization, version, { ...issuance, opaque: opaqueValues() })
  return version === 'v1' ? unsignedToken(claims) : issuer.sign({ version, claims })
}

async function commitGrant(
  changes: UserAuthorization['changes'],
  takenRefusal: UserAuthorization['takenRefusal'],
  { commit }: LoginParts,
): Promise<void> {
  try {
    await commit(changes)
  } catch (error) {
    if (takenRefusal !== null && error instanceof NoSuchRecord) throw entraError(takenRefusal)
    throw error
  }
}

/** Between 60 and 90 minutes, so that tokens of one sign-in do not run out at once. */
export function userTokenLifetime(): number {
  return randomInt(3600, 5400)
}
