import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { contentSecurityPolicy } from '../pages/content-security-policy.ts'

export interface PageAnswer {
  readonly status?: number
  /** Makes the page with a nonce of its own. */
  readonly render: (nonce: string) => string
  readonly cookies: readonly string[]
  /** Where forms of the page may lead beside this host; `any` for a page that posts itself to the application. */
  readonly formActions?: readonly string[] | 'any'
  /** Addresses the page loads in hidden frames. */
  readonly frames?: readonly string[]
}

/** Sends a page: never kept, never framed, nothing loaded. */
export function sendPage(
  reply: FastifyReply,
  { status = 200, render, cookies, formActions = [], frames = [] }: PageAnswer,
): FastifyReply {
  const nonce = randomBytes(16).toString('base64url')
  if (cookies.length > 0) reply.header('set-cookie', [...cookies])
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(nonce, formActions, { frames }),
      'cache-control': 'no-store, no-cache',
      pragma: 'no-cache',
      expires: '-1',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'strict-origin-when-cross-origin',
    })
    .send(render(nonce))
}
