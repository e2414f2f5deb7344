import type { VerifiedToken } from './access-token-claims.ts'
import { InsufficientPermission, requireNames } from './insufficient-permission.ts'

/**
 * Requires an app role of this API: at least one of the values in the token's `roles`. Applications have the roles that
 * were granted to them as application permissions, users those that they or their groups were assigned.
 *
 * @throws {InsufficientPermission} when the token has none of them
 */
export function requireRole(token: VerifiedToken, ...anyOf: string[]): void {
  requireNames('requireRole', anyOf)
  if (anyOf.some((role) => token.roles.includes(role))) return
  const wanted = anyOf.map((role) => `'${role}'`).join(' or ')
  const held = token.roles.length > 0 ? `'${token.roles.join(' ')}'` : 'none'
  throw new InsufficientPermission('role', anyOf, `This operation needs the app role ${wanted}; the token has ${held}.`)
}
