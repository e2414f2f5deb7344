import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { askedOrigin, fastifyHost, type Host, isPreflight } from '../host.ts'
import { authenticate, callerOf } from './access-token.ts'
import { apiVersionOf } from './api-version.ts'
import type { ManagementCall } from './call.ts'
import { cloudMetadata } from './cloud-metadata.ts'
import { authorityOf, sendError } from './error-response.ts'
import { invalidResourceType, resourceNotFound } from './errors.ts'
import type { ManagementParts } from './management-parts.ts'
import { answerPreflight, commonHeaders } from './respond.ts'
import { routes } from './routes.ts'

export type { ManagementParts } from './management-parts.ts'

const metadataPath = '/metadata/endpoints'

/** Azure Resource Manager: management.azure.com, management.core.windows.net, and `/arm` on the local origin. */
export async function managementHost(parts: ManagementParts): Promise<Host> {
  const server = managementServer(parts)
  // Before everything else, so that nobody without a token learns which addresses there are.
  server.addHook('onRequest', async (request, reply) => {
    if (isPreflight(request)) return answerPreflight(request, reply)
    if (request.routeOptions.url !== metadataPath) await authenticate(request, parts)
    apiVersionOf(request)
  })
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, parts))
  server.setNotFoundHandler((request) => {
    throw unknownAddress(request)
  })
  server.get(metadataPath, async (request, reply) =>
    sendJson(cloudMetadata(askedOrigin(request.raw), apiVersionOf(request)), request, reply, parts),
  )
  for (const { path, answer } of routes) {
    server.get(path, async (request, reply) => sendJson(await answer(callOf(request, parts)), request, reply, parts))
  }
  return fastifyHost(server)
}

function managementServer(parts: ManagementParts): FastifyInstance {
  const server: FastifyInstance = Fastify({
    bodyLimit: 1024 * 1024,
    exposeHeadRoutes: false,
    genReqId: () => parts.newId(),
    // Some clients of the real service send two slashes in front, and would lose their token in a redirect.
    routerOptions: {
      caseSensitive: false,
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: 5000,
    },
    frameworkErrors: (error, request, reply) => {
      void sendError(error, request, reply, parts)
    },
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, async () => undefined)
  return server
}

function callOf(request: FastifyRequest, parts: ManagementParts): ManagementCall {
  return {
    parts,
    caller: callerOf(request),
    params: request.params as Record<string, string | undefined>,
    apiVersion: apiVersionOf(request),
    authority: authorityOf(askedOrigin(request.raw)),
  }
}

function sendJson(body: object, request: FastifyRequest, reply: FastifyReply, parts: ManagementParts): FastifyReply {
  return reply.headers(commonHeaders(request, parts.clock.now())).send(JSON.stringify(body))
}

/** What is not served; of an address below a resource provider, that the provider does not have it. */
function unknownAddress(request: FastifyRequest) {
  const path = request.originalUrl.split('?', 1)[0] ?? '/'
  const [, namespace, type] = /.*\/providers\/+([^/]+)\/+([^/]+)/i.exec(path) ?? []
  if (namespace === undefined || type === undefined) return resourceNotFound(path)
  return invalidResourceType(namespace, type, apiVersionOf(request))
}
