import type { BrowserSession, SessionClient } from './sign-in-records.ts'

/** More frames than these a sign-out page should not load; the newest are kept. */
const clientsAtMost = 50

/**
 * The session after an application was told of one of its accounts, so that it hears of the sign-out too (OpenID
 * Connect Front-Channel Logout 1.0 §3); undefined when that is recorded already, or the account is not in it.
 */
export function sessionUsedBy(
  session: BrowserSession,
  homeUserId: string,
  client: SessionClient,
): BrowserSession | undefined {
  const account = session.accounts.find((each) => each.homeUserId === homeUserId)
  if (!account) return undefined
  const known = account.clients ?? []
  if (known.some(({ appId, issuer }) => appId === client.appId && issuer === client.issuer)) return undefined
  const others = known.filter(({ appId }) => appId !== client.appId)
  const clients = [...others, client].slice(-clientsAtMost)
  return { ...session, accounts: session.accounts.map((each) => (each === account ? { ...account, clients } : each)) }
}

/** Where a client's front channel hears that a session ended: its `logoutUrl` with `iss` and `sid` (§2). */
export function frontChannelLogoutUrl(
  logoutUrl: string,
  { issuer }: SessionClient,
  sessionId: string,
): string | undefined {
  if (!URL.canParse(logoutUrl)) return undefined
  const url = new URL(logoutUrl)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined
  url.searchParams.set('iss', issuer)
  url.searchParams.set('sid', sessionId)
  return url.href
}
