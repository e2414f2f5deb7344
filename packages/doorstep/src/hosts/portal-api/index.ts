import { bearerChallenge, TokenRefused } from '@doorstep/guard'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { fastifyHost, type Host } from '../host.ts'
import { grantAdminConsent } from './admin-consent.ts'
import { asPortalApiError, resourceNotFound } from './errors.ts'
import type { PortalApiParts } from './portal-api-parts.ts'

export type { PortalApiParts } from './portal-api-parts.ts'

interface ConsentRoute {
  Params: { appId: string }
  Querystring: { onBehalfOfAll?: unknown }
}

/**
 * The portal's own backend, main.iam.ad.ext.azure.com, and `/portal-api` on the local origin. Microsoft documents
 * nothing of it; here is the one address that Azure CLI calls.
 */
export async function portalApiHost(parts: PortalApiParts): Promise<Host> {
  const server: FastifyInstance = Fastify({
    bodyLimit: 1024 * 1024,
    exposeHeadRoutes: false,
    genReqId: () => parts.newId(),
    routerOptions: { caseSensitive: false, ignoreDuplicateSlashes: true, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => {
      sendError(error, request, reply, parts)
    },
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, async () => undefined)
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, parts))
  server.setNotFoundHandler((request) => {
    throw resourceNotFound(request.originalUrl.split('?', 1)[0] ?? '/')
  })
  server.post<ConsentRoute>('/api/RegisteredApplications/:appId/Consent', async (request, reply) => {
    const { authorization } = request.headers
    const { onBehalfOfAll } = request.query
    await grantAdminConsent({ authorization, appId: request.params.appId, onBehalfOfAll }, parts)
    return reply.code(204).headers(commonHeaders(request)).send()
  })
  return fastifyHost(server)
}

function commonHeaders(request: FastifyRequest): Readonly<Record<string, string>> {
  return { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff', 'x-ms-request-id': request.id }
}

/** Errors have the form that the portal's framework gives them. */
function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, parts: PortalApiParts): FastifyReply {
  const { status, code, message } = asPortalApiError(error)
  if (status >= 500) parts.reportFault?.(error, request.id)
  if (error instanceof TokenRefused) reply.header('www-authenticate', bearerChallenge(error))
  const body = {
    ClassName: 'Microsoft.Portal.Framework.Exceptions.ClientException',
    Message: message,
    Data: {},
    HttpStatusCode: status,
    ClientData: {
      errorCode: code,
      localizedErrorDetails: { errorDetail: message },
      timeStampUtc: new Date(parts.clock.now()).toISOString(),
      clientRequestId: request.headers['x-ms-client-request-id'] ?? request.id,
    },
  }
  return reply
    .code(status)
    .headers({ ...commonHeaders(request), 'content-type': 'application/json; charset=utf-8' })
    .send(JSON.stringify(body))
}
