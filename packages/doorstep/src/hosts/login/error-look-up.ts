import type { FastifyInstance, FastifyRequest } from 'fastify'
import { catalogue, type Refusal, textWithPlaceholders } from '../../protocol/errors.ts'
import { errorLookUpPage } from './pages/error-look-up.ts'
import { sendPage } from './sign-in/page-answer.ts'

interface LookUpRoute {
  Querystring: { code?: string | string[] }
}

/** GET /error?code={number}: where `error_uri` points; what a code means and what to do about it. */
export function errorLookUpRoute(app: FastifyInstance): void {
  app.get<LookUpRoute>('/error', async (request, reply) => {
    const code = String(request.query.code ?? '').replace(/^AADSTS/i, '')
    const rows = Object.values<Refusal>(catalogue).filter((row) => String(row.code) === code)
    const status = rows.length > 0 ? 200 : 404
    if (isBrowser(request)) {
      const meanings = rows.map((row) => ({ ...row, text: textWithPlaceholders(row) }))
      return sendPage(reply, { status, render: (nonce) => errorLookUpPage({ nonce, code, meanings }), cookies: [] })
    }
    return reply.code(status).type('text/plain; charset=utf-8').send(textOf(code, rows))
  })
}

/** Programs that say nothing of what they can show are given text. */
function isBrowser({ headers }: FastifyRequest): boolean {
  return /\btext\/html\b/i.test(headers.accept ?? '')
}

function textOf(code: string, rows: readonly Refusal[]): string {
  if (rows.length === 0) return 'No refusal of Doorstep has this code. docs/errors.md lists them all.\n'
  return rows.map(({ error, when, fix }) => `AADSTS${code} (${error})\n\n${when}\n${fix}\n`).join('\n')
}
