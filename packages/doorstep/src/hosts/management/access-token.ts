import { bearerToken, type VerifiedToken } from '@doorstep/guard'
import type { FastifyRequest } from 'fastify'
import type { ManagementParts } from './management-parts.ts'

/** Who calls, as the access token says. What he may do, role assignments say: no scope and no app role does. */
export interface Caller {
  readonly kind: 'app' | 'user'
  readonly tenantId: string
  /** The user's or the service principal's object id. */
  readonly objectId: string
  /** How refusals name him: a user's principal name, an application's client id. */
  readonly client: string
}

const callers = new WeakMap<FastifyRequest, Caller>()

/** Checks the request's access token and remembers whose it is. @throws {TokenRefused} */
export async function authenticate(request: FastifyRequest, { guard }: ManagementParts): Promise<void> {
  const token = await guard.verify(bearerToken(request.headers.authorization))
  const { kind, tenantId, objectId } = token
  callers.set(request, { kind, tenantId, objectId, client: nameOf(token) })
}

/** Who sent a request that `authenticate` has let in. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request)
  if (!caller) throw new Error('The request was not authenticated.')
  return caller
}

function nameOf({ kind, clientId, claims }: VerifiedToken): string {
  const name = kind === 'user' ? (claims.upn ?? claims.unique_name) : undefined
  return typeof name === 'string' ? name : clientId
}
