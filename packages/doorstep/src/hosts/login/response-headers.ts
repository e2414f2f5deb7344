import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isGuid } from '../../directory/guid.ts'
import { askedOrigin } from '../host.ts'

const cookieAttributes = 'path=/; secure; HttpOnly; SameSite=None'
const gatewayCookies = [
  `x-ms-gateway-slice=estsfd; ${cookieAttributes}`,
  `stsservicecookie=estsfd; ${cookieAttributes}`,
]
const fpcAttributes = `expires=Thu, 31-Dec-2037 23:55:55 GMT; ${cookieAttributes}`

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
  const given =
    request.headers['client-request-id'] ?? (request.query as Record<string, unknown> | null)?.['client-request-id']
  return {
    traceId: randomUUID(),
    correlationId: typeof given === 'string' && isGuid(given) ? given.toLowerCase() : randomUUID(),
  }
}

/**
 * Browsers apply HSTS to a whole host name. On localhost that would break every redirect listener at
 * `http://localhost:53000`, so it is sent under the real names only.
 */
function common(request: FastifyRequest, ids: RequestIds): Record<string, string> {
  const headers: Record<string, string> = {
    p3p: 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
    'x-content-type-options': 'nosniff',
    'x-xss-protection': '0',
    'x-ms-ests-server': '2.1.22176.4 - LOCAL ProdSlices',
    'x-ms-srs': '1.P',
    'x-ms-request-id': ids.traceId,
    'client-request-id': ids.correlationId,
    'content-type': 'application/json; charset=utf-8',
  }
  if (askedOrigin(request.raw).kind === 'entra') {
    headers['strict-transport-security'] = 'max-age=31536000; includeSubDomains'
  }
  return headers
}

/** What MSAL for JavaScript reads besides the body. */
const exposedHeaders = 'Content-Length,Content-Encoding,client-request-id,x-ms-request-id,x-ms-clitelem'

export interface UncachedAnswer {
  readonly status: number
  readonly ids: RequestIds
  /** `x-ms-clitelem`: version, error, sub-error, token age, ring. */
  readonly telemetry: string
  /** JSON text. */
  readonly body: string
  /** The origin of the page that may read it. */
  readonly allowOrigin?: string | undefined
}

/**
 * Sends what must not be kept: tokens, device codes, refusals. Written straight to the connection, since this is the
 * answer of every token request and Fastify's own handling of headers would cost a tenth of what is ours in it.
 */
export function sendUncached(request: FastifyRequest, reply: FastifyReply, answer: UncachedAnswer): FastifyReply {
  const { status, ids, telemetry, body, allowOrigin } = answer
  const headers: Record<string, string | number | string[]> = common(request, ids)
  headers['cache-control'] = 'no-store, no-cache'
  headers.pragma = 'no-cache'
  headers.expires = '-1'
  headers['x-ms-clitelem'] = telemetry
  headers['set-cookie'] = [`fpc=${ids.traceId}; ${fpcAttributes}`, ...gatewayCookies]
  headers['content-length'] = Buffer.byteLength(body)
  if (allowOrigin !== undefined) {
    headers['access-control-allow-origin'] = allowOrigin
    headers['access-control-expose-headers'] = exposedHeaders
    headers.vary = 'Origin'
  }
  reply.hijack()
  reply.raw.writeHead(status, headers)
  reply.raw.end(body)
  return reply
}

/** Headers of published documents: anybody may read them from any page, and keep them for a day. */
export function publishedHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    ...common(request, requestIds(request)),
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
