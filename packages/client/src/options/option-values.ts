import { CredentialOptionError } from '../errors.ts'

/**
 * A text option that must be there. The message never repeats the value: it may be a secret.
 * @param fix what to do about it, as a clause
 * @throws {CredentialOptionError} when it is missing, or has white space around it
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

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The client id: of Entra the Application (client) ID, a GUID; of another provider any text.
 * @throws {CredentialOptionError} as `requireText`, and when it is none
 */
export function requireClientId(value: unknown, provider: 'entra' | 'another' = 'entra'): string {
  const fix = 'pass the Application (client) ID of the app registration, for example from AZURE_CLIENT_ID'
  const clientId = requireText('clientId', value, fix)
  if (provider === 'another' || GUID.test(clientId)) return clientId
  throw new CredentialOptionError('clientId', `clientId is no GUID such as ${EXAMPLE_ID}: ${fix}.`)
}

const EXAMPLE_ID = '6c90485f-ae31-4dc8-b04f-915c2d7eaf43'

/**
 * The value of a client secret.
 * @param more what else to do about it, as a clause
 * @throws {CredentialOptionError} as `requireText`
 */
export function requireClientSecret(
  value: unknown,
  more = 'for example from the environment variable AZURE_CLIENT_SECRET',
): string {
  return requireText('clientSecret', value, `pass the value of a client secret (not its Secret ID), ${more}`)
}

/** Bound on one token request with its retries, in milliseconds. @throws {CredentialOptionError} unless above 0 */
export function requireDuration(milliseconds: number | undefined): number {
  if (milliseconds === undefined) return DEFAULT_TIMEOUT_MILLISECONDS
  if (Number.isFinite(milliseconds) && milliseconds > 0) return milliseconds
  throw new CredentialOptionError(
    'timeoutMilliseconds',
    `timeoutMilliseconds must be a number of milliseconds above 0, for example 15000, and is ${milliseconds}.`,
  )
}

const DEFAULT_TIMEOUT_MILLISECONDS = 15_000
