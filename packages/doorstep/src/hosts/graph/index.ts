import type { IncomingHttpHeaders } from 'node:http'
import Fastify, { type FastifyInstance } from 'fastify'
import { fastifyHost, type Host, isPreflight } from '../host.ts'
import { authenticate } from './access-token.ts'
import { withShortActionName } from './action-name.ts'
import { batchPath, batchRoutes } from './batch.ts'
import { endpoint } from './endpoint.ts'
import { sendError } from './error-response.ts'
import type { GraphParts } from './graph-parts.ts'
import { withKeysAsSegments } from './object-key.ts'
import { jsonType, parseRequestBody, refuseMediaType, requestText } from './request-body.ts'
import { answerPreflight } from './respond.ts'
import { routes } from './routes.ts'
import { unknownRoute } from './unknown-route.ts'
import { userInfoRoute } from './user-info.ts'

export type { GraphParts, NewSecret } from './graph-parts.ts'

/** `beta` answers as `v1.0` does. */
const versions = ['v1.0', 'beta']

/** Microsoft Graph: graph.microsoft.com, and `/graph` on the local origin. */
export async function graphHost(parts: GraphParts): Promise<Host> {
  const server = graphServer(parts)
  // Before everything else, so that nobody without a token learns which addresses there are.
  server.addHook('onRequest', async (request, reply) => {
    if (isPreflight(request)) return answerPreflight(request, reply)
    await authenticate(request, parts)
  })
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, parts))
  server.setNotFoundHandler((request) => {
    const [path = ''] = withKeysAsSegments(request.originalUrl).split('?')
    throw unknownRoute(path, versions, [...routes, { path: batchPath }])
  })
  for (const version of versions) {
    for (const { method, path, ...rest } of routes) {
      const handler = endpoint({ method, path, ...rest }, version, parts)
      server.route({ method, url: `/${version}${path}`, handler })
    }
  }
  await batchRoutes(server, versions)
  await userInfoRoute(server, parts)
  return fastifyHost(server)
}

function graphServer(parts: GraphParts): FastifyInstance {
  const server: FastifyInstance = Fastify({
    bodyLimit: 1024 * 1024,
    exposeHeadRoutes: false,
    genReqId: () => parts.newId(),
    rewriteUrl: ({ method, url = '/' }) => withShortActionName(method, withKeysAsSegments(url)),
    routerOptions: {
      caseSensitive: false,
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: 5000,
    },
    frameworkErrors: (error, request, reply) => {
      sendError(error, request, reply, parts)
    },
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(jsonType, { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
    parseRequestBody(requestText(body)),
  )
  server.addContentTypeParser('*', async (request: { headers: IncomingHttpHeaders }) =>
    refuseMediaType(request.headers['content-type']),
  )
  return server
}
