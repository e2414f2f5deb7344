import { bearerToken } from '@doorstep/guard'
import type { FastifyRequest } from 'fastify'
import type { Caller } from './authorize.ts'
import type { GraphParts } from './graph-parts.ts'

/** A caller, and the user as the application knows him: the `sub` of its id_token. */
export interface AuthenticatedCaller extends Caller {
  readonly subjectAtClient: string | undefined
}

const callers = new WeakMap<FastifyRequest, AuthenticatedCaller>()

/** Checks the request's access token and remembers whose it is. @throws {TokenRefused} */
export async function authenticate(request: FastifyRequest, { guard }: GraphParts): Promise<void> {
  const { kind, tenantId, objectId, scopes, roles, claims } = await guard.verify(
    bearerToken(request.headers.authorization),
  )
  const permissions = kind === 'user' ? scopes : roles
  callers.set(request, { kind, tenantId, objectId, permissions, subjectAtClient: subjectOf(claims.xms_st) })
}

/** Who sent a request that `authenticate` has let in. */
export function callerOf(request: FastifyRequest): AuthenticatedCaller {
  const caller = callers.get(request)
  if (!caller) throw new Error('The request was not authenticated.')
  return caller
}

function subjectOf(claim: unknown): string | undefined {
  const subject = typeof claim === 'object' && claim !== null && 'sub' in claim ? claim.sub : undefined
  return typeof subject === 'string' ? subject : undefined
}
