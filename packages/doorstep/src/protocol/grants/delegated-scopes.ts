import { firstPartyAppIds } from '../../directory/first-party-ids.ts'
import type { PermissionGrant } from '../../directory/permission.ts'
import { entraError } from '../errors.ts'
import { grantedScopes, scopeEcho } from '../granted-scopes.ts'
import { needsPreAuthorization } from '../pre-authorization.ts'
import { isMicrosoftGraph, type OpenIdScope, type RequestedResource } from '../requested-scopes.ts'
import type { RegisteredClient, Resource } from './grant.ts'

export interface Delegation {
  readonly client: RegisteredClient
  readonly resource: Resource
  /** Object id of the user in the tenant. */
  readonly userId: string
  readonly permissionGrants: readonly PermissionGrant[]
  readonly requested: RequestedResource
  readonly openId: ReadonlySet<OpenIdScope>
  /** The setting of the local cloud: `auto` counts everything asked for as granted. */
  readonly consent: 'ask' | 'auto'
}

/** OpenID Connect scopes that tokens for Microsoft Graph show. */
const shownOpenIdScopes: readonly OpenIdScope[] = ['openid', 'profile', 'email']

/**
 * The scopes of a user's access token: all that is granted at the API, which must be at least something and hold every
 * named one that is asked for.
 * @throws {EntraError} 70011 for a named scope that the API does not have, 65001 when consent is missing, 65002 when
 * nobody could give it.
 */
export function delegatedScopes(delegation: Delegation): { readonly scopes: readonly string[]; readonly echo: string } {
  const { client, resource, requested, openId } = delegation
  const named = requested.scopes === 'default' ? [] : requested.scopes
  for (const scope of named) refuseUnknown(scope, resource)
  const { appId, displayName: name } = client.application
  const granted = withAutomatic(
    grantedScopes({
      client: { appId, servicePrincipalId: client.servicePrincipal.id },
      resource: { application: resource.application, servicePrincipalId: resource.servicePrincipal.id },
      userId: delegation.userId,
      permissionGrants: delegation.permissionGrants,
    }),
    delegation,
  )
  const held = new Set(granted.map((value) => value.toLowerCase()))
  if (granted.length === 0 || named.some((scope) => !held.has(scope.toLowerCase()))) {
    if (needsPreAuthorization(client.application, resource.application.appId)) {
      throw entraError('preAuthorizationRequired', { appId, resourceAppId: resource.application.appId })
    }
    throw entraError('consentRequired', { appId, name })
  }
  const isGraph = resource.application.appId === firstPartyAppIds.microsoftGraph
  const shown = isGraph ? shownOpenIdScopes.filter((scope) => openId.has(scope) && !held.has(scope)) : []
  const scopes = [...granted, ...shown]
  return { scopes, echo: scopeEcho(requested, scopes) }
}

function refuseUnknown(scope: string, { application, identifier }: Resource): void {
  const known = application.api.oauth2PermissionScopes
  if (known.some(({ value, isEnabled }) => isEnabled && value.toLowerCase() === scope.toLowerCase())) return
  const written = isMicrosoftGraph(identifier) ? scope : `${identifier}/${scope}`
  throw entraError('scopeInvalid', { scope: written })
}

/** With automatic consent: what is named, or what the registration lists of this API, or all of it. */
function withAutomatic(granted: readonly string[], delegation: Delegation): readonly string[] {
  if (delegation.consent !== 'auto') return granted
  const { client, resource, requested } = delegation
  const enabled = resource.application.api.oauth2PermissionScopes.filter(
    ({ isEnabled, value }) => isEnabled && value !== 'offline_access',
  )
  const listed = client.application.requiredResourceAccess
    .filter(({ resourceAppId }) => resourceAppId === resource.application.appId)
    .flatMap(({ resourceAccess }) => resourceAccess.map(({ id }) => id))
  const wanted = enabled
    .filter(({ id, value }) =>
      requested.scopes === 'default' ? listed.includes(id) : isAmong(value, requested.scopes),
    )
    .map(({ value }) => value)
  const all = [...new Set([...granted, ...wanted])]
  if (all.length > 0) return all.toSorted((a, b) => a.localeCompare(b, 'en'))
  if (resource.application.appId === client.application.appId) return ['User.Read']
  return requested.scopes === 'default' ? enabled.map(({ value }) => value) : []
}

function isAmong(value: string, scopes: readonly string[]): boolean {
  return scopes.some((scope) => scope.toLowerCase() === value.toLowerCase())
}
