import { personalAccountsTenantId } from '../directory/personal-accounts.ts'
import type { AuthorizationRequest } from './authorization-request.ts'
import { type EntraError, entraError } from './errors.ts'
import type { SessionAccount } from './sign-in-records.ts'
import type { TenantSegment } from './tenant-segment.ts'

/** An account that is signed in with the browser, as far as choosing needs it. */
export interface SignedInAccount {
  readonly account: SessionAccount
  /** GUID of its session, the `sid`. */
  readonly sessionId: string
  readonly userPrincipalName: string
  readonly displayName: string
  /** All texts by which `login_hint` may name it: user principal name, e-mail, the claim `login_hint`. */
  readonly hints: readonly string[]
  /** Tenants where it is a member or a guest. */
  readonly tenantIds: readonly string[]
}

export interface SessionSituation {
  readonly request: Pick<AuthorizationRequest, 'prompt' | 'loginHint' | 'sid' | 'domainHint' | 'maxAge'>
  readonly segment: TenantSegment
  readonly accounts: readonly SignedInAccount[]
  /**
   * The account that the person picked or signed in with for this very request; it stands in for hints, so that the
   * same decision is taken again after a page.
   */
  readonly chosen: SignedInAccount | undefined
  /** When this request came first; whoever signed in since has done what `prompt=login` demands. Milliseconds. */
  readonly startedAt: number
  /** Milliseconds. */
  readonly now: number
}

export type SessionDecision =
  /** Credentials are asked for; `hint` is the user name to begin with. */
  | { readonly kind: 'signIn'; readonly hint: string | undefined }
  | { readonly kind: 'pickAccount'; readonly accounts: readonly SignedInAccount[] }
  | { readonly kind: 'use'; readonly account: SignedInAccount }
  | { readonly kind: 'refuse'; readonly error: EntraError }

/**
 * Which account a request is about, and whether a person must be asked (OpenID Connect Core §3.1.2.1, "Single sign-on"
 * of the Microsoft identity platform). One matching session is used silently, several are picked from;
 * `prompt=select_account` always lets pick and takes no hint; `prompt=none` shows nothing and refuses instead.
 */
export function decideSession(situation: SessionSituation): SessionDecision {
  const { request, chosen, accounts } = situation
  if (request.prompt === 'none') return decideSilently(situation)
  if (chosen) return useWhenFresh(chosen, situation)
  if (request.prompt === 'select_account') {
    return accounts.length > 0 ? { kind: 'pickAccount', accounts } : { kind: 'signIn', hint: undefined }
  }
  if (request.prompt === 'login') return { kind: 'signIn', hint: request.loginHint }
  const [first, ...others] = candidates(situation)
  if (!first) return { kind: 'signIn', hint: request.loginHint }
  if (others.length > 0) return { kind: 'pickAccount', accounts: [first, ...others] }
  return useWhenFresh(first, situation)
}

function useWhenFresh(account: SignedInAccount, situation: SessionSituation): SessionDecision {
  const mustSignIn = situation.request.prompt === 'login' || isTooOld(account, situation)
  const isSignedInAnew = account.account.authenticatedAt >= situation.startedAt
  if (mustSignIn && !isSignedInAnew) return { kind: 'signIn', hint: account.userPrincipalName }
  return { kind: 'use', account }
}

function isTooOld({ account }: SignedInAccount, { request, now }: SessionSituation): boolean {
  return request.maxAge !== undefined && now - account.authenticatedAt >= request.maxAge * 1000
}

/** `prompt=none`: whoever is meant must be signed in, alone, recently enough, and belong to the tenant. */
function decideSilently(situation: SessionSituation): SessionDecision {
  const named = situation.accounts.filter((account) => isMeant(account, situation))
  if (named.length === 0) return { kind: 'refuse', error: entraError('noSession') }
  const [first, ...others] = named.filter((account) => mayUse(account, situation.segment))
  if (!first || others.length > 0) return { kind: 'refuse', error: entraError('severalSessions') }
  if (isTooOld(first, situation)) return { kind: 'refuse', error: entraError('noSession') }
  return { kind: 'use', account: first }
}

function candidates(situation: SessionSituation): readonly SignedInAccount[] {
  return situation.accounts.filter((account) => isMeant(account, situation) && mayUse(account, situation.segment))
}

/** Whether the hints of the request name this account; without hints every account is meant. */
function isMeant(account: SignedInAccount, { request }: SessionSituation): boolean {
  const { sid, loginHint, domainHint } = request
  if (sid !== undefined) return account.sessionId.toLowerCase() === sid.toLowerCase()
  if (loginHint !== undefined) {
    return account.hints.some((hint) => hint.toLowerCase() === loginHint.toLowerCase())
  }
  return domainHint === undefined || isOfDomain(account, domainHint.toLowerCase())
}

function isOfDomain({ account, userPrincipalName }: SignedInAccount, domain: string): boolean {
  const isPersonal = account.homeTenantId === personalAccountsTenantId
  if (domain === 'organizations') return !isPersonal
  if (domain === 'consumers') return isPersonal
  return userPrincipalName.toLowerCase().endsWith(`@${domain}`)
}

function mayUse({ account, tenantIds }: SignedInAccount, segment: TenantSegment): boolean {
  const isPersonal = account.homeTenantId === personalAccountsTenantId
  if (segment.kind === 'personal') return isPersonal
  if (segment.kind === 'alias') return segment.alias === 'common' || !isPersonal
  return tenantIds.includes(segment.tenant.id)
}
