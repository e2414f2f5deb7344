import type { FastifyInstance, FastifyReply, FastifyRequest, LightMyRequestResponse } from 'fastify'
import { z } from 'zod'
import { firstProblem } from '../../directory/property-problem.ts'
import { answerPart, askedOrigin } from '../host.ts'
import { type BatchPart, batchProblem, mostParts } from './batch-parts.ts'
import { badRequest, GraphError } from './errors.ts'
import { jsonType, parseBatchBody, requestText } from './request-body.ts'
import { commonHeaders } from './respond.ts'

export const batchPath = '/$batch'

/** Paths of this shape come to the right place for themselves. */
const ownPath = /^\/?(?!\/)[^\\]*$/

/**
 * `POST /$batch` ("Combine multiple HTTP requests using JSON batching"): each part is a request of its own, which goes
 * through the same phases with the token of the batch. A part that fails leaves the batch a success.
 */
export async function batchRoutes(server: FastifyInstance, versions: readonly string[]): Promise<void> {
  await server.register(async (scope) => {
    scope.removeContentTypeParser(jsonType)
    scope.addContentTypeParser(jsonType, { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
      parseBatchBody(requestText(body)),
    )
    for (const version of versions) batchRoute(scope, server, version)
  })
}

function batchRoute(scope: FastifyInstance, server: FastifyInstance, version: string): void {
  scope.post(`/${version}${batchPath}`, async (request, reply) => {
    const parts = parseBatch(request.body)
    const responses = new Map<string, Promise<PartResponse>>()
    const respond = (part: BatchPart): Promise<PartResponse> => {
      const begun = responses.get(part.id)
      if (begun) return begun
      const response = answered(part, { server, version, request, after: (id) => respond(partNamed(id, parts)) })
      responses.set(part.id, response)
      return response
    }
    return sendResponses(await Promise.all(parts.map(respond)), request, reply)
  })
}

function sendResponses(responses: readonly PartResponse[], request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .headers(commonHeaders(request))
    .header('odata-version', '4.0')
    .header('content-type', 'application/json')
    .send(JSON.stringify({ responses }))
}

interface PartResponse {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

const partForm = z.object({
  id: z.union([z.string().min(1), z.number().transform(String)], { error: 'Expected a text' }),
  method: z.string().transform((method) => method.toUpperCase()),
  url: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).nullish(),
  body: z.unknown().optional(),
  dependsOn: z.array(z.union([z.string(), z.number().transform(String)])).nullish(),
})

/** @throws {GraphError} 400 when the batch is none; what is wrong with a single part, its own answer says */
function parseBatch(body: unknown): readonly BatchPart[] {
  const parsed = z.object({ requests: z.array(partForm).min(1) }).safeParse(body)
  if (!parsed.success) {
    const { path, kind, message } = firstProblem(parsed.error)
    if (kind === 'empty') throw badRequest(`Empty Payload. ${message}`)
    throw badRequest(`Invalid batch payload format. ${path === '' ? '' : `${path}: `}${message}`)
  }
  const { requests } = parsed.data
  if (requests.length > mostParts) {
    const message = `Number of batch request steps exceeds the maximum value of ${mostParts}.`
    throw new GraphError(400, 'MaximumValueExceeded', message)
  }
  const parts = requests.map(
    ({ id, method, url, headers, body, dependsOn }): BatchPart => ({
      id,
      method,
      url,
      headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
      body: body ?? undefined,
      dependsOn: dependsOn ?? [],
    }),
  )
  const problem = batchProblem(parts)
  if (problem !== undefined) throw badRequest(problem)
  return parts
}

function partNamed(id: string, parts: readonly BatchPart[]): BatchPart {
  const part = parts.find((candidate) => candidate.id === id)
  if (!part) throw new Error(`The batch has no part '${id}'.`)
  return part
}

interface BatchPlace {
  readonly server: FastifyInstance
  readonly version: string
  readonly request: FastifyRequest
  /** Answers another part, once. */
  readonly after: (id: string) => Promise<PartResponse>
}

async function answered(part: BatchPart, { server, version, request, after }: BatchPlace): Promise<PartResponse> {
  const earlier = await Promise.all(part.dependsOn.map(after))
  const failed = earlier.find(({ status }) => status >= 400)
  if (failed) return refusal(part.id, 424, 'FailedDependency', `The request '${failed.id}' that it depends on failed.`)
  const path = part.url.replace(/^\/?/, '/').replaceAll('#', '%23')
  if (!ownPath.test(part.url) || path.split('?')[0]?.split('/').some(isUpwards)) {
    return refusal(part.id, 400, 'BadRequest', `The url '${part.url}' is not relative to the version, as in '/me'.`)
  }
  if (/^\/+\$batch\b/i.test(decoded(path))) {
    return refusal(part.id, 400, 'BadRequest', 'A batch cannot be a part of a batch.')
  }
  const response = await answerPart(server, askedOrigin(request.raw), {
    method: methodOf(part.method),
    url: `/${version}${path}`,
    headers: headersOf(part, request),
    ...(part.body !== undefined && { payload: payloadOf(part) }),
  })
  return responseOf(part.id, response)
}

/** A path as the router reads it; one that cannot be decoded finds nothing there. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path.split('?')[0] ?? '')
  } catch {
    return path
  }
}

function isUpwards(segment: string): boolean {
  return /^(?:\.|%2e){1,2}$/i.test(segment)
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

function methodOf(method: string): Method {
  const methods: readonly Method[] = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']
  const known = methods.find((candidate) => candidate === method)
  if (!known) throw new Error(`A part has the method '${method}'.`)
  return known
}

/** Headers that belong to the connection, or that the batch has sent for all its parts. */
const ofTheBatch = ['authorization', 'host', 'content-length', 'transfer-encoding', 'connection', 'expect', 'upgrade']

function headersOf({ headers }: BatchPart, request: FastifyRequest): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => !ofTheBatch.includes(name) && /^[\w-]+$/.test(name))
  const sent = Object.fromEntries(own.map(([name, value]) => [name, value.replaceAll(/[^\t\x20-\x7e]/g, '?')]))
  return { ...sent, authorization: String(request.headers.authorization) }
}

/** A body that is no JSON is sent in base64. */
function payloadOf({ headers, body }: BatchPart): string | Buffer {
  const isJson = /\bjson\b/i.test(headers['content-type'] ?? '')
  return !isJson && typeof body === 'string' ? Buffer.from(body, 'base64') : JSON.stringify(body)
}

const shownHeaders = ['location', 'cache-control', 'content-type', 'odata-version', 'x-ms-resource-unit', 'retry-after']

function responseOf(id: string, { statusCode, headers, payload }: LightMyRequestResponse): PartResponse {
  const shown = Object.fromEntries(
    shownHeaders.flatMap((name) => {
      const value = headers[name]
      return value === undefined
        ? []
        : [[name.replaceAll(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase()), `${value}`]]
    }),
  )
  // The number of objects is text by itself and a number in a batch.
  const isNumber = /^\d+$/.test(payload)
  const isJson = /\bjson\b/i.test(String(headers['content-type'] ?? ''))
  return {
    id,
    status: statusCode,
    headers: shown,
    ...(payload !== '' && { body: isJson || isNumber ? JSON.parse(payload) : payload }),
  }
}

function refusal(id: string, status: number, code: string, message: string): PartResponse {
  return { id, status, headers: { 'Content-Type': 'application/json' }, body: { error: { code, message } } }
}
