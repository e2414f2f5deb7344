import type { UserStore } from '../../directory/user.ts'
import { entraError } from '../errors.ts'
import { isOpaqueToken, opaqueTokenId } from '../opaque-token.ts'
import { verifyCodeVerifier } from '../pkce.ts'
import type { AuthorizationCode, AuthorizationCodeStore } from '../sign-in-records.ts'
import { segmentName } from '../tenant-segment.ts'
import type { TokenRequest } from '../token-request.ts'
import type { Grant } from './grant.ts'
import { provenClient } from './proven-client.ts'
import { requestedDelegation } from './requested-delegation.ts'
import { accountBehindCode } from './sign-in-revocation.ts'
import { authorizeUser, type UserGrantParts } from './user-authorization.ts'

export interface AuthorizationCodeParts extends UserGrantParts {
  readonly authorizationCodes: AuthorizationCodeStore
  readonly users: UserStore
}

/** Authorization code grant: a client redeems what a sign-in left with it. RFC 6749 §4.1.3, RFC 7636 §4.6. */
export function authorizationCodeGrant(parts: AuthorizationCodeParts): Grant {
  const find = async (request: TokenRequest) => {
    const text = request.required('code')
    return codeFound(text, await parts.authorizationCodes.byId(opaqueTokenId(text)))
  }
  return {
    grantTypes: ['authorization_code'],
    tenantOver: async (request) => (await find(request)).tenantId,
    required: () => ['code', 'redirect_uri'],
    async redeem(request, context) {
      const { registered, segment, tenant, now } = context
      const code = await find(request)
      refuseRedemption(code, {
        clientAppId: registered.application.appId,
        segment: segmentName(segment),
        tenantId: tenant.id,
        redirectUri: request.required('redirect_uri'),
        now,
      })
      const { redirectUriType } = code
      const client = await provenClient(request, context, redirectUriType)
      verifyCodeVerifier(code.codeChallenge, request.parameter('code_verifier'), redirectUriType)
      const requested = requestedDelegation(request, code, 'refuse')
      const user = await accountBehindCode(code, tenant, parts.users)
      return authorizeUser(
        {
          endpoint: request.endpoint,
          client,
          user,
          signIn: code,
          requested,
          redirectUriType,
          nonce: code.nonce,
          redeemed: null,
          consumes: [{ change: 'consumeAuthorizationCode', id: code.id }],
          takenRefusal: 'codeRedeemed',
        },
        context,
        parts,
      )
    },
  }
}

/**
 * The code behind what was sent.
 * @throws {EntraError} 9002313 for what has not the form of a code, 70000 for an unknown one, 54005 for a second use.
 */
function codeFound(
  text: string,
  found: { readonly code: AuthorizationCode; readonly consumed: boolean } | undefined,
): AuthorizationCode {
  if (!found) throw entraError(isOpaqueToken(text) ? 'codeInvalid' : 'codeMalformed')
  if (found.consumed) throw entraError('codeRedeemed')
  return found.code
}

/** What a redemption is compared with its code by. */
interface Redemption {
  readonly clientAppId: string
  /** The tenant segment of the token URL, in lower case. */
  readonly segment: string
  /** The tenant tokens are asked for. */
  readonly tenantId: string
  readonly redirectUri: string
  /** Milliseconds. */
  readonly now: number
}

/**
 * Whether a code may be redeemed so (RFC 6749 §4.1.3).
 * @throws {EntraError} 70000 for another client, 700005 for another tenant, 70008 when it is too old, 500112 for
 * another redirect URI.
 */
function refuseRedemption(code: AuthorizationCode, redemption: Redemption): void {
  if (code.clientAppId !== redemption.clientAppId) throw entraError('codeInvalid')
  if (code.segment !== redemption.segment && code.tenantId !== redemption.segment) throw entraError('codeOfOtherTenant')
  if (redemption.now >= code.expiresAt) throw entraError('codeExpired')
  if (code.redirectUri !== redemption.redirectUri) {
    throw entraError('redirectUriChanged', { sent: redemption.redirectUri, expected: code.redirectUri })
  }
}
