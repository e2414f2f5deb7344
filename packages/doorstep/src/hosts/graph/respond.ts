import type { FastifyReply, FastifyRequest } from 'fastify'
import { type AskedOrigin, askedOrigin } from '../host.ts'
import type { GraphAnswer, GraphCall } from './call.ts'
import type { Metadata } from './odata/query-options.ts'

const diagnostics = JSON.stringify({
  ServerInfo: { DataCenter: 'Doorstep', Slice: 'E', Ring: '1', ScaleUnit: '000', RoleInstance: 'DOORSTEP' },
})

/** Where Graph's own links lead: they keep to the name by which the request came. */
export function graphOrigin(asked: AskedOrigin): string {
  return asked.kind === 'entra' ? `https://${asked.host}` : `${asked.origin}/graph`
}

/** The caller's own id for the request, else ours. */
export function clientRequestId(request: FastifyRequest): string {
  const sent = request.headers['client-request-id']
  return typeof sent === 'string' && sent !== '' ? sent : request.id
}

/** Pages of any origin may call Graph: what lets them is the token, which no browser sends by itself. */
const readableByPages = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, Retry-After, WWW-Authenticate',
}

/** Any page, any method and any header. Nothing is told but that: there is no token yet. */
export function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = headers['access-control-request-headers']
  return reply
    .code(200)
    .headers({
      ...readableByPages,
      'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS',
      'access-control-allow-headers': typeof asked === 'string' ? asked : 'authorization',
      'access-control-max-age': '3600',
    })
    .send()
}

/** Headers of every answer. */
export function commonHeaders(request: FastifyRequest): Readonly<Record<string, string>> {
  // Browsers apply the rule to every port of a name: on localhost it would break other people's http servers.
  const onRealName = askedOrigin(request.raw).kind === 'entra'
  return {
    'cache-control': 'no-cache',
    'request-id': request.id,
    'client-request-id': clientRequestId(request),
    'x-ms-ags-diagnostic': diagnostics,
    ...readableByPages,
    ...(onRealName && { 'strict-transport-security': 'max-age=31536000' }),
  }
}

/** Gives an endpoint's answer its form on the wire. */
export function sendAnswer(answer: GraphAnswer, call: GraphCall, request: FastifyRequest, reply: FastifyReply) {
  reply.headers(commonHeaders(request)).header('odata-version', '4.0').header('x-ms-resource-unit', '1')
  switch (answer.kind) {
    case 'nothing':
      return reply.code(204).send()
    case 'value':
      return sendJson({ ...context(answer.context, call), value: answer.value }, call, request, reply)
    case 'text':
      return reply.header('content-type', 'text/plain').send(answer.text)
    case 'entity': {
      if (answer.created !== undefined) reply.code(201)
      if (answer.created) reply.header('location', objectLocation(answer.created, String(answer.entity.id), call))
      return sendJson({ ...context(answer.context, call), ...answer.entity }, call, request, reply)
    }
    case 'collection': {
      const { count, nextLink, value } = answer
      const body = {
        ...context(answer.context, call),
        ...(count !== undefined && { '@odata.count': count }),
        ...(nextLink !== undefined && { '@odata.nextLink': nextLink }),
        value,
      }
      return sendJson(body, call, request, reply)
    }
  }
}

/** Asked for in the address, else in the header. */
function metadataOf({ query }: GraphCall, request: FastifyRequest): Metadata {
  if (query.metadata) return query.metadata
  return /odata\.metadata=none/i.test(request.headers.accept ?? '') ? 'none' : 'minimal'
}

function context(text: string, { root }: GraphCall): object {
  return { '@odata.context': `${root}/$metadata#${text}` }
}

function sendJson(body: object, call: GraphCall, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const metadata = metadataOf(call, request)
  const type = `application/json;odata.metadata=${metadata};odata.streaming=true;IEEE754Compatible=false;charset=utf-8`
  const shown = metadata === 'none' ? withoutAnnotations(body) : body
  return reply.header('content-type', type).send(JSON.stringify(shown))
}

/** What stays at every level of metadata: without them nobody finds the next page. */
const indispensable = ['@odata.nextLink', '@odata.count']

function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !name.includes('@odata.') || indispensable.includes(name))
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutAnnotations(inner)]))
}

function objectLocation(type: string, id: string, { root, caller }: GraphCall): string {
  const origin = root.slice(0, root.lastIndexOf('/'))
  return `${origin}/v2/${caller.tenantId}/directoryObjects/${id}/Microsoft.DirectoryServices.${type}`
}
