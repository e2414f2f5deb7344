import type { FastifyReply, FastifyRequest } from 'fastify'
import { askedOrigin } from '../host.ts'

/** Pages of any origin may call: what lets them is the token, which no browser sends by itself. */
const readableByPages = { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*, WWW-Authenticate' }

/** Any page, any method and any header. Nothing is told but that: there is no token yet. */
export function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = headers['access-control-request-headers']
  return reply
    .code(200)
    .headers({
      ...readableByPages,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers': typeof asked === 'string' ? asked : 'authorization',
      'access-control-max-age': '3600',
    })
    .send()
}

/**
 * Headers of every answer ("Azure Resource Manager request headers").
 *
 * @param now - milliseconds since 1970
 */
export function commonHeaders(request: FastifyRequest, now: number): Readonly<Record<string, string>> {
  const correlationId = String(request.headers['x-ms-correlation-request-id'] ?? request.id)
  const compactTime = new Date(now).toISOString().replace(/\.\d+|[-:]/g, '')
  // Browsers apply the rule to every port of a name: on localhost it would break other people's http servers.
  const onRealName = askedOrigin(request.raw).kind === 'entra'
  return {
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'x-ms-request-id': request.id,
    'x-ms-correlation-request-id': correlationId,
    'x-ms-routing-request-id': `DOORSTEP:${compactTime}:${request.id}`,
    ...readableByPages,
    ...(onRealName && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
  }
}
