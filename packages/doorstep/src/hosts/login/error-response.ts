import type { FastifyReply, FastifyRequest } from 'fastify'
import { originOf } from '../../protocol/authority.ts'
import { EntraError, entraError } from '../../protocol/errors.ts'
import { platformTime } from '../../protocol/platform-instant.ts'
import { askedOrigin } from '../host.ts'
import type { LoginParts } from './login-parts.ts'
import { type RequestIds, requestIds, sendUncached } from './response-headers.ts'

/** The JSON body of a refusal (RFC 6749 §5.2 with Entra's members). */
function refusalBody(refusal: EntraError, ids: RequestIds, timestamp: string, origin: string): string {
  const { traceId, correlationId } = ids
  const description = `${refusal.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`
  return JSON.stringify({
    error: refusal.error,
    error_description: description,
    error_codes: [refusal.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    ...(refusal.page && { error_uri: `${origin}/error?code=${refusal.code}` }),
    ...(refusal.suberror && { suberror: refusal.suberror }),
  })
}

/** Faults of the HTTP layer that a caller causes: a body over the limit, an unreadable one. */
function isCallersFault(error: unknown): boolean {
  return (
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500
  )
}

/** Gives every thrown refusal its form, and nothing else does. What is no refusal is a fault, and reported. */
export function answerRefusal({ clock, reportFault }: LoginParts) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const refusal =
      thrown instanceof EntraError ? thrown : entraError(isCallersFault(thrown) ? 'requestMalformed' : 'internalFault')
    const { correlationId, allowOrigin } = refusal.answer
    const ids = { ...requestIds(request), ...(correlationId !== undefined && { correlationId }) }
    if (refusal.refusal === 'internalFault') reportFault(thrown, ids.traceId)
    const body = refusalBody(refusal, ids, platformTime(clock.now()), originOf(askedOrigin(request.raw)))
    return sendUncached(request, reply, {
      status: refusal.status,
      ids,
      telemetry: `1,${refusal.code},0,,`,
      body,
      allowOrigin,
    })
  }
}

/** What this host does not serve (yet) is said plainly, as text: it is not the platform that refuses. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .type('text/plain; charset=utf-8')
    .header('x-content-type-options', 'nosniff')
    .send(
      `The login host has no ${request.method} ${request.url.split('?', 1)[0]}. What it serves is in docs/parity.md.\n`,
    )
}
