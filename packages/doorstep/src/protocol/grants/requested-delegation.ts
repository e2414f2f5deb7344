import { foldedIdentifier } from '../../directory/service-principal.ts'
import { entraError } from '../errors.ts'
import {
  firstResource,
  type OpenIdScope,
  onlyResource,
  parseRequestedScopes,
  type RequestedResource,
  type RequestedScopes,
  scopeValues,
} from '../requested-scopes.ts'
import type { TokenRequest } from '../token-request.ts'

/** What was asked for before, when the grant began: at the authorization or device endpoint, or of a refresh token. */
export interface EarlierRequest {
  readonly scopes: readonly string[]
  readonly resource: string | null
}

/** What one user token request is about. */
export interface RequestedDelegation {
  readonly openId: ReadonlySet<OpenIdScope>
  readonly resource: RequestedResource
  /** As written, with all OpenID Connect scopes: what a refresh token remembers. */
  readonly scopes: readonly string[]
  /** `resource` of v1.0. */
  readonly v1Resource: string | null
}

/** `code`: scopes of several APIs are refused. `refresh`: the first API counts. */
export type SeveralResources = 'refuse' | 'first'

export const nothingEarlier: EarlierRequest = { scopes: [], resource: null }

/**
 * What a token request asks for, filled up from what was asked when its grant began: the API by `resource` on v1.0,
 * where `scope` says only that an id_token is wanted; by `scope` on v2.0. OpenID Connect scopes of both requests count.
 * @throws {EntraError} 70011 for a wrong scope, 28000 or 28003 for several APIs where one must be named, 9010010 for a
 * `resource` that disagrees, 900144 when v1.0 names no API.
 */
export function requestedDelegation(
  request: TokenRequest,
  earlier: EarlierRequest,
  several: SeveralResources,
): RequestedDelegation {
  const before = parseRequestedScopes(earlier.scopes.join(' '))
  const scope = request.parameter('scope')
  if (request.endpoint === 'v1') return delegationOfV1(request, earlier, before, several)
  const now = scope === undefined ? undefined : parseRequestedScopes(scope)
  const resource =
    now && now.resources.length > 0
      ? chosen(now, scope ?? '', several)
      : resourceOfEarlier(earlier, before, several === 'refuse' && scope === undefined)
  const alsoNamed = request.parameter('resource')
  if (alsoNamed !== undefined) refuseOther(alsoNamed, resource.identifier)
  const openId = new Set([...before.openId, ...(now?.openId ?? [])])
  const written = now && now.resources.length > 0 ? scopeValues(scope ?? '') : earlier.scopes
  return { openId, resource, scopes: [...new Set([...written, ...openId])], v1Resource: earlier.resource }
}

function chosen(requested: RequestedScopes, scope: string, several: SeveralResources): RequestedResource {
  return several === 'refuse' ? onlyResource(requested, scope) : firstResource(requested)
}

function everythingOf(identifier: string): RequestedResource {
  return { identifier, form: 'full', scopes: 'default' }
}

function resourceOfEarlier(
  { resource }: EarlierRequest,
  before: RequestedScopes,
  mustBeOne: boolean,
): RequestedResource {
  if (before.resources.length > 1 && mustBeOne) throw entraError('scopeEmpty')
  if (before.resources.length === 0 && resource !== null) return everythingOf(resource)
  return firstResource(before)
}

function refuseOther(named: string, identifier: string): void {
  if (foldedIdentifier(named) !== foldedIdentifier(identifier)) throw entraError('resourceDoesNotMatchScope')
}

function delegationOfV1(
  request: TokenRequest,
  earlier: EarlierRequest,
  before: RequestedScopes,
  several: SeveralResources,
): RequestedDelegation {
  const named = request.parameter('resource')
  if (several === 'refuse' && named !== undefined && earlier.resource !== null) refuseOther(named, earlier.resource)
  const identifier = named ?? earlier.resource ?? before.resources[0]?.identifier ?? request.required('resource')
  const openId = new Set<OpenIdScope>(['openid', 'profile', 'offline_access', ...before.openId])
  return {
    openId,
    resource: everythingOf(identifier),
    scopes: earlier.scopes,
    v1Resource: earlier.resource ?? identifier,
  }
}
