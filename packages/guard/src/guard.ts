import type { VerifiedToken } from './access-token-claims.ts'
import { comparableAudience } from './audience.ts'
import { authorityOrigin, isGuid, issuerReader, PUBLIC_CLOUD } from './issuer.ts'
import { type FetchKeys, fetchKeySet } from './key-document.ts'
import { refuseUnknownOptions } from './known-options.ts'
import { type JSONWebKeySet, type KeySource, keysOfSet, remoteKeys } from './signing-keys.ts'
import { type Acceptance, verifyAccessToken } from './verify-access-token.ts'

export interface GuardOptions {
  /** Ids of the tenants that are let in; `'any'` leaves that decision to your own code. */
  readonly tenants: readonly string[] | 'any'
  /** Your API's identifiers: its application id (v2.0 tokens), its application id URI (v1.0 tokens), or both. */
  readonly audience: string | readonly string[]
  /** Origins that issue tokens, each with its own keys. Default: `https://login.microsoftonline.com`. */
  readonly authorityHosts?: readonly string[]
  /** Now, in milliseconds since 1970. Default: `Date.now`. */
  readonly clock?: () => number
  /** How far the issuer's clock may differ from ours, in seconds. Default: 300. */
  readonly clockToleranceInSeconds?: number
  /** Keys to use instead of the published ones: a JSON Web Key Set, or a function that finds a key. */
  readonly keys?: JSONWebKeySet | KeySource
  /** How published keys are fetched. Default: the platform's `fetch`. */
  readonly fetchKeys?: FetchKeys
}

export interface Guard {
  /**
   * Checks an access token: its form, its signature, and that an accepted tenant issued it for this API and for now.
   *
   * @throws {TokenRefused} when the token is not accepted (401); its `reason` says which check refused it
   * @throws {SigningKeysUnavailable} when the published keys cannot be fetched (503)
   */
  verify(token: string): Promise<VerifiedToken>
}

/**
 * A guard for an API that accepts access tokens of Microsoft Entra ID.
 *
 * @throws {TypeError} when an option is wrong; the message names it
 */
export function createGuard(options: GuardOptions): Guard {
  refuseUnknownOptions('createGuard', options, optionNames)
  const acceptance = acceptanceOf(options)
  return { verify: (token) => verifyAccessToken(token, acceptance) }
}

const optionNames: readonly (keyof GuardOptions)[] = [
  'tenants',
  'audience',
  'authorityHosts',
  'clock',
  'clockToleranceInSeconds',
  'keys',
  'fetchKeys',
]

function acceptanceOf(options: GuardOptions): Acceptance {
  const { clock = Date.now, fetchKeys = fetchKeySet, clockToleranceInSeconds: toleranceInSeconds = 300 } = options
  if (!Number.isFinite(toleranceInSeconds) || toleranceInSeconds < 0) {
    throw new TypeError(`clockToleranceInSeconds: expected a number of seconds from 0, not ${toleranceInSeconds}.`)
  }
  const tenants = acceptedTenants(options.tenants)
  const audiences = acceptedAudiences(options.audience)
  const authorityHosts = (options.authorityHosts ?? [PUBLIC_CLOUD]).map(authorityOrigin)
  if (authorityHosts.length === 0) throw new TypeError(`authorityHosts: expected at least one, e.g. '${PUBLIC_CLOUD}'.`)
  const readIssuer = issuerReader(authorityHosts)
  const keys = givenKeys(options.keys) ?? remoteKeys({ authorityHosts, tenants, readIssuer, fetchKeys, clock })
  return { keys, readIssuer, tenants, audiences, toleranceInSeconds, clock }
}

function acceptedTenants(tenants: readonly string[] | 'any'): ReadonlySet<string> | 'any' {
  if (tenants === 'any') return tenants
  if (!Array.isArray(tenants) || tenants.length === 0) {
    throw new TypeError("tenants: expected a list of tenant ids, or 'any' to let every tenant in.")
  }
  for (const tenant of tenants) {
    if (isGuid(tenant)) continue
    throw new TypeError(
      `tenants: '${tenant}' is not a tenant id; expected a GUID, since tokens name tenants by id only.`,
    )
  }
  return new Set(tenants.map((tenant) => tenant.toLowerCase()))
}

function acceptedAudiences(audience: string | readonly string[]): ReadonlySet<string> {
  const audiences = [audience].flat()
  if (audiences.length === 0 || audiences.some((value) => typeof value !== 'string' || value === '')) {
    throw new TypeError("audience: expected your API's application id or application id URI, or a list of those.")
  }
  return new Set(audiences.map(comparableAudience))
}

function givenKeys(keys: JSONWebKeySet | KeySource | undefined): KeySource | undefined {
  if (keys === undefined || typeof keys === 'function') return keys
  try {
    return keysOfSet(keys)
  } catch (cause) {
    throw new TypeError(`keys: ${cause instanceof Error ? cause.message : cause}; expected one like Entra's.`, {
      cause,
    })
  }
}
