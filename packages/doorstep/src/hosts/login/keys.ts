import type { FastifyInstance } from 'fastify'
import { personalAccountsTenantId } from '../../directory/personal-accounts.ts'
import { resolveTenantSegment } from '../../protocol/tenant-segment.ts'
import { publishedKeys } from '../../tokens/jwks.ts'
import { askedOrigin } from '../host.ts'
import type { LoginParts } from './login-parts.ts'
import { answerPublishedPreflight, publishedHeaders } from './response-headers.ts'

interface KeysRoute {
  Params: { tenant: string }
}

/** GET /{tenant}/discovery/v2.0/keys and /{tenant}/discovery/keys: the public keys of every token (RFC 7517). */
export function keysRoutes(app: FastifyInstance, { tenants, keys }: LoginParts): void {
  app.options('/:tenant/discovery/v2.0/keys', answerPublishedPreflight)
  app.options('/:tenant/discovery/keys', answerPublishedPreflight)
  app.get<KeysRoute>('/:tenant/discovery/v2.0/keys', async (request, reply) => {
    const segment = await resolveTenantSegment(request.params.tenant, tenants, 'discoveryTenantNotFound')
    publishedHeaders(request, reply)
    const tenantId = segment.kind === 'personal' ? personalAccountsTenantId : '{tenantid}'
    return publishedKeys(await keys.certificates(), { authority: askedOrigin(request.raw), tenantId })
  })
  app.get<KeysRoute>('/:tenant/discovery/keys', async (request, reply) => {
    await resolveTenantSegment(request.params.tenant, tenants, 'discoveryTenantNotFound')
    publishedHeaders(request, reply)
    return publishedKeys(await keys.certificates())
  })
}
