import type { FastifyInstance } from 'fastify'
import { interruptedPage, startPage } from './pages/start.ts'
import { sendPage } from './sign-in/page-answer.ts'
import { formAddress } from './sign-in/visit.ts'

/** GET / and GET /common/login: addresses that only people open, by hand or by reloading a page. */
export function startRoutes(app: FastifyInstance): void {
  app.get('/', async (_request, reply) => sendPage(reply, { render: (nonce) => startPage({ nonce }), cookies: [] }))
  app.get(formAddress, async (_request, reply) =>
    sendPage(reply, { status: 400, render: (nonce) => interruptedPage({ nonce }), cookies: [] }),
  )
}
