import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { askedOrigin } from '../host.ts'

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** On every answer of the platform. */
const always = {
  p3p: 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
  'x-content-type-options': 'nosniff',
  'x-xss-protection': '0',
  'x-ms-ests-server': '2.1.22176.4 - LOCAL ProdSlices',
  'x-ms-srs': '1.P',
} as const

const json = 'application/json; charset=utf-8'
const cookieAttributes = 'path=/; secure; HttpOnly; SameSite=None'

/** The two ids by which a person finds one request again. */
export interface RequestIds {
  readonly traceId: string
  readonly correlationId: string
}

/**
 * `trace_id` is new for each request. The correlation id is the caller's `client-request-id`, from the header or,
 * as MSAL for JavaScript sends it, the query; else a new one.
 */
export function requestIds(request: FastifyRequest): RequestIds {
  const header = request.headers['client-request-id']
  const query = (request.query as Record<string, unknown>)['client-request-id']
  const given = typeof header === 'string' && guid.test(header) ? header : query
  return {
    traceId: randomUUID(),
    correlationId: typeof given === 'string' && guid.test(given) ? given.toLowerCase() : randomUUID(),
  }
}

/**
 * Browsers apply HSTS to a whole host name. On localhost that would break every redirect listener at
 * `http://localhost:53000`, so it is sent under the real names only.
 */
function common(request: FastifyRequest, reply: FastifyReply, ids: RequestIds): void {
  reply.headers(always)
  if (askedOrigin(request.raw).kind === 'entra') {
    reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains')
  }
  reply.header('x-ms-request-id', ids.traceId)
  reply.header('client-request-id', ids.correlationId)
  reply.header('content-type', json)
}

/** Headers of answers that must not be kept: tokens, device codes, refusals. `telemetry` is `x-ms-clitelem`. */
export function uncachedHeaders(
  request: FastifyRequest,
  reply: FastifyReply,
  ids: RequestIds,
  telemetry: string,
): void {
  common(request, reply, ids)
  reply.headers({
    'cache-control': 'no-store, no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'x-ms-clitelem': telemetry,
  })
  reply.header('set-cookie', [
    `fpc=${ids.traceId.replaceAll('-', '')}; expires=Thu, 31-Dec-2037 23:55:55 GMT; ${cookieAttributes}`,
    `x-ms-gateway-slice=estsfd; ${cookieAttributes}`,
    `stsservicecookie=estsfd; ${cookieAttributes}`,
  ])
}

/** Headers of published documents: anybody may read them from any page, and keep them for a day. */
export function publishedHeaders(request: FastifyRequest, reply: FastifyReply): void {
  common(request, reply, requestIds(request))
  reply.headers({
    'cache-control': 'max-age=86400, private',
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, OPTIONS',
  })
}

/** Answers the pre-flight of a published document: any page may read it, with any header of its own. */
export async function answerPublishedPreflight(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = request.headers['access-control-request-headers']
  publishedHeaders(request, reply)
  if (typeof asked === 'string') reply.header('access-control-allow-headers', asked)
  return reply.header('access-control-max-age', '86400').code(200).send()
}
