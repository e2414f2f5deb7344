import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SignedInAccount } from '../../protocol/prompt.ts'
import { readRequestParameters } from '../../protocol/request-parameters.ts'
import { frontChannelLogoutUrl } from '../../protocol/session-clients.ts'
import type { BrowserSession } from '../../protocol/sign-in-records.ts'
import { decideSignOut, parseSignOutRequest, type SignOutRequest } from '../../protocol/sign-out.ts'
import { verificationKeys } from '../../tokens/verification-keys.ts'
import { queryOf } from './authorize.ts'
import type { LoginParts } from './login-parts.ts'
import { accountPickerPage } from './pages/account-picker.ts'
import { signedOutPage } from './pages/signed-out.ts'
import { signedInAccounts } from './sign-in/accounts.ts'
import { cookiesOf, currentSession, sessionAfterSignOut } from './sign-in/browser-session.ts'
import { sendPage } from './sign-in/page-answer.ts'
import { accountsNamed } from './sign-out/accounts-named.ts'
import { type IdTokenHint, readIdTokenHint } from './sign-out/id-token-hint.ts'
import { type Return, returnOf } from './sign-out/return-address.ts'

interface SignOutRoute {
  Params: { tenant: string }
  Body: string | undefined
}

/** One request to sign out, read. */
interface SigningOut {
  readonly http: FastifyRequest<SignOutRoute>
  readonly reply: FastifyReply
  readonly request: SignOutRequest
  readonly hint: IdTokenHint | undefined
  readonly cookies: ReadonlyMap<string, string>
  readonly session: BrowserSession | undefined
  readonly accounts: readonly SignedInAccount[]
  readonly now: number
}

/**
 * GET and POST /{tenant}/oauth2/v2.0/logout and /{tenant}/oauth2/logout (OpenID Connect RP-Initiated Logout 1.0). Any
 * site can send a browser here, as to the real platform: to lose a session is no gain for anybody else. Refresh
 * tokens stay good.
 */
export function signOutRoutes(app: FastifyInstance, parts: LoginParts): void {
  const keyOf = verificationKeys(parts.keys)
  const signOut = async (http: FastifyRequest<SignOutRoute>, reply: FastifyReply, encoded: string, picked?: string) => {
    const now = parts.clock.now()
    const request = parseSignOutRequest(readRequestParameters(encoded))
    const cookies = cookiesOf(http.headers.cookie)
    const session = await currentSession(cookies, parts.sessions, now)
    const accounts = await signedInAccounts(session, parts)
    const hint = request.idTokenHint === undefined ? undefined : await readIdTokenHint(request.idTokenHint, keyOf)
    return answer({ http, reply, request, hint, cookies, session, accounts, now }, picked, parts)
  }
  for (const url of ['/:tenant/oauth2/v2.0/logout', '/:tenant/oauth2/logout']) {
    app.get<SignOutRoute>(url, async (http, reply) => signOut(http, reply, queryOf(http.url)))
    app.post<SignOutRoute>(url, async (http, reply) => {
      const form = http.body ?? ''
      return signOut(http, reply, `${form}&${queryOf(http.url)}`, new URLSearchParams(form).get('account') ?? undefined)
    })
  }
}

async function answer(signingOut: SigningOut, picked: string | undefined, parts: LoginParts): Promise<FastifyReply> {
  const { request, hint, accounts } = signingOut
  const decision = decideSignOut({ accounts, picked, named: await accountsNamed(request, hint, accounts, parts) })
  if (decision.kind === 'pickAccount') return showAccounts(signingOut, decision.accounts)
  const { frames, cookies } = await endSession(signingOut, decision.accounts, parts)
  const goesTo = await returnOf(request, hint, signingOut.http.params.tenant, parts)
  return leave(signingOut, { goesTo, frames, cookies, userName: decision.accounts[0]?.userPrincipalName, picked })
}

/** The picker posts what was asked back to where it came from; nothing else has to be remembered. */
function showAccounts({ http, reply, request }: SigningOut, accounts: readonly SignedInAccount[]): FastifyReply {
  const fields = {
    post_logout_redirect_uri: request.postLogoutRedirectUri,
    client_id: request.clientId,
    id_token_hint: request.idTokenHint,
    state: request.state,
  }
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)
  const view = {
    purpose: 'signOut',
    action: `/${encodeURIComponent(http.params.tenant)}/oauth2/v2.0/logout`,
    fields: Object.fromEntries(given),
    accounts: accounts.map(({ account, userPrincipalName }) => ({
      key: account.homeUserId,
      displayName: userPrincipalName,
      userName: userPrincipalName,
      isSignedIn: true,
    })),
  } as const
  return sendPage(reply, { render: (nonce) => accountPickerPage({ nonce, ...view }), cookies: [] })
}

/** Takes accounts out of the browser's session, and finds whom to tell. Those that can do nothing any more go too. */
async function endSession(
  { cookies, session, accounts, now }: SigningOut,
  leaving: readonly SignedInAccount[],
  parts: LoginParts,
): Promise<{ readonly frames: readonly string[]; readonly cookies: readonly string[] }> {
  const staying = accounts.filter((account) => !leaving.includes(account)).map(({ account }) => account)
  const after = sessionAfterSignOut(cookies, session, staying, now)
  if (after.changes.length > 0) await parts.commit(after.changes)
  return { frames: session ? await frontChannel(session, staying, parts) : [], cookies: after.cookies }
}

/** The front-channel address of each application that one of those who left had signed in to. */
async function frontChannel(
  { accounts, sessionId }: BrowserSession,
  staying: BrowserSession['accounts'],
  { applications }: LoginParts,
): Promise<readonly string[]> {
  const clients = accounts.filter((account) => !staying.includes(account)).flatMap((account) => account.clients ?? [])
  const urls = clients.map(async (client) => {
    const logoutUrl = (await applications.byAppId(client.appId))?.web.logoutUrl
    return logoutUrl ? frontChannelLogoutUrl(logoutUrl, client, sessionId) : undefined
  })
  return [...new Set((await Promise.all(urls)).filter((url) => url !== undefined))]
}

interface Left {
  readonly goesTo: Return
  readonly frames: readonly string[]
  readonly cookies: readonly string[]
  readonly userName: string | undefined
  readonly picked: string | undefined
}

/**
 * Back to the application, or the page that stays. Where applications must be told first, or a form of ours led here
 * (browsers hold a form to its policy over every redirect that follows), a page in between moves on by itself.
 */
function leave({ reply }: SigningOut, { goesTo, frames, cookies, userName, picked }: Left): FastifyReply {
  if (goesTo.kind === 'return' && frames.length === 0 && picked === undefined) {
    return reply
      .code(302)
      .headers({
        location: goesTo.url,
        'set-cookie': [...cookies],
        'cache-control': 'no-store, no-cache',
        pragma: 'no-cache',
      })
      .send()
  }
  const view = {
    frontChannelLogoutUrls: frames,
    ...(userName !== undefined && { userName }),
    ...(goesTo.kind === 'return' && { postLogoutRedirectUri: goesTo.url }),
    ...(goesTo.kind === 'refused' && { notReturned: goesTo }),
  }
  return sendPage(reply, { render: (nonce) => signedOutPage({ nonce, ...view }), cookies, frames })
}
