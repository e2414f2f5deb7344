import type { FastifyInstance, FastifyReply } from 'fastify'
import { entraError } from '../../../protocol/errors.ts'
import type { PasswordParts } from '../check-password.ts'
import type { LoginParts } from '../login-parts.ts'
import { userNamePage } from '../pages/user-name.ts'
import { requestIds } from '../response-headers.ts'
import { browserCookie, cookiesOf, currentSession } from './browser-session.ts'
import { type Form, takeNewPassword, takePassword, takeStaySignedIn, takeUserName } from './credential-steps.ts'
import { takeDeviceCode } from './device-code-step.ts'
import { openFlow, type SignInFlow } from './flow.ts'
import { giveConsent, leaveCancelled, proceed, refuseSignIn } from './proceed.ts'
import { formAddress, formOf, showPage, showRefusal, type Visit } from './visit.ts'

type Step = (visit: Visit, form: Form, parts: PasswordParts) => Promise<FastifyReply>

/** What each page's form does; every one ends in the next page, or at the application. */
const steps: ReadonlyMap<string, Step> = new Map([
  ['userName', takeUserName],
  ['password', takePassword],
  ['newPassword', takeNewPassword],
  ['staySignedIn', takeStaySignedIn],
  ['pick', takeAccount],
  ['consent', takeConsent],
  ['deviceCode', takeDeviceCode],
  ['confirm', takeConfirmation],
])

/** POST /common/login: the forms of all sign-in pages. */
export function signInStepRoute(app: FastifyInstance, parts: PasswordParts): void {
  app.post<{ Body: string | undefined }>(formAddress, async (request, reply) => {
    const now = parts.clock.now()
    const form = new Map(new URLSearchParams(request.body ?? ''))
    const cookies = cookiesOf(request.headers.cookie)
    const flow = openFlow(form.get('flow'), cookies.get(browserCookie), parts.seal, now)
    const session = await currentSession(cookies, parts.sessions, now)
    const visit = { request, reply, session, cookies: [], ids: requestIds(request), now }
    const step = steps.get(form.get('step') ?? '')
    if (!flow || !step) return showRefusal({ ...visit, flow: emptyFlow(now) }, entraError('requestMalformed'))
    return step({ ...visit, flow }, form, parts)
  })
}

const emptyFlow = (startedAt: number): SignInFlow => ({
  purpose: { kind: 'device', userCode: undefined },
  startedAt,
  correlationId: '',
  browser: '',
})

/** For oneself, for everybody, or not at all. */
async function takeConsent(visit: Visit, form: Form, parts: LoginParts): Promise<FastifyReply> {
  return form.has('cancel')
    ? refuseSignIn(visit, entraError('consentDeclined'), parts)
    : giveConsent(visit, form.has('adminConsent'), parts)
}

/** Whether the sign-in on the device is the person's own doing. */
async function takeConfirmation(visit: Visit, form: Form, parts: LoginParts): Promise<FastifyReply> {
  if (form.has('cancel')) return leaveCancelled(visit, parts)
  return proceed({ ...visit, flow: { ...visit.flow, confirmed: true } }, parts)
}

async function takeAccount(visit: Visit, form: Form, parts: LoginParts): Promise<FastifyReply> {
  if (form.has('otherAccount')) {
    const { application } = visit.flow
    const view = { ...formOf(visit, 'userName', parts), canCancel: true, ...(application && { application }) }
    return showPage(visit, (nonce) => userNamePage({ nonce, ...view }))
  }
  const picked = visit.session?.accounts.find(({ homeUserId }) => homeUserId === form.get('account'))
  const chosen = picked && { tenantId: picked.homeTenantId, userId: picked.homeUserId }
  return proceed({ ...visit, flow: { ...visit.flow, chosen } }, parts)
}
