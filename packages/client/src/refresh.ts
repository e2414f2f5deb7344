import { keepSignIn, keptSignIn, keyOf } from './account.ts'
import { noteAccount } from './account-changes.ts'
import type { AbortSignalLike, AccessToken } from './credential.ts'
import { TokenRequestError } from './errors.ts'
import type { SignIn } from './sign-in.ts'
import { requestForUser, type UserClient } from './user-client.ts'
import type { UserRequest } from './user-request.ts'

/** A token had without the person, or why the person has to be asked: no reason when nothing is kept. */
export type Refreshed = { readonly accessToken: AccessToken } | { readonly refusal: TokenRequestError | undefined }

/**
 * A token by the sign-in that is kept, RFC 6749 §6. The refresh token that comes with it is kept in place of the old
 * one; a sign-in is forgotten only when the authority says that its refresh token is good for nothing any more.
 * A tenant without a sign-in of its own is tried with that of the credential's tenant: refresh tokens know no tenant.
 * @param firstRefreshToken the one to begin with when none is kept
 * @throws {TokenRequestError} for refusals that asking a person cannot change
 * @throws {AuthorityUnreachableError} when no answer comes; the sign-in is kept
 */
export function tokenByRefresh(
  client: UserClient,
  request: UserRequest,
  abortSignal: AbortSignalLike | undefined,
  firstRefreshToken?: string,
): Promise<Refreshed> {
  const refreshed = () => refresh(client, request, abortSignal, firstRefreshToken)
  return client.discoveryUrl === undefined ? refreshed() : inTurn(client, refreshed)
}

const turns = new WeakMap<UserClient, Promise<unknown>>()

/**
 * One after the other: many providers take a refresh token once, and a second time for theft, RFC 9700 §4.14.2. Entra
 * takes it any number of times.
 */
function inTurn<Value>(client: UserClient, work: () => Promise<Value>): Promise<Value> {
  const mine = (turns.get(client) ?? Promise.resolve()).then(work, work)
  turns.set(client, mine)
  return mine
}

async function refresh(
  client: UserClient,
  request: UserRequest,
  abortSignal: AbortSignalLike | undefined,
  firstRefreshToken: string | undefined,
): Promise<Refreshed> {
  const own = await keptSignIn(client, request.tenantId)
  const signIn = own ?? (await keptSignIn(client, client.tenantId))
  // Another process may have changed it.
  if (signIn?.homeAccountId) noteAccount(client.signIns, keyOf(client, request.tenantId), signIn.homeAccountId)
  const refreshToken = signIn?.refreshToken ?? firstRefreshToken
  if (refreshToken === undefined) return { refusal: undefined }
  try {
    const grant = { grant_type: 'refresh_token', refresh_token: refreshToken }
    const tokens = await requestForUser(client, request, grant, abortSignal)
    const now = (await keptSignIn(client, request.tenantId)) ?? (await keptSignIn(client, client.tenantId))
    const isOthers = signIn !== undefined && now !== undefined && now.homeAccountId !== signIn.homeAccountId
    if (isOthers) return refresh(client, request, abortSignal, firstRefreshToken) // somebody has signed in meanwhile
    const isSignedOut = signIn !== undefined && now === undefined
    if (!isSignedOut) await keepSignIn(client, request, tokens, signIn)
    return { accessToken: tokens.accessToken }
  } catch (error) {
    if (!(error instanceof TokenRequestError) || !needsPerson(error)) throw error
    if (own !== undefined && endsSignIn(error)) await forget(client, request.tenantId, own)
    return { refusal: error }
  }
}

/** OAuth's and OpenID Connect's words for "only the person can help". */
const PERSON_NEEDED = ['invalid_grant', 'interaction_required', 'login_required', 'consent_required']

/** Entra's sub-errors of `invalid_grant` that are about this request: the refresh token is good for others. */
const ABOUT_THIS_REQUEST: readonly (string | undefined)[] = [
  'basic_action',
  'additional_action',
  'message_only',
  'consent_required',
  'protection_policy_required',
]

function needsPerson({ error, subError }: TokenRequestError): boolean {
  return PERSON_NEEDED.includes(error) || subError === 'bad_token'
}

function endsSignIn({ error, subError }: TokenRequestError): boolean {
  return subError === 'bad_token' || (error === 'invalid_grant' && !ABOUT_THIS_REQUEST.includes(subError))
}

/** Unless somebody has signed in anew meanwhile. */
async function forget(client: UserClient, tenantId: string, dead: SignIn): Promise<void> {
  const now = await keptSignIn(client, tenantId)
  if (now?.refreshToken !== dead.refreshToken) return
  try {
    await client.signIns.delete(keyOf(client, tenantId))
  } catch {
    // It will be refused again, and then forgotten.
  }
}
