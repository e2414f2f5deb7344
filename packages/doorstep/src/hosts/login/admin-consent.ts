import type { FastifyInstance } from 'fastify'
import { queryOf } from './authorize.ts'
import type { LoginParts } from './login-parts.ts'
import { beginVisit } from './sign-in/begin.ts'
import { proceed } from './sign-in/proceed.ts'

interface AdminConsentRoute {
  Params: { tenant: string }
}

/** GET /{tenant}/adminconsent and /{tenant}/v2.0/adminconsent: an administrator consents for everybody. */
export function adminConsentRoutes(app: FastifyInstance, parts: LoginParts): void {
  for (const [url, endpoint] of [
    ['/:tenant/v2.0/adminconsent', 'v2'],
    ['/:tenant/adminconsent', 'v1'],
  ] as const) {
    app.get<AdminConsentRoute>(url, async (request, reply) => {
      const segment = request.params.tenant
      const purpose = { kind: 'adminConsent', endpoint, segment, query: queryOf(request.url) } as const
      return proceed(await beginVisit(request, reply, purpose, parts), parts)
    })
  }
}
