import { CredentialOptionError } from './errors.ts'

export const CLIENT_ID_FIX =
  'pass the Application (client) ID of the app registration, for example from the environment variable AZURE_CLIENT_ID'
export const CLIENT_SECRET_FIX =
  'pass the value of a client secret (not its Secret ID), for example from the environment variable AZURE_CLIENT_SECRET'

/**
 * A text that is not empty. Never repeats the value: it may be a secret.
 * @throws {CredentialOptionError} naming the option, with `fix` as the way out
 */
export function requireText(option: string, value: unknown, fix: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new CredentialOptionError(option, `${option} is missing: ${fix}.`)
  }
  if (value.trim() !== value) {
    throw new CredentialOptionError(option, `${option} begins or ends with white space: remove it, or ${fix}.`)
  }
  return value
}

/** @throws {CredentialOptionError} unless it is a number above 0 */
export function requireDuration(milliseconds: number, option = 'timeoutMilliseconds', example = 15_000): number {
  if (Number.isFinite(milliseconds) && milliseconds > 0) return milliseconds
  throw new CredentialOptionError(
    option,
    `${option} must be a number of milliseconds above 0, for example ${example}, and is ${milliseconds}.`,
  )
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

/** The scopes of a call, each for itself. */
export function listedScopes(scopes: string | readonly string[]): readonly string[] {
  return [scopes].flat().flatMap((scope) => scope.split(/\s+/).filter(Boolean))
}
