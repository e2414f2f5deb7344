import type { VerifiedToken } from './access-token-claims.ts'

const tokens = new WeakMap<object, VerifiedToken>()

/** @internal */
export function rememberToken(request: object, token: VerifiedToken): void {
  tokens.set(request, token)
}

/**
 * The verified token of a request that `expressGuard` or `fastifyGuard` let in.
 *
 * @throws {TypeError} when neither has: the route is not guarded
 */
export function tokenOf(request: object): VerifiedToken {
  const token = tokens.get(request)
  if (token) return token
  throw new TypeError('tokenOf: no guard has let this request in; guard its route with expressGuard or fastifyGuard.')
}
