import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { BrowserSession, SessionAccount, SessionStore, SignInChange } from '../../../protocol/sign-in-records.ts'

/** Entra's names: a session that ends with the browser, and one that a person asked to keep. */
const sessionCookie = 'ESTSAUTH'
const keptSessionCookie = 'ESTSAUTHPERSISTENT'
const sessionCookies = [keptSessionCookie, sessionCookie]
/** Ties the forms of one browser together. */
export const browserCookie = 'esctx'

const day = 24 * 60 * 60_000
const lifetimes = { browser: day, kept: 90 * day, short: 60 * 60_000 }

/** The cookies of a request, by name. */
export function cookiesOf(header: string | undefined): ReadonlyMap<string, string> {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim())
  return new Map(
    pairs
      .filter((pair) => pair.includes('='))
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
}

const idOf = (secret: string) => createHash('sha256').update(secret).digest('base64url')

/** The session that a browser carries, when it is alive. */
export async function currentSession(
  cookies: ReadonlyMap<string, string>,
  sessions: SessionStore,
  now: number,
): Promise<BrowserSession | undefined> {
  for (const name of sessionCookies) {
    const secret = cookies.get(name)
    const session = secret === undefined ? undefined : await sessions.byId(idOf(secret))
    if (session && now < session.expiresAt) return session
  }
  return undefined
}

export interface RenewedSession {
  readonly session: BrowserSession
  readonly changes: readonly SignInChange[]
  readonly cookies: readonly string[]
}

/**
 * The session after somebody has signed in: with a new secret, so that nobody who planted the old one shares it.
 * A short one lasts an hour at most and never longer than the browser: on localhost, whose cookies every port sees,
 * and where nobody gave a password.
 */
export function sessionWith(
  account: SessionAccount,
  before: BrowserSession | undefined,
  { keep, isShort, now }: { readonly keep: boolean; readonly isShort: boolean; readonly now: number },
): RenewedSession {
  const secret = randomBytes(32).toString('base64url')
  const persistent = (keep || (before?.persistent ?? false)) && !isShort
  const lifetime = isShort ? lifetimes.short : persistent ? lifetimes.kept : lifetimes.browser
  const others = before?.accounts.filter(({ homeUserId }) => homeUserId !== account.homeUserId) ?? []
  const clients = before?.accounts.find(({ homeUserId }) => homeUserId === account.homeUserId)?.clients
  const session: BrowserSession = {
    id: idOf(secret),
    sessionId: before?.sessionId ?? randomUUID(),
    accounts: [...others, { ...account, ...(clients && { clients }) }],
    persistent,
    createdAt: before?.createdAt ?? now,
    expiresAt: now + lifetime,
  }
  return {
    session,
    changes: [
      ...(before ? [{ change: 'deleteSession' as const, id: before.id }] : []),
      { change: 'putSession', session },
    ],
    cookies: [
      persistent
        ? cookie(keptSessionCookie, secret, `Max-Age=${lifetimes.kept / 1000}`)
        : cookie(sessionCookie, secret),
    ],
  }
}

/**
 * What is left of a browser's session when only `remaining` stay signed in. It goes on with a new secret, so that a
 * request that still holds the old one brings nobody back; without anybody it ends.
 */
export function sessionAfterSignOut(
  cookies: ReadonlyMap<string, string>,
  before: BrowserSession | undefined,
  remaining: readonly SessionAccount[],
  now: number,
): Omit<RenewedSession, 'session'> {
  const carried = sessionCookies.flatMap((name) => cookies.get(name) ?? [])
  const deletions = carried.map((secret) => ({ change: 'deleteSession', id: idOf(secret) }) as const)
  const expired = sessionCookies.map((name) => cookie(name, '', 'Max-Age=0'))
  if (!before || remaining.length === 0) return { changes: deletions, cookies: expired }
  const secret = randomBytes(32).toString('base64url')
  const session = { ...before, id: idOf(secret), accounts: remaining }
  const lifetimeInSeconds = Math.floor((before.expiresAt - now) / 1000)
  const kept = before.persistent
    ? cookie(keptSessionCookie, secret, `Max-Age=${lifetimeInSeconds}`)
    : cookie(sessionCookie, secret)
  const ended = expired.filter((each) => !each.startsWith(`${before.persistent ? keptSessionCookie : sessionCookie}=`))
  return { changes: [...deletions, { change: 'putSession', session }], cookies: [...ended, kept] }
}

/** The cookie that ties forms to this browser, and the header that sets it when it was not there. */
export function browserCookieOf(cookies: ReadonlyMap<string, string>): { value: string; header: string | undefined } {
  const known = cookies.get(browserCookie)
  if (known && /^[\w-]{43}$/.test(known)) return { value: known, header: undefined }
  const value = randomBytes(32).toString('base64url')
  return { value, header: cookie(browserCookie, value) }
}

/** `SameSite=None`, since clients open sign-in pages in frames and by forms from their own origins. */
function cookie(name: string, value: string, attribute?: string): string {
  return [`${name}=${value}`, 'Path=/', 'Secure', 'HttpOnly', 'SameSite=None', ...(attribute ? [attribute] : [])].join(
    '; ',
  )
}
