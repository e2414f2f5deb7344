import type { VerifiedToken } from './access-token-claims.ts'
import { bearerToken } from './bearer-token.ts'
import type { ChallengeParameters } from './challenge.ts'
import type { Guard } from './guard.ts'
import { requireNames } from './insufficient-permission.ts'
import { refuseUnknownOptions } from './known-options.ts'
import { requireRole } from './require-role.ts'
import { requireScope } from './require-scope.ts'

/** Permissions that a request needs, beside a good token. */
export interface Requirements {
  /** Delegated permissions, one of which a user's token must have. */
  readonly scope?: string | readonly string[]
  /** App roles, one of which the token must have. */
  readonly role?: string | readonly string[]
}

export interface AdmissionOptions extends Requirements {
  /** What the WWW-Authenticate header says besides, for instance `authorizationUri`. */
  readonly challenge?: ChallengeParameters
  /** Called with every refusal, for a log: a `TokenRefused`, `InsufficientPermission` or `SigningKeysUnavailable`. */
  readonly onRefused?: (refusal: Error) => void
}

/**
 * Admits a request by its Authorization header: verifies the token, then the permissions. With `scope` and `role`
 * together a user's token needs one of the scopes, and an application's own token one of the roles.
 *
 * @throws {TokenRefused} 401
 * @throws {InsufficientPermission} 403
 * @throws {SigningKeysUnavailable} 503
 */
export async function admit(
  guard: Guard,
  authorizationHeader: string | null | undefined,
  requirements: Requirements = {},
): Promise<VerifiedToken> {
  const { scopes, roles } = requiredNames(requirements, 'admit')
  const token = await guard.verify(bearerToken(authorizationHeader))
  if (scopes && (!roles || token.kind === 'user')) requireScope(token, ...scopes)
  if (roles && (!scopes || token.kind === 'app')) requireRole(token, ...roles)
  return token
}

const optionNames: readonly (keyof AdmissionOptions)[] = ['scope', 'role', 'challenge', 'onRefused']
const challengeNames: readonly (keyof ChallengeParameters)[] = [
  'realm',
  'authorizationUri',
  'clientId',
  'resourceId',
  'error',
  'errorDescription',
  'scope',
  'claims',
]

/**
 * Adapters ask before the first request comes.
 *
 * @param owner the function whose options they are
 * @throws {TypeError} when a requirement names nothing, or an option is none
 */
export function requiredNames(
  options: AdmissionOptions,
  owner: string,
): {
  readonly scopes: readonly string[] | undefined
  readonly roles: readonly string[] | undefined
} {
  refuseUnknownOptions(owner, options, optionNames)
  const { scope, role, challenge } = options
  if (challenge !== undefined) refuseUnknownOptions(`${owner}: challenge`, challenge, challengeNames)
  return { scopes: names('scope', scope), roles: names('role', role) }
}

function names(option: string, given: string | readonly string[] | undefined): readonly string[] | undefined {
  if (given === undefined) return undefined
  const list = typeof given === 'string' ? [given] : given
  requireNames(option, list)
  return list
}

/** @throws {TypeError} unless it is a guard: options in its place would let nobody in, and say so at the first request */
export function requireGuard(guard: Guard, owner: string): void {
  if (typeof guard?.verify !== 'function')
    throw new TypeError(`${owner}: expected a guard first, as createGuard gives it.`)
}
