import type { Application, PermissionScope } from '../directory/application.ts'
import type { PermissionGrant } from '../directory/permission.ts'
import { isMicrosoftGraph, type OpenIdScope, type RequestedResource, scopeValues } from './requested-scopes.ts'

/** An API and its presence in the tenant. */
export interface ResourceInTenant {
  readonly application: Application
  /** Object id. */
  readonly servicePrincipalId: string
}

/** Who wants to act for whom at which API. */
export interface DelegatedAccess {
  /** The client; `servicePrincipalId` is its object id in the tenant. */
  readonly client: { readonly appId: string; readonly servicePrincipalId: string }
  readonly resource: ResourceInTenant
  /** Object id of the user in the tenant. */
  readonly userId: string
  /** All recorded consent of the client; what is for others is left out here. */
  readonly permissionGrants: readonly PermissionGrant[]
}

/** Whether a grant is for everybody or for this user. */
export function holdsFor({ consentType, principalId }: PermissionGrant, userId: string): boolean {
  return consentType === 'AllPrincipals' || principalId === userId
}

/**
 * The delegated permissions the client holds for this user at the API: consent of the user and of administrators,
 * and what the API has authorized beforehand, as far as the API still exposes it ("Permissions and consent overview").
 */
export function consentedScopes(access: DelegatedAccess): readonly PermissionScope[] {
  const { application, servicePrincipalId } = access.resource
  const preAuthorized = application.api.preAuthorizedApplications.find(({ appId }) => appId === access.client.appId)
  const recorded = access.permissionGrants.filter(
    (grant) => grant.resourceId === servicePrincipalId && holdsFor(grant, access.userId),
  )
  const values = new Set(recorded.flatMap(({ scope }) => scopeValues(scope.toLowerCase())))
  return application.api.oauth2PermissionScopes.filter(
    ({ id, value, isEnabled }) =>
      isEnabled && (values.has(value.toLowerCase()) || preAuthorized?.delegatedPermissionIds.includes(id)),
  )
}

/** Whether the user may sign in to the client and be read by it, the least an application has consent for. */
export function mayReadUser(permissionGrants: readonly PermissionGrant[], userId: string): boolean {
  return permissionGrants.some(
    (grant) => holdsFor(grant, userId) && scopeValues(grant.scope.toLowerCase()).includes('user.read'),
  )
}

/**
 * The scopes of an access token (`scp`), in alphabetical order: everything granted for this API, whatever of it was
 * asked for. `offline_access` is about refresh tokens and never among them. An application that asks for itself needs
 * to expose nothing: `User.Read` at Microsoft Graph lets it, and stands for that in the token. Empty means that
 * nothing is granted, and no token can be had (65001).
 */
export function grantedScopes(access: DelegatedAccess): readonly string[] {
  const granted = consentedScopes(access)
    .map(({ value }) => value)
    .filter((value) => value !== 'offline_access')
    .toSorted((a, b) => a.localeCompare(b, 'en'))
  const isItself = access.resource.application.appId === access.client.appId
  if (granted.length === 0 && isItself && mayReadUser(access.permissionGrants, access.userId)) return ['User.Read']
  return granted
}

const echoedOpenIdScopes: readonly OpenIdScope[] = ['openid', 'profile', 'email']

/**
 * The `scope` of a token answer: all that was granted, since clients keep tokens by it; `.default` at the end when it
 * was asked for. Scopes carry the API in front, as the request named it; those of Microsoft Graph only when the
 * request wrote them so. OpenID Connect scopes are Microsoft Graph's and shown without it.
 */
export function scopeEcho(resource: RequestedResource, granted: readonly string[]): string {
  const { identifier, form, scopes } = resource
  const isGraph = isMicrosoftGraph(identifier)
  const openId = isGraph ? echoedOpenIdScopes.filter((scope) => granted.includes(scope)) : []
  const others = granted.filter((scope) => !openId.some((shown) => shown === scope))
  const named = scopes === 'default' ? [...others, '.default'] : others
  return [...openId, ...named.map((scope) => (form === 'short' ? scope : `${identifier}/${scope}`))].join(' ')
}
