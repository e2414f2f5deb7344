import { unlessAborted, unlessLate } from '../abort.ts'
import type { AbortSignalLike, AccessToken } from '../credential.ts'
import { AbortError, TokenRequestError } from '../errors.ts'
import { unreachable } from '../token-endpoint/connection-failure.ts'
import { timedOut } from '../token-endpoint/transport.ts'
import { type KeptSignIn, keepSignIn, keptSignIn, keyOf } from './account.ts'
import { noteAccount } from './account-changes.ts'
import { inTurn } from './turns.ts'
import { requestForUser, type UserClient, userCachePartition } from './user-client.ts'
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
export async function tokenByRefresh(
  client: UserClient,
  request: UserRequest,
  abortSignal: AbortSignalLike | undefined,
  firstRefreshToken?: string,
): Promise<Refreshed> {
  const { discoveryUrl, timeoutMilliseconds, signIns } = client
  const asked: Asked = {
    client,
    request,
    abortSignal,
    firstRefreshToken,
    deadline: performance.now() + timeoutMilliseconds,
  }
  if (discoveryUrl === undefined) return refresh(asked)
  // One after the other: many providers take a refresh token once, and a second time for theft, RFC 9700 §4.14.2. Entra
  // takes it any number of times.
  const place = await keptSignIn(client, request.tenantId)
  const mine = inTurn(signIns, place?.key ?? keyOf(client, request.tenantId), () => refresh(asked))
  return unlessLate(unlessAborted(mine, abortSignal), timeoutMilliseconds, () => tooLate(client))
}

function tooLate({ discoveryUrl, authorityHost, timeoutMilliseconds }: UserClient): Error {
  const origin = new URL(discoveryUrl ?? authorityHost).origin
  return unreachable(origin, timedOut(timeoutMilliseconds), timeoutMilliseconds)
}

interface Asked {
  readonly client: UserClient
  readonly request: UserRequest
  readonly abortSignal: AbortSignalLike | undefined
  readonly firstRefreshToken: string | undefined
  /** Of the whole, the wait for a turn included, by `performance.now()`. */
  readonly deadline: number
}

/** Less than this, in milliseconds, is no time for a request. */
function leastTime({ timeoutMilliseconds }: UserClient): number {
  return Math.min(100, timeoutMilliseconds / 20)
}

async function refresh(asked: Asked): Promise<Refreshed> {
  const { client, request, abortSignal, firstRefreshToken, deadline } = asked
  if (abortSignal?.aborted) throw new AbortError() // nobody waits any more
  // What is sent in vain uses the refresh token up.
  if (deadline - performance.now() < leastTime(client)) throw tooLate(client)
  const own = await keptSignIn(client, request.tenantId)
  const kept = own ?? (await keptSignIn(client, client.tenantId))
  const signIn = kept?.signIn
  // Another process may have changed it.
  if (signIn?.homeAccountId) noteAccount(client.signIns, keyOf(client, request.tenantId), signIn.homeAccountId)
  const refreshToken = signIn?.refreshToken ?? firstRefreshToken
  if (refreshToken === undefined) return { refusal: undefined }
  try {
    const grant = { grant_type: 'refresh_token', refresh_token: refreshToken }
    // What was sent is waited for where the refresh token is good for one time: its successor must not be lost.
    const signal = client.discoveryUrl === undefined ? abortSignal : undefined
    const tokens = await requestForUser(client, request, grant, signal, deadline)
    const now = ((await keptSignIn(client, request.tenantId)) ?? (await keptSignIn(client, client.tenantId)))?.signIn
    const isOthers = signIn !== undefined && now !== undefined && now.homeAccountId !== signIn.homeAccountId
    if (isOthers) return refresh(asked) // somebody has signed in meanwhile
    const isSignedOut = signIn !== undefined && now === undefined
    const key = own?.key ?? keyOf(client, request.tenantId)
    if (!isSignedOut) await keepSignIn(client, request, tokens, key, signIn)
    return { accessToken: tokens.accessToken }
  } catch (error) {
    if (!(error instanceof TokenRequestError) || !needsPerson(error)) throw error
    if (own !== undefined && endsSignIn(client, error)) await forget(client, request.tenantId, own)
    return { refusal: error }
  }
}

/** OAuth's and OpenID Connect's words for "only the person can help". */
const PERSON_NEEDED = ['invalid_grant', 'interaction_required', 'login_required', 'consent_required']

/**
 * Entra's codes for a refresh token that nothing can be had by any more: malformed, expired, revoked, or of a password
 * that was changed. Its other codes under `invalid_grant` are about the API, the person or a policy, and may pass.
 */
const DEAD_REFRESH_TOKEN: readonly (number | undefined)[] = [
  50132, 50133, 50173, 70000, 70008, 700081, 700082, 700084, 9002313,
]

function needsPerson({ error, subError }: TokenRequestError): boolean {
  return PERSON_NEEDED.includes(error) || subError === 'bad_token'
}

/** Of another provider `invalid_grant` says just that, RFC 6749 §5.2. */
function endsSignIn({ discoveryUrl }: UserClient, { error, subError, code }: TokenRequestError): boolean {
  if (discoveryUrl !== undefined) return error === 'invalid_grant'
  return subError === 'bad_token' || (subError === undefined && DEAD_REFRESH_TOKEN.includes(code))
}

/** Unless somebody has signed in anew meanwhile. */
async function forget(client: UserClient, tenantId: string, dead: KeptSignIn): Promise<void> {
  const now = await keptSignIn(client, tenantId)
  if (now?.signIn.refreshToken !== dead.signIn.refreshToken) return
  try {
    await client.signIns.delete(dead.key, userCachePartition(client))
  } catch {
    // It will be refused again, and then forgotten.
  }
}
