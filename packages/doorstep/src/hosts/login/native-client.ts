import type { FastifyInstance } from 'fastify'
import { nativeClientPage } from './pages/native-client.ts'
import { sendPage } from './sign-in/page-answer.ts'

/** GET /{tenant}/oauth2/nativeclient: the redirect URI of applications that watch the address of a browser they embed. */
export function nativeClientRoute(app: FastifyInstance): void {
  app.get('/:tenant/oauth2/nativeclient', async (_request, reply) =>
    sendPage(reply, { render: () => nativeClientPage(), cookies: [] }),
  )
}
