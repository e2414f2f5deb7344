import type { FastifyInstance } from 'fastify'
import { instanceMetadata } from '../../protocol/instance-metadata.ts'
import { askedOrigin } from '../host.ts'
import { answerPublishedPreflight, publishedHeaders } from './response-headers.ts'

interface InstanceRoute {
  Querystring: Record<string, string | string[] | undefined>
}

/** GET /common/discovery/instance: which hosts are one cloud; MSAL asks before it trusts an authority. */
export function instanceDiscoveryRoute(app: FastifyInstance): void {
  app.options('/:tenant/discovery/instance', answerPublishedPreflight)
  app.get<InstanceRoute>('/:tenant/discovery/instance', async (request, reply) => {
    const { authorization_endpoint: endpoint, 'api-version': apiVersion } = request.query
    // Set on the response itself, so that a refusal carries it too.
    reply.raw.setHeader('access-control-allow-origin', '*')
    const document = instanceMetadata(
      typeof endpoint === 'string' ? endpoint : '',
      typeof apiVersion === 'string' ? apiVersion : '1.0',
      askedOrigin(request.raw),
    )
    publishedHeaders(request, reply)
    return document
  })
}
