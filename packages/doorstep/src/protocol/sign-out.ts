import type { Application } from '../directory/application.ts'
import type { SignedInAccount } from './prompt.ts'
import { findRedirectUri, isAbsoluteUri } from './redirect-uri.ts'
import type { RequestParameters } from './request-parameters.ts'

/** What a sign-out request says; every member may be missing. */
export interface SignOutRequest {
  readonly postLogoutRedirectUri: string | undefined
  readonly clientId: string | undefined
  readonly idTokenHint: string | undefined
  /** A user name, or the value of the claim `login_hint`. */
  readonly logoutHint: string | undefined
  readonly sid: string | undefined
  /** Returned letter for letter. */
  readonly state: string | undefined
}

/** OpenID Connect RP-Initiated Logout 1.0 §2, with `logout_hint` and `sid` as Microsoft's libraries send them. */
export function parseSignOutRequest(parameters: RequestParameters): SignOutRequest {
  return {
    postLogoutRedirectUri: parameters.value('post_logout_redirect_uri'),
    clientId: parameters.value('client_id')?.toLowerCase(),
    idTokenHint: parameters.value('id_token_hint'),
    logoutHint: parameters.value('logout_hint'),
    sid: parameters.value('sid'),
    state: parameters.verbatim('state'),
  }
}

export type SignOutDecision =
  | { readonly kind: 'pickAccount'; readonly accounts: readonly SignedInAccount[] }
  /** Nobody, when nobody is signed in any more. */
  | { readonly kind: 'signOut'; readonly accounts: readonly SignedInAccount[] }

export interface SignOutSituation {
  readonly accounts: readonly SignedInAccount[]
  /** The accounts that the hints of the request name; undefined without a hint. */
  readonly named: readonly SignedInAccount[] | undefined
  /** The account that the person picked. */
  readonly picked: string | undefined
}

/**
 * Who signs out. Several accounts and no hint: the person picks one. A hint that names nobody must not cost somebody
 * else the session, so the person is asked then too.
 */
export function decideSignOut({ accounts, named, picked }: SignOutSituation): SignOutDecision {
  if (picked !== undefined) {
    return { kind: 'signOut', accounts: accounts.filter(({ account }) => account.homeUserId === picked) }
  }
  const meant = named ?? accounts
  if (meant.length === 1) return { kind: 'signOut', accounts: meant }
  if (accounts.length === 0) return { kind: 'signOut', accounts: [] }
  return { kind: 'pickAccount', accounts: meant.length > 1 ? meant : accounts }
}

/** Whether a hint, of whatever kind, names this account. */
export function isNamedBy({ hints }: SignedInAccount, logoutHint: string): boolean {
  return hints.some((hint) => hint.toLowerCase() === logoutHint.toLowerCase())
}

/**
 * Where the browser goes after the sign-out: the address that was asked for, with `state`, when one of the
 * applications has registered it as a redirect URI on any platform; else nowhere.
 */
export function returnAddress(
  { postLogoutRedirectUri: sent, state }: SignOutRequest,
  applications: readonly Application[],
): string | undefined {
  if (sent === undefined || !isAbsoluteUri(sent)) return undefined
  for (const application of applications) {
    const found = findRedirectUri(sent, application)
    if (found) return withState(found.uri, state)
  }
  return undefined
}

/** What is not ASCII cannot stand in a header. */
function withState(uri: string, state: string | undefined): string {
  const address = uri.replace(/[^\x21-\x7e]+/g, (text) => encodeURIComponent(text))
  if (state === undefined) return address
  return `${address}${address.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`
}
