import type { VerifiedToken } from './access-token-claims.ts'
import { InsufficientPermission, requireNames } from './insufficient-permission.ts'

/**
 * Requires a delegated permission: a user's token whose `scp` holds at least one of the scopes, spelled as the API
 * registered them. An application's own token never passes, whatever its roles: check those with `requireRole`.
 *
 * @throws {InsufficientPermission} when the token has none of them
 */
export function requireScope(token: VerifiedToken, ...anyOf: string[]): void {
  requireNames('requireScope', anyOf)
  if (token.kind === 'user' && anyOf.some((scope) => token.scopes.includes(scope))) return
  const held =
    token.kind === 'app'
      ? "the token is an application's own, which has no scopes"
      : `the token has ${token.scopes.length > 0 ? `'${token.scopes.join(' ')}'` : 'none'}`
  throw new InsufficientPermission('scope', anyOf, `This operation needs the scope ${listed(anyOf)}; ${held}.`)
}

function listed(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(' or ')
}
