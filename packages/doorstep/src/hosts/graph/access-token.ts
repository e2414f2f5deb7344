import { bearerToken } from '@doorstep/guard'
import type { FastifyRequest } from 'fastify'
import type { Caller } from './authorize.ts'
import type { GraphParts } from './graph-parts.ts'

const callers = new WeakMap<FastifyRequest, Caller>()

/** Checks the request's access token and remembers whose it is. @throws {TokenRefused} */
export async function authenticate(request: FastifyRequest, { guard }: GraphParts): Promise<void> {
  const token = await guard.verify(bearerToken(request.headers.authorization))
  const permissions = token.kind === 'user' ? token.scopes : token.roles
  callers.set(request, { kind: token.kind, tenantId: token.tenantId, objectId: token.objectId, permissions })
}

/** Who sent a request that `authenticate` has let in. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request)
  if (!caller) throw new Error('The request was not authenticated.')
  return caller
}
