import type { FastifyReply } from 'fastify'
import { passwordProblem } from '../../../directory/password-policy.ts'
import type { PasswordFinding } from '../../../protocol/grants/password.ts'
import type { SessionAccount } from '../../../protocol/sign-in-records.ts'
import { askedOrigin } from '../../host.ts'
import type { PasswordParts } from '../check-password.ts'
import type { LoginParts } from '../login-parts.ts'
import { type NewPasswordView, newPasswordPage } from '../pages/new-password.ts'
import { passwordPage } from '../pages/password.ts'
import { staySignedInPage } from '../pages/stay-signed-in.ts'
import { userNamePage } from '../pages/user-name.ts'
import { accountNamed } from './accounts.ts'
import { sessionWith } from './browser-session.ts'
import { leaveCancelled, proceed } from './proceed.ts'
import { kindOf } from './sign-in-log.ts'
import { formOf, showPage, type Visit } from './visit.ts'

/** The fields of a page's form. */
export type Form = ReadonlyMap<string, string>

export async function takeUserName(visit: Visit, form: Form, parts: LoginParts): Promise<FastifyReply> {
  if (form.has('cancel')) return leaveCancelled(visit, parts)
  const userName = form.get('loginfmt')?.trim() ?? ''
  const account = await accountNamed(userName, parts)
  if (!account) return askUserName(visit, userName, parts)
  return askPassword(withUserName(visit, account.user.userPrincipalName), parts)
}

function askUserName(visit: Visit, userName: string, parts: LoginParts): FastifyReply {
  const text = userName ? 'No account here has this user name.' : 'Enter a user name.'
  const { application } = visit.flow
  const view = {
    ...formOf(visit, 'userName', parts),
    userName,
    error: { text },
    canCancel: true,
    ...(application && { application }),
  }
  return showPage(visit, (nonce) => userNamePage({ nonce, ...view }))
}

const withUserName = (visit: Visit, userName: string): Visit => ({ ...visit, flow: { ...visit.flow, userName } })

function askPassword(visit: Visit, parts: LoginParts, error?: { readonly text: string }): FastifyReply {
  const { userName = '', application } = visit.flow
  const view = { ...formOf(visit, 'password', parts), userName, ...(application && { application }) }
  return showPage(visit, (nonce) => passwordPage({ nonce, ...view, ...(error && { error }) }))
}

type FoundAccount = NonNullable<Awaited<ReturnType<typeof accountNamed>>>

/** What the page says of a password that lets nobody in. */
const passwordProblems: Readonly<Record<Exclude<PasswordFinding, 'right' | 'mustChange'>, string>> = {
  wrong: 'The password is not right.',
  noPassword: 'The password is not right.',
  locked: 'Too many wrong passwords. This account is locked; try again in a while.',
  disabled: 'This account is disabled.',
}

/** What is wrong stays on the page: the application hears of a sign-in only when it is one. */
export async function takePassword(visit: Visit, form: Form, parts: PasswordParts): Promise<FastifyReply> {
  const { userName = '' } = visit.flow
  if (form.has('back')) return askUserName(visit, userName, parts)
  const account = await accountNamed(userName, parts)
  if (!account) return askUserName(visit, userName, parts)
  const finding = await checked(visit, account, form.get('passwd'), parts)
  if (finding === 'mustChange') return askNewPassword(visit, parts)
  if (finding !== 'right') return askPassword(visit, parts, { text: passwordProblems[finding] })
  return signIn(visit, account, parts)
}

function checked(visit: Visit, { user }: FoundAccount, given: string | undefined, parts: PasswordParts) {
  const { correlationId } = visit.flow
  return parts.checkPassword(user, given ?? '', { kind: kindOf(visit), clientAppId: null, correlationId })
}

function askNewPassword(visit: Visit, parts: LoginParts, error?: NewPasswordView['error']): FastifyReply {
  const { userName = '' } = visit.flow
  const view = { ...formOf(visit, 'newPassword', parts), userName }
  return showPage(visit, (nonce) => newPasswordPage({ nonce, ...view, ...(error && { error }) }))
}

/** A password that was given to the person is good for choosing one of his own, and for nothing else. */
export async function takeNewPassword(visit: Visit, form: Form, parts: PasswordParts): Promise<FastifyReply> {
  const account = await accountNamed(visit.flow.userName ?? '', parts)
  if (!account) return askUserName(visit, visit.flow.userName ?? '', parts)
  const [current = '', chosen = '', again = ''] = ['oldpasswd', 'newpasswd', 'confirmnewpasswd'].map((name) =>
    form.get(name),
  )
  const finding = await checked(visit, account, current, parts)
  if (finding !== 'right' && finding !== 'mustChange') {
    return askNewPassword(visit, parts, { text: passwordProblems[finding], about: 'current' })
  }
  const problem = problemOf({ current, chosen, again })
  if (problem) return askNewPassword(visit, parts, { text: problem, about: 'new' })
  const password = {
    userId: account.user.id,
    passwordHash: await parts.hashPassword(chosen),
    changedDateTime: new Date(visit.now).toISOString(),
    mustChange: false,
  }
  await parts.commit([{ change: 'setUserPassword', password }])
  return signIn(visit, account, parts)
}

function problemOf(given: { readonly current: string; readonly chosen: string; readonly again: string }) {
  const { current, chosen, again } = given
  if (chosen !== again) return 'The new password is not the same twice.'
  if (chosen === current) return 'Choose a password that you have not had.'
  return passwordProblem(chosen)
}

/** The person has proved who he is. */
async function signIn(visit: Visit, { tenant, user }: FoundAccount, parts: LoginParts): Promise<FastifyReply> {
  const signedIn: SessionAccount = {
    homeTenantId: tenant.id,
    homeUserId: user.id,
    method: 'pwd',
    authenticatedAt: visit.now,
  }
  const next = await renewSession(visit, signedIn, false, parts)
  if (askedOrigin(visit.request.raw).kind === 'local') return proceed(next, parts)
  const view = { ...formOf(next, 'staySignedIn', parts), userName: visit.flow.userName ?? '' }
  return showPage(next, (nonce) => staySignedInPage({ nonce, ...view }))
}

async function renewSession(visit: Visit, account: SessionAccount, keep: boolean, parts: LoginParts): Promise<Visit> {
  const isShort = askedOrigin(visit.request.raw).kind === 'local' || account.method === 'control'
  const { session, changes, cookies } = sessionWith(account, visit.session, { keep, isShort, now: visit.now })
  await parts.commit(changes)
  const chosen = { tenantId: account.homeTenantId, userId: account.homeUserId }
  return { ...visit, session, cookies: [...visit.cookies, ...cookies], flow: { ...visit.flow, chosen } }
}

export async function takeStaySignedIn(visit: Visit, form: Form, parts: LoginParts): Promise<FastifyReply> {
  const chosen = visit.session?.accounts.find(({ homeUserId }) => homeUserId === visit.flow.chosen?.userId)
  if (form.has('decline') || !chosen) return proceed(visit, parts)
  return proceed(await renewSession(visit, chosen, true, parts), parts)
}
