import { CredentialOptionError } from '../errors.ts'

/** The scopes of a call, each for itself: they come as a list, as a text with spaces, or as a list of such. */
export function listedScopes(scopes: string | readonly string[]): readonly string[] {
  return [scopes].flat().flatMap((scope) => scope.split(/\s+/).filter(Boolean))
}

/**
 * The API of a v1.0 request, which knows no scopes.
 * @throws {CredentialOptionError} when it is empty, or scopes were asked for too
 */
export function requireResource(resource: string, asked: readonly string[]): { resource: string } {
  if (resource.trim() === '') {
    throw new CredentialOptionError(
      'resource',
      "resource is empty: pass the API's identifier URI, e.g. https://management.azure.com/.",
    )
  }
  if (asked.length === 0) return { resource }
  throw new CredentialOptionError(
    'resource',
    `resource '${resource}' speaks the v1.0 endpoint, which knows no scopes: pass [] as scopes, or leave resource out and ask for '${asked.join(' ')}' alone.`,
  )
}
