import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LoginParts } from '../login-parts.ts'
import { requestIds } from '../response-headers.ts'
import { browserCookieOf, cookiesOf, currentSession } from './browser-session.ts'
import { browserFingerprint, type SignInFlow } from './flow.ts'
import type { Visit } from './visit.ts'

/** The first request of a browser: begins a flow that is bound to it. */
export async function beginVisit(
  request: FastifyRequest,
  reply: FastifyReply,
  purpose: SignInFlow['purpose'],
  parts: LoginParts,
): Promise<Visit> {
  const now = parts.clock.now()
  const ids = requestIds(request)
  const cookies = cookiesOf(request.headers.cookie)
  const browser = browserCookieOf(cookies)
  const flow: SignInFlow = {
    purpose,
    startedAt: now,
    correlationId: ids.correlationId,
    browser: browserFingerprint(browser.value),
  }
  const session = await currentSession(cookies, parts.sessions, now)
  return { request, reply, flow, session, cookies: browser.header ? [browser.header] : [], ids, now }
}
