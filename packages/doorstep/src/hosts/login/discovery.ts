import type { FastifyInstance, FastifyRequest } from 'fastify'
import { openIdConfiguration } from '../../protocol/openid-configuration.ts'
import { resolveTenantSegment } from '../../protocol/tenant-segment.ts'
import { askedOrigin } from '../host.ts'
import type { LoginParts } from './login-parts.ts'
import { answerPublishedPreflight, publishedHeaders } from './response-headers.ts'

interface DiscoveryRoute {
  Params: { tenant: string }
  Querystring: { appid?: string }
}

/** GET /{tenant}/v2.0/.well-known/openid-configuration and its v1.0 counterpart (OpenID Connect Discovery §4). */
export function discoveryRoutes(app: FastifyInstance, { tenants }: LoginParts): void {
  for (const [url, version] of [
    ['/:tenant/v2.0/.well-known/openid-configuration', 'v2'],
    ['/:tenant/.well-known/openid-configuration', 'v1'],
  ] as const) {
    app.options(url, answerPublishedPreflight)
    app.get<DiscoveryRoute>(url, async (request: FastifyRequest<DiscoveryRoute>, reply) => {
      const segment = await resolveTenantSegment(request.params.tenant, tenants, 'discoveryTenantNotFound')
      publishedHeaders(request, reply)
      const { appid } = request.query
      return openIdConfiguration(
        version,
        segment,
        askedOrigin(request.raw),
        typeof appid === 'string' ? appid : undefined,
      )
    })
  }
}
