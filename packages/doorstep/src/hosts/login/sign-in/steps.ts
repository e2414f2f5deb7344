import type { FastifyInstance, FastifyReply } from 'fastify'
import { catalogue, entraError, type RefusalName } from '../../../protocol/errors.ts'
import type { PasswordFinding } from '../../../protocol/grants/password.ts'
import type { SessionAccount } from '../../../protocol/sign-in-records.ts'
import { askedOrigin } from '../../host.ts'
import type { PasswordParts } from '../check-password.ts'
import type { LoginParts } from '../login-parts.ts'
import { passwordPage } from '../pages/password.ts'
import { staySignedInPage } from '../pages/stay-signed-in.ts'
import { userNamePage } from '../pages/user-name.ts'
import { requestIds } from '../response-headers.ts'
import { accountNamed } from './accounts.ts'
import { browserCookie, cookiesOf, currentSession, sessionWith } from './browser-session.ts'
import { takeDeviceCode } from './device-code-step.ts'
import { openFlow, type SignInFlow } from './flow.ts'
import { giveConsent, leaveCancelled, proceed, refuseSignIn } from './proceed.ts'
import { logRefusal } from './sign-in-log.ts'
import { formAddress, formOf, showPage, showRefusal, type Visit } from './visit.ts'

type Form = ReadonlyMap<string, string>
type Step = (visit: Visit, form: Form, parts: PasswordParts) => Promise<FastifyReply>

/** What each page's form does; every one ends in the next page, or at the application. */
const steps: ReadonlyMap<string, Step> = new Map([
  ['userName', takeUserName],
  ['password', takePassword],
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

async function takeUserName(visit: Visit, form: Form, parts: LoginParts): Promise<FastifyReply> {
  if (form.has('cancel')) return leaveCancelled(visit, parts)
  const userName = form.get('loginfmt')?.trim() ?? ''
  const account = await accountNamed(userName, parts)
  if (!account) return askUserName(visit, userName, parts)
  return askPassword(withUserName(visit, account.user.userPrincipalName), parts)
}

function askUserName(visit: Visit, userName: string, parts: LoginParts): FastifyReply {
  const text = userName ? 'No account here has this user name.' : 'Enter a user name.'
  const view = { ...formOf(visit, 'userName', parts), userName, error: { text }, canCancel: true }
  return showPage(visit, (nonce) => userNamePage({ nonce, ...view }))
}

const withUserName = (visit: Visit, userName: string): Visit => ({ ...visit, flow: { ...visit.flow, userName } })

function askPassword(visit: Visit, parts: LoginParts, error?: { readonly text: string }): FastifyReply {
  const { userName = '' } = visit.flow
  const view = { ...formOf(visit, 'password', parts), userName }
  return showPage(visit, (nonce) => passwordPage({ nonce, ...view, ...(error && { error }) }))
}

/** What the page says of a password that lets nobody in. */
const passwordProblems: Readonly<Record<Exclude<PasswordFinding, 'right' | 'mustChange'>, PasswordProblem>> = {
  wrong: { text: 'The password is not right.', refusal: 'passwordWrong' },
  noPassword: { text: 'The password is not right.', refusal: 'passwordMissing' },
  locked: { text: 'Too many wrong passwords. This account is locked; try again in a while.', refusal: 'accountLocked' },
  disabled: { text: 'This account is disabled.', refusal: 'userDisabled' },
}

interface PasswordProblem {
  readonly text: string
  readonly refusal: RefusalName
}

/** What is wrong stays on the page, and in the sign-in log: the application hears of a sign-in only when it is one. */
async function takePassword(visit: Visit, form: Form, parts: PasswordParts): Promise<FastifyReply> {
  const { userName = '' } = visit.flow
  if (form.has('back')) return askUserName(visit, userName, parts)
  const account = await accountNamed(userName, parts)
  if (!account) return askUserName(visit, userName, parts)
  const finding = await parts.checkPassword(account.user, form.get('passwd') ?? '')
  if (finding !== 'right' && finding !== 'mustChange') {
    const { text, refusal } = passwordProblems[finding]
    await logRefusal(visit, account.user, { clientAppId: null, errorCode: catalogue[refusal].code }, parts)
    return askPassword(visit, parts, { text })
  }
  const signedIn: SessionAccount = {
    homeTenantId: account.tenant.id,
    homeUserId: account.user.id,
    method: 'pwd',
    authenticatedAt: visit.now,
  }
  const next = await renewSession(visit, signedIn, false, parts)
  const asked = askedOrigin(visit.request.raw)
  if (asked.kind === 'local') return proceed(next, parts)
  const view = { ...formOf(next, 'staySignedIn', parts), userName }
  return showPage(next, (nonce) => staySignedInPage({ nonce, ...view }))
}

async function renewSession(visit: Visit, account: SessionAccount, keep: boolean, parts: LoginParts): Promise<Visit> {
  const isLocal = askedOrigin(visit.request.raw).kind === 'local'
  const { session, changes, cookies } = sessionWith(account, visit.session, { keep, isLocal, now: visit.now })
  await parts.commit(changes)
  const chosen = { tenantId: account.homeTenantId, userId: account.homeUserId }
  return { ...visit, session, cookies: [...visit.cookies, ...cookies], flow: { ...visit.flow, chosen } }
}

async function takeStaySignedIn(visit: Visit, form: Form, parts: LoginParts): Promise<FastifyReply> {
  const chosen = visit.session?.accounts.find(({ homeUserId }) => homeUserId === visit.flow.chosen?.userId)
  if (form.has('decline') || !chosen) return proceed(visit, parts)
  return proceed(await renewSession(visit, chosen, true, parts), parts)
}

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
    const view = { ...formOf(visit, 'userName', parts), canCancel: true }
    return showPage(visit, (nonce) => userNamePage({ nonce, ...view }))
  }
  const picked = visit.session?.accounts.find(({ homeUserId }) => homeUserId === form.get('account'))
  const chosen = picked && { tenantId: picked.homeTenantId, userId: picked.homeUserId }
  return proceed({ ...visit, flow: { ...visit.flow, chosen } }, parts)
}
