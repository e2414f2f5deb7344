import { firstPartyAppIds } from '../../directory/first-party-ids.ts'
import { issuerOf } from '../authority.ts'
import type { UserAuthorization } from '../grants/grant.ts'
import { type AccessToken, accessTokenVersion, authenticationClass, type Claims, timesOf } from './access-token.ts'
import { pairwiseSubject } from './pairwise-subject.ts'
import {
  guestClaims,
  membershipClaims,
  optionalClaims,
  ordered,
  personClaimsOfV1,
  personClaimsOfV2,
  type UserIssuance,
} from './user-claims.ts'

/**
 * The access token of an application that acts for a user. `oid` is the user, `sub` the user as this API knows him,
 * `scp` what the application may do. Its version is the API's choice. Microsoft's access token claims reference.
 */
export function userAccessToken(authorization: UserAuthorization, issuance: UserIssuance): AccessToken {
  const { client, resource, user, tenant, scopes } = authorization
  const { authority, opaque, keyedHash } = issuance
  const version = accessTokenVersion(resource.application)
  const times = timesOf(issuance)
  const subject = { userId: user.id, appId: resource.application.appId, tenantId: tenant.id }
  const claims: Claims = {
    ...optionalClaims(resource.application.optionalClaims?.accessToken ?? [], authorization, issuance),
    aud: version === 'v1' ? resource.identifier : resource.application.appId,
    iss: issuerOf(authority, tenant.id, version),
    iat: times.notBefore,
    nbf: times.notBefore,
    exp: times.expiresOn,
    aio: opaque.aio,
    ...(version === 'v1'
      ? { acr: '1', appid: client.application.appId, appidacr: authenticationClass(client) }
      : { azp: client.application.appId, azpacr: authenticationClass(client) }),
    ...(version === 'v1' ? personClaimsOfV1(authorization, issuance) : personClaimsOfV2(authorization)),
    ...guestClaims(authorization, issuance),
    ...membershipClaims(authorization.resourceMemberships, authorization, issuance),
    ...tokenTypeClaim(authorization),
    ...(resource.application.appId === firstPartyAppIds.microsoftGraph && graphClaims(authorization, issuance)),
    oid: user.id,
    rh: opaque.rh,
    scp: scopes.join(' '),
    sub: pairwiseSubject(subject, keyedHash),
    tid: tenant.id,
    uti: opaque.uti,
    ver: version === 'v1' ? '1.0' : '2.0',
    xms_ftd: opaque.xms_ftd,
  }
  return { version, claims: ordered(claims), ...times }
}

/** Microsoft Graph's tokens say that they are a user's; others on demand, with `include_user_token`. */
function tokenTypeClaim({ resource: { application } }: UserAuthorization): Claims {
  const asked = application.optionalClaims?.accessToken.find(({ name }) => name === 'idtyp')
  const says =
    application.appId === firstPartyAppIds.microsoftGraph ||
    asked?.additionalProperties.includes('include_user_token') === true
  return says ? { idtyp: 'user' } : {}
}

/** `xms_st.sub` is the user as the client knows him; userinfo answers with it. */
function graphClaims({ client, user, tenant }: UserAuthorization, { keyedHash }: UserIssuance): Claims {
  const { appId, displayName } = client.application
  return {
    acct: user.userType === 'Guest' ? 1 : 0,
    app_displayname: displayName,
    tenant_region_scope: 'WW',
    xms_st: { sub: pairwiseSubject({ userId: user.id, appId, tenantId: tenant.id }, keyedHash) },
    xms_tcdt: Math.floor(Date.parse(tenant.createdDateTime) / 1000),
  }
}
