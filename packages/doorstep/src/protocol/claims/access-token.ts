import type { Application } from '../../directory/application.ts'
import { firstPartyAppIds, microsoftServicesTenantId } from '../../directory/first-party-ids.ts'
import type { Tenant } from '../../directory/tenant.ts'
import { type Authority, issuerOf } from '../authority.ts'
import type { AppAuthorization, Client } from '../grants/grant.ts'

export type Claims = Readonly<Record<string, unknown>>

/** What a token carries that no rule decides: made fresh for each. */
export interface OpaqueValues {
  /** Unique token id, 22 characters of base64url. */
  readonly uti: string
  readonly aio: string
  readonly rh: string
  readonly xms_ftd: string
}

export interface Issuance {
  readonly authority: Authority
  readonly tenant: Tenant
  /** Milliseconds. */
  readonly now: number
  readonly lifetimeInSeconds: number
  readonly opaque: OpaqueValues
}

export interface AccessToken {
  readonly version: 'v1' | 'v2'
  readonly claims: Claims
  /** Unix seconds. */
  readonly notBefore: number
  readonly expiresOn: number
}

/** Entra dates tokens back, so that clients whose clocks are slow take them. */
const backdatedBySeconds = 300
/** The directory role template that every application has towards Microsoft Graph. */
const applicationRoleTemplateId = '0997a1d0-0d1d-4acb-b408-d5ca73121e90'

/** The version of access tokens is the API's choice, never the endpoint's; null means 1. */
export function accessTokenVersion(resource: Application): 'v1' | 'v2' {
  return resource.api.requestedAccessTokenVersion === 2 ? 'v2' : 'v1'
}

/** How the client proved itself, as `appidacr` and `azpacr` say it. */
export function authenticationClass({ authenticatedBy }: Client): '0' | '1' | '2' {
  return authenticatedBy === 'certificate' ? '2' : authenticatedBy === 'secret' ? '1' : '0'
}

/** When a token begins and ends, in Unix seconds. */
export function timesOf({ now, lifetimeInSeconds }: Pick<Issuance, 'now' | 'lifetimeInSeconds'>): {
  readonly notBefore: number
  readonly expiresOn: number
} {
  const issued = Math.floor(now / 1000)
  return { notBefore: issued - backdatedBySeconds, expiresOn: issued + lifetimeInSeconds }
}

/** Whether the token says that it is an application's: Microsoft's own APIs do, others on demand. */
function saysTokenType({ application }: AppAuthorization['resource']): boolean {
  if (application.tenantId === microsoftServicesTenantId) return true
  return application.optionalClaims?.accessToken.some((claim) => claim.name === 'idtyp') ?? false
}

/**
 * The access token of an application acting as itself: `oid` and `sub` are its service principal, there is no `scp`,
 * `roles` only when there are any. Microsoft's access token claims reference; v1.0 and v2.0 differ in `aud` (as
 * asked, or the API's client id), `iss`, and the names of the client's claims.
 */
export function appAccessToken(authorization: AppAuthorization, issuance: Issuance): AccessToken {
  const { client, resource, roles, groups } = authorization
  const { authority, tenant, opaque } = issuance
  const version = accessTokenVersion(resource.application)
  const { notBefore, expiresOn } = timesOf(issuance)
  const issuer = issuerOf(authority, tenant.id, version)
  const appId = client.application.appId
  const objectId = client.servicePrincipal.id
  const forGraph = resource.application.appId === firstPartyAppIds.microsoftGraph
  const claims: Record<string, unknown> = {
    aud: version === 'v1' ? resource.identifier : resource.application.appId,
    iss: issuer,
    iat: notBefore,
    nbf: notBefore,
    exp: expiresOn,
    aio: opaque.aio,
  }
  if (version === 'v1') {
    if (forGraph) claims.app_displayname = client.application.displayName
    claims.appid = appId
    claims.appidacr = authenticationClass(client)
  } else {
    claims.azp = appId
    claims.azpacr = authenticationClass(client)
  }
  if (groups.length > 0) claims.groups = groups
  if (version === 'v1') claims.idp = issuer
  if (saysTokenType(resource)) claims.idtyp = 'app'
  claims.oid = objectId
  claims.rh = opaque.rh
  if (roles.length > 0) claims.roles = roles
  claims.sub = objectId
  if (forGraph) claims.tenant_region_scope = 'WW'
  claims.tid = tenant.id
  claims.uti = opaque.uti
  claims.ver = version === 'v1' ? '1.0' : '2.0'
  if (forGraph) {
    claims.wids = [applicationRoleTemplateId]
    claims.xms_tcdt = Math.floor(Date.parse(tenant.createdDateTime) / 1000)
  }
  claims.xms_ftd = opaque.xms_ftd
  return { version, claims, notBefore, expiresOn }
}
