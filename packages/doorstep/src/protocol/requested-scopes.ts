import { firstPartyAppIds } from '../directory/first-party-ids.ts'
import { foldedIdentifier } from '../directory/service-principal.ts'
import { entraError } from './errors.ts'

const openIdScopes = ['openid', 'profile', 'email', 'offline_access'] as const
export type OpenIdScope = (typeof openIdScopes)[number]

/** What of one API is asked for. */
export interface RequestedResource {
  /** As the request wrote it: a client id or an identifier URI. */
  readonly identifier: string
  /** `short` when scopes were written without an API, which is Microsoft Graph's privilege; answers repeat the form. */
  readonly form: 'full' | 'short'
  /** Scope values as written, or `.default`: what the registration lists and what was granted. */
  readonly scopes: readonly string[] | 'default'
}

/** A delegated scope parameter in parts; APIs stand in the order in which they are first named. */
export interface RequestedScopes {
  readonly openId: ReadonlySet<OpenIdScope>
  readonly resources: readonly RequestedResource[]
}

/** The identifier URI of the API that a scope without one belongs to. */
const microsoftGraphIdentifier = 'https://graph.microsoft.com'

/** RFC 6749 §3.3. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/
/** OpenID Connect scopes that Entra does not know. */
const unsupportedScopes = ['address', 'phone']

/** The values of a scope parameter, as written; separators are blanks and line breaks. */
export function scopeValues(scope: string): readonly string[] {
  return scope.split(/[ \t\r\n\f]+/).filter((value) => value !== '')
}

/**
 * Reads a delegated scope parameter ("Scopes and permissions in the Microsoft identity platform"). What stands behind
 * the last slash is the scope, all before it the API: a double slash is an identifier that ends in one. APIs and
 * scopes are compared without regard to case.
 * @throws {EntraError} 70011 for a value of a wrong form, or `.default` beside a named scope of the same API.
 */
export function parseRequestedScopes(scope: string): RequestedScopes {
  const openId = new Set<OpenIdScope>()
  const byApi = new Map<string, RequestedResource>()
  for (const value of scopeValues(scope)) {
    const { identifier, form, name } = splitScope(value)
    const isGraph = isMicrosoftGraph(identifier)
    const openIdScope = isGraph && openIdScopes.find((known) => known === name.toLowerCase())
    if (openIdScope) {
      openId.add(openIdScope)
      continue
    }
    const key = isGraph ? microsoftGraphIdentifier : foldedIdentifier(identifier)
    byApi.set(key, withScope(byApi.get(key) ?? { identifier, form, scopes: [] }, name, byApi.has(key)))
  }
  return { openId, resources: [...byApi.values()] }
}

interface SplitScope {
  readonly identifier: string
  readonly form: 'full' | 'short'
  readonly name: string
}

function splitScope(value: string): SplitScope {
  const slash = value.lastIndexOf('/')
  const name = value.slice(slash + 1)
  const identifier = slash < 0 ? microsoftGraphIdentifier : value.slice(0, slash)
  const hasApi = identifier !== '' && !/^[a-z][a-z0-9+.-]*:\/*$/i.test(identifier)
  const isNamed = name !== '' && (isDefault(name) || !name.toLowerCase().endsWith('.default'))
  if (!scopeToken.test(value) || !hasApi || !isNamed || unsupportedScopes.includes(value.toLowerCase())) {
    throw entraError('scopeInvalid', { scope: value })
  }
  return { identifier, form: slash < 0 ? 'short' : 'full', name }
}

function isDefault(name: string): boolean {
  return name.toLowerCase() === '.default'
}

/** Whether a resource identifier is Microsoft Graph's. */
export function isMicrosoftGraph(identifier: string): boolean {
  const folded = foldedIdentifier(identifier)
  return folded === microsoftGraphIdentifier || folded === firstPartyAppIds.microsoftGraph
}

function withScope(resource: RequestedResource, name: string, isKnown: boolean): RequestedResource {
  if (isDefault(name)) {
    if (isKnown && resource.scopes !== 'default') throw entraError('defaultScopeCombined')
    return { ...resource, scopes: 'default' }
  }
  if (resource.scopes === 'default') throw entraError('defaultScopeCombined')
  const isRepeated = resource.scopes.some((known) => known.toLowerCase() === name.toLowerCase())
  return isRepeated ? resource : { ...resource, scopes: [...resource.scopes, name] }
}

/**
 * The one API that a token is for: the first that is named, Microsoft Graph when there are OpenID Connect scopes alone.
 */
export function firstResource({ resources }: RequestedScopes): RequestedResource {
  return resources[0] ?? { identifier: microsoftGraphIdentifier, form: 'short', scopes: [] }
}

/**
 * Like `firstResource`, where a code is redeemed: there several APIs are refused.
 * @throws {EntraError} 28000 when scopes of several APIs are asked for.
 */
export function onlyResource(requested: RequestedScopes, scope: string): RequestedResource {
  if (requested.resources.length > 1) throw entraError('severalResources', { scope })
  return firstResource(requested)
}
