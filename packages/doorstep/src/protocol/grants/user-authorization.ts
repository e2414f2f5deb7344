import type { CloudSettings, CloudSettingsStore } from '../../directory/cloud-settings.ts'
import { firstPartyAppIds } from '../../directory/first-party-ids.ts'
import type { PermissionGrantStore } from '../../directory/permission.ts'
import type { User } from '../../directory/user.ts'
import type { RedirectUriType, RefreshToken, SignedInUser, SignInChange } from '../sign-in-records.ts'
import { delegatedScopes } from './delegated-scopes.ts'
import type { Client, RedeemContext, TakenRefusal, UserAuthorization } from './grant.ts'
import { type MembershipParts, membershipReader } from './memberships.ts'
import { newRefreshToken } from './refresh-token-record.ts'
import type { RequestedDelegation } from './requested-delegation.ts'
import { findResource, type ResourceParts, refuseSelfByIdentifierUri } from './resource.ts'

export interface UserGrantParts extends ResourceParts, MembershipParts {
  readonly permissionGrants: PermissionGrantStore
  readonly settings: CloudSettingsStore
  /** A fresh random token in Entra's look. */
  readonly newOpaqueToken: () => string
}

/** What one of the grants has found out: who signed in, at which client, and what is asked for. */
export interface UserGrant {
  readonly endpoint: 'v1' | 'v2'
  readonly client: Client
  readonly user: User
  readonly signIn: SignedInUser
  readonly requested: RequestedDelegation
  readonly redirectUriType: RedirectUriType | null
  readonly nonce: string | null
  /** The refresh token that is being redeemed. */
  readonly redeemed: RefreshToken | null
  /** What consumes the grant itself. */
  readonly consumes: readonly SignInChange[]
  readonly takenRefusal: TakenRefusal | null
  /** Whether the authorization endpoint itself answers: never with a refresh token (RFC 6749 §4.2.2). */
  readonly isAtOnce?: boolean
}

/**
 * The second half of every user grant: the API, what is granted there, and the user's memberships.
 * @throws {EntraError} 500011, 90009, 70011, 65001 or 50105.
 */
export async function authorizeUser(
  grant: UserGrant,
  { tenant, now, origin }: Pick<RedeemContext, 'tenant' | 'now' | 'origin'>,
  parts: UserGrantParts,
): Promise<UserAuthorization> {
  const { client, user, requested } = grant
  const { consent }: CloudSettings = await parts.settings.read()
  const resource = await findResource(requested.resource.identifier, tenant, parts)
  refuseSelfByIdentifierUri(grant.endpoint, client, resource)
  const permissionGrants = await parts.permissionGrants.byClient(client.servicePrincipal.id)
  const { scopes, echo } = delegatedScopes({
    client,
    resource,
    userId: user.id,
    permissionGrants,
    requested: requested.resource,
    openId: requested.openId,
    consent,
  })
  const readMemberships = membershipReader(user, parts)
  const clientMemberships = await readMemberships(client)
  const resourceMemberships =
    resource.servicePrincipal.id === client.servicePrincipal.id ? clientMemberships : await readMemberships(resource)
  const refreshToken = wantsRefreshToken(grant) ? newRefreshToken(parts.newOpaqueToken(), grant, now) : null
  return {
    kind: 'user',
    client,
    tenant,
    user,
    signIn: grant.signIn,
    openId: requested.openId,
    nonce: grant.nonce,
    clientMemberships,
    resource,
    scopes,
    scopeEcho: grant.endpoint === 'v1' ? scopes.join(' ') : echo,
    resourceMemberships,
    wantsIdToken: grant.endpoint === 'v1' || requested.openId.has('openid'),
    refreshToken,
    allowOrigin: grant.redirectUriType === 'spa' ? origin : undefined,
    changes: refreshToken
      ? [...grant.consumes, { change: 'addRefreshToken', token: refreshToken.record }]
      : grant.consumes,
    takenRefusal: grant.takenRefusal,
  }
}

/** v1.0 always gives one; v2.0 when offline_access was asked for, at first or now. */
function wantsRefreshToken({ endpoint, requested, redeemed, isAtOnce = false }: UserGrant): boolean {
  if (isAtOnce) return false
  return endpoint === 'v1' || redeemed !== null || requested.openId.has('offline_access')
}

const family: readonly string[] = [
  firstPartyAppIds.azureCli,
  firstPartyAppIds.azurePowerShell,
  firstPartyAppIds.visualStudioCode,
]

/** Whether a client is one of Microsoft's tools that share their refresh tokens (`foci`). */
export function isFamilyClient(appId: string): boolean {
  return family.includes(appId)
}
