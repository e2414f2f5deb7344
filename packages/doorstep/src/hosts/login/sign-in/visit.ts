import type { FastifyReply, FastifyRequest } from 'fastify'
import { originOf } from '../../../protocol/authority.ts'
import type { AuthorizationResponse } from '../../../protocol/authorization-response.ts'
import { formPostFields, redirectLocation } from '../../../protocol/authorization-response.ts'
import type { EntraError, RefusalName } from '../../../protocol/errors.ts'
import type { BrowserSession } from '../../../protocol/sign-in-records.ts'
import { askedOrigin } from '../../host.ts'
import type { LoginParts } from '../login-parts.ts'
import { errorPage } from '../pages/error.ts'
import { formPostPage } from '../pages/form-post.ts'
import { outOfBandPage } from '../pages/out-of-band.ts'
import type { RequestIds } from '../response-headers.ts'
import type { RefusalDetails } from './differences.ts'
import { type SignInFlow, sealFlow } from './flow.ts'
import { sendPage } from './page-answer.ts'

/** One request of a browser on its way through the pages. */
export interface Visit {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly flow: SignInFlow
  readonly session: BrowserSession | undefined
  /** Set with whatever is answered. */
  readonly cookies: readonly string[]
  readonly ids: RequestIds
  readonly now: number
}

/** Where every form of the pages goes. */
export const formAddress = '/common/login'

/** The hidden fields of a page: the sealed flow, and which page it is. */
export function formOf({ flow }: Visit, step: string, parts: LoginParts) {
  return { action: formAddress, fields: { flow: sealFlow(flow, parts.seal), step } }
}

/**
 * Sends a page of the flow. Its forms may lead anywhere: the last one is answered by a redirect to the application,
 * and browsers hold a form to its policy over every redirect that follows, those of the application included.
 */
export function showPage(visit: Visit, render: (nonce: string) => string): FastifyReply {
  return sendPage(visit.reply, { render, cookies: visit.cookies, formActions: 'any' })
}

/** The redirect URI of programs that no redirect can reach. */
const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'

/** Sends the answer to the application: a redirect, or a page that posts itself. */
export function leave(visit: Visit, response: AuthorizationResponse): FastifyReply {
  if (response.redirectUri === outOfBand) {
    return showPage(visit, (nonce) => outOfBandPage({ nonce, parameters: response.parameters }))
  }
  if (response.mode === 'form_post') {
    const fields = formPostFields(response)
    return showPage(visit, (nonce) => formPostPage({ nonce, action: response.redirectUri, fields }))
  }
  const { reply, cookies } = visit
  if (cookies.length > 0) reply.header('set-cookie', [...cookies])
  return reply
    .code(302)
    .headers({ location: redirectLocation(response), 'cache-control': 'no-store, no-cache', pragma: 'no-cache' })
    .send()
}

/** Shows a refusal that may not be sent anywhere, with what a person can do about it. */
export function showRefusal(visit: Visit, refusal: EntraError, details: Partial<RefusalDetails> = {}): FastifyReply {
  const { request, ids, now } = visit
  const { differences = [], command } = details
  const timestamp = `${new Date(now).toISOString().slice(0, 19)}Z`
  const explanationUrl = `${originOf(askedOrigin(request.raw))}/error?code=${refusal.code}`
  const render = (nonce: string) =>
    errorPage({
      nonce,
      code: refusal.code,
      text: refusal.message.slice(`AADSTS${refusal.code}: `.length),
      requestId: ids.traceId,
      correlationId: ids.correlationId,
      timestamp,
      differences,
      fix: { text: refusal.fix, ...(command !== undefined && { command }) },
      ...(wrongAccount.has(refusal.refusal) && { otherAccountUrl: otherAccountUrl(visit) }),
      explanationUrl,
    })
  return sendPage(visit.reply, { status: 400, render, cookies: visit.cookies })
}

/** Refusals that another account may not meet. */
const wrongAccount: ReadonlySet<RefusalName> = new Set<RefusalName>([
  'userNotInTenant',
  'userNotAssigned',
  'personalAccountNotAllowed',
])

/** The request again, with the question which account. */
function otherAccountUrl({ flow: { purpose } }: Visit): string | undefined {
  if (purpose.kind !== 'authorize') return undefined
  const query = new URLSearchParams(purpose.query)
  query.set('prompt', 'select_account')
  return `/${encodeURIComponent(purpose.segment)}/oauth2/${purpose.endpoint === 'v2' ? 'v2.0/' : ''}authorize?${query}`
}
