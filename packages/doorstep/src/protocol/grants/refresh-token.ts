import { personalAccountsTenantId } from '../../directory/personal-accounts.ts'
import type { User, UserStore } from '../../directory/user.ts'
import { identityProviderOf } from '../authority.ts'
import { entraError } from '../errors.ts'
import { isOpaqueToken, opaqueTokenId } from '../opaque-token.ts'
import { platformInstant } from '../platform-instant.ts'
import type { RefreshToken, RefreshTokenStore } from '../sign-in-records.ts'
import type { TokenRequest } from '../token-request.ts'
import { accountInTenant, type HomeAccount, homeOf } from './account-in-tenant.ts'
import type { Grant, RedeemContext, TenantlessSegment } from './grant.ts'
import { provenClient } from './proven-client.ts'
import { requestedDelegation } from './requested-delegation.ts'
import { refuseRevoked } from './sign-in-revocation.ts'
import { signedInUser } from './signed-in-user.ts'
import { authorizeUser, isFamilyClient, type UserGrantParts } from './user-authorization.ts'

export interface RefreshTokenParts extends UserGrantParts {
  readonly refreshTokens: RefreshTokenStore
  readonly users: UserStore
}

/**
 * Refresh token grant (RFC 6749 §6) by Entra's rules: a token is for a user and a client, for any API and for every
 * tenant the user belongs to; each use gives a new one, and the old one stays valid.
 */
export function refreshTokenGrant(parts: RefreshTokenParts): Grant {
  const find = async (request: TokenRequest) => {
    const text = request.required('refresh_token')
    const found = await parts.refreshTokens.byId(opaqueTokenId(text))
    if (!found) throw entraError(isOpaqueToken(text) ? 'refreshTokenInvalid' : 'codeMalformed')
    return found
  }
  return {
    grantTypes: ['refresh_token'],
    tenantOver: async (request, segment) => {
      const token = await find(request)
      refuseOtherAccounts(await homeOfToken(token, parts.users), segment)
      return segment.kind === 'personal' ? personalAccountsTenantId : token.tenantId
    },
    required: () => ['refresh_token'],
    async redeem(request, context) {
      const { registered, now } = context
      const token = await find(request)
      refuseClient(token, registered.application.appId)
      const { redirectUriType } = token
      const client = await provenClient(request, context, redirectUriType)
      refuseExpired(token, now)
      const user = await accountOf(token, context, parts.users)
      return authorizeUser(
        {
          endpoint: request.endpoint,
          client,
          user,
          signIn: { ...token, tenantId: user.tenantId, userId: user.id },
          requested: requestedDelegation(request, token, 'first'),
          redirectUriType,
          nonce: null,
          redeemed: token,
          consumes: [],
          takenRefusal: null,
        },
        context,
        parts,
      )
    },
  }
}

async function homeOfToken({ tenantId, userId }: RefreshToken, users: UserStore): Promise<HomeAccount> {
  const user = await users.byId(userId)
  return user ? homeOf(user) : { tenantId, userId }
}

/** @throws {EntraError} 7000012 for a personal account over organizations, or a work account over consumers. */
function refuseOtherAccounts(home: Pick<HomeAccount, 'tenantId'>, segment: TenantlessSegment): void {
  const isPersonal = home.tenantId === personalAccountsTenantId
  const isWelcome = segment.kind === 'personal' ? isPersonal : segment.alias === 'common' || !isPersonal
  if (!isWelcome) throw entraError('grantOfOtherAccounts')
}

/** @throws {EntraError} 70000 for another client, unless both are of the family that shares its tokens. */
export function refuseClient({ clientAppId }: Pick<RefreshToken, 'clientAppId'>, appId: string): void {
  if (clientAppId === appId) return
  if (!isFamilyClient(clientAppId)) throw entraError('refreshTokenInvalid')
  if (!isFamilyClient(appId)) throw entraError('refreshTokenNotOfFamily')
}

/** @throws {EntraError} 700082 after 90 days, 700084 for a page's after its 24 hours. */
export function refuseExpired(token: RefreshToken, now: number): void {
  if (now < token.expiresAt) return
  const issuedAt = platformInstant(token.issuedAt)
  throw entraError(token.redirectUriType === 'spa' ? 'pageRefreshTokenExpired' : 'refreshTokenExpired', { issuedAt })
}

/**
 * The user's account in the tenant asked for; account and password at home decide too.
 * @throws {EntraError} 50034, 50057, 50173, or 50020 and for a personal account 7000012 when there is none.
 */
async function accountOf(token: RefreshToken, { tenant, registered }: RedeemContext, users: UserStore): Promise<User> {
  const { appId, displayName: name } = registered.application
  const issuedFor = await users.byId(token.userId)
  if (!issuedFor) throw entraError('userNotFound', { tenant: tenant.displayName })
  const home: HomeAccount = homeOf(issuedFor)
  const atHome = home.userId === issuedFor.id ? issuedFor : await users.byId(home.userId)
  const password = await users.passwordOf(home.userId)
  refuseRevoked(token, token.issuedAt, { user: atHome ?? issuedFor, password })
  if (!atHome) throw entraError('userNotFound', { tenant: tenant.displayName })
  if (!atHome.accountEnabled) throw entraError('userDisabled')
  const account = issuedFor.tenantId === tenant.id ? issuedFor : await accountInTenant(home, tenant, users)
  if (!account) {
    if (home.tenantId === personalAccountsTenantId) throw entraError('grantOfOtherAccounts')
    const identityProvider = identityProviderOf(home.tenantId)
    throw entraError('grantOfOtherTenant', { identityProvider, tenant: tenant.displayName, appId, name })
  }
  refuseRevoked(token, token.issuedAt, { user: account, password: undefined })
  return signedInUser(account, tenant)
}
