import { loggedSignIn } from '../../../protocol/sign-in-log.ts'
import type { LoginParts } from '../login-parts.ts'
import { accountNamed } from './accounts.ts'
import { cookiesOf, sessionWith } from './browser-session.ts'

type Parts = Pick<LoginParts, 'tenants' | 'users' | 'commit' | 'clock' | 'newId'>

/** The account of a user name in its home tenant, and whether it may sign in. */
export async function signInAccount(
  userPrincipalName: string,
  parts: Parts,
): Promise<{ readonly userPrincipalName: string; readonly enabled: boolean } | undefined> {
  const user = (await accountNamed(userPrincipalName, parts))?.user
  return user && { userPrincipalName: user.userPrincipalName, enabled: user.accountEnabled }
}

/**
 * A browser session of an enabled account, made by whoever holds the control token in place of a password. The
 * sign-in log says what it was. `account` is what the page that lets pick an account calls it.
 *
 * @throws Error when there is no such account: its caller has asked before
 */
export async function signInWithoutPerson(userPrincipalName: string, parts: Parts) {
  const found = await accountNamed(userPrincipalName, parts)
  if (!found?.user.accountEnabled) throw new Error(`There is no enabled account ${userPrincipalName}.`)
  const { tenant, user } = found
  const now = parts.clock.now()
  const signedIn = { homeTenantId: tenant.id, homeUserId: user.id, method: 'control', authenticatedAt: now } as const
  const { changes, cookies } = sessionWith(signedIn, undefined, { keep: false, isShort: true, now })
  const logged = loggedSignIn(
    {
      kind: 'control',
      user,
      tenantId: tenant.id,
      clientAppId: null,
      resourceAppId: null,
      errorCode: 0,
      correlationId: parts.newId(),
      now,
    },
    parts,
  )
  await parts.commit([...changes, logged])
  return {
    userPrincipalName: user.userPrincipalName,
    account: user.id,
    cookies: cookies.map((header) => {
      const [[name = '', value = ''] = []] = cookiesOf(header)
      return { name, value }
    }),
  }
}
