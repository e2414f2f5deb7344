import type { FastifyInstance } from 'fastify'
import type { LoginParts } from './login-parts.ts'
import { beginVisit } from './sign-in/begin.ts'
import { proceed } from './sign-in/proceed.ts'

interface AuthorizeRoute {
  Params: { tenant: string }
  Body: string | undefined
}

/** GET and POST /{tenant}/oauth2/authorize and /{tenant}/oauth2/v2.0/authorize (RFC 6749 §3.1). */
export function authorizeRoutes(app: FastifyInstance, parts: LoginParts): void {
  for (const [url, endpoint] of [
    ['/:tenant/oauth2/v2.0/authorize', 'v2'],
    ['/:tenant/oauth2/authorize', 'v1'],
  ] as const) {
    app.route<AuthorizeRoute>({
      method: ['GET', 'POST'],
      url,
      handler: async (request, reply) => {
        const query = request.method === 'GET' ? queryOf(request.url) : (request.body ?? '')
        const purpose = { kind: 'authorize', endpoint, segment: request.params.tenant, query } as const
        return proceed(await beginVisit(request, reply, purpose, parts), parts)
      },
    })
  }
}

/** What stands behind the question mark, as it was sent. */
export function queryOf(url: string): string {
  const at = url.indexOf('?')
  return at < 0 ? '' : url.slice(at + 1)
}
