import type { FastifyInstance } from 'fastify'
import { catalogue, type Refusal } from '../../protocol/errors.ts'

interface LookUpRoute {
  Querystring: { code?: string }
}

/** GET /error?code={number}: where `error_uri` points; what a code means and what to do about it. */
export function errorLookUpRoute(app: FastifyInstance): void {
  app.get<LookUpRoute>('/error', async ({ query }, reply) => {
    const code = Number(query.code)
    const rows = Object.values<Refusal>(catalogue).filter((row) => row.code === code)
    reply.type('text/plain; charset=utf-8')
    if (rows.length === 0)
      return reply.code(404).send('No refusal of Doorstep has this code. docs/errors.md lists them all.\n')
    return rows.map(({ error, when, fix }) => `AADSTS${code} (${error})\n\n${when}\n${fix}\n`).join('\n')
  })
}
