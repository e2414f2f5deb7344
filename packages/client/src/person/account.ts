import { decodedJsonObject } from '../json-object.ts'
import type { UserTokens } from '../token-endpoint/token-request.ts'
import { noteAccount } from './account-changes.ts'
import { type SignIn, signInKey } from './sign-in.ts'
import { type UserClient, userCachePartition } from './user-client.ts'
import type { UserRequest } from './user-request.ts'

/** Who signed in. */
export interface SignedInAccount {
  /** `{uid}.{utid}`, the same in every tenant and application. */
  readonly homeAccountId: string
  /** For people's eyes, not for decisions: it may change. Empty when unknown. */
  readonly username: string
  /** The tenant that the person signed in to: an id where the authority told one. */
  readonly tenantId: string
}

/** What the tokens of a sign-in say of the person. */
export function accountOf({ idTokenClaims = {}, clientInfo }: UserTokens, request: UserRequest): SignedInAccount {
  const claim = (name: string) => {
    const value = idTokenClaims[name]
    return typeof value === 'string' ? value : ''
  }
  return {
    homeAccountId: homeAccountId(clientInfo) ?? [claim('sub'), claim('tid')].filter(Boolean).join('.'),
    username: claim('preferred_username') || claim('upn') || claim('email'),
    tenantId: claim('tid') || request.tenantId,
  }
}

function homeAccountId(clientInfo: string | undefined): string | undefined {
  if (clientInfo === undefined) return undefined
  const { uid, utid } = decodedJsonObject(clientInfo) ?? {}
  return typeof uid === 'string' && typeof utid === 'string' ? `${uid}.${utid}` : undefined
}

/** Where the sign-in of a request is kept: of a client that names an account, apart from those of others. */
export function keyOf({ authorityHost, clientId, account }: UserClient, tenantId: string): string {
  return signInKey({ authorityHost, tenantId, clientId, account })
}

/** A sign-in, and where it is kept. */
export interface KeptSignIn {
  readonly key: string
  readonly signIn: SignIn
}

/**
 * The sign-in that is kept for a tenant. A client that names an account takes one that was not asked for by name only
 * when it is that account's. A store that cannot be read costs a sign-in, not the token.
 */
export async function keptSignIn(client: UserClient, tenantId: string): Promise<KeptSignIn | undefined> {
  const { account } = client
  const own = await signInAt(client, keyOf(client, tenantId))
  if (own !== undefined || account === undefined) return own
  const unnamed = await signInAt(client, keyOf({ ...client, account: undefined }, tenantId))
  return unnamed?.signIn.username.toLowerCase() === account.toLowerCase() ? unnamed : undefined
}

async function signInAt({ signIns }: UserClient, key: string): Promise<KeptSignIn | undefined> {
  try {
    const signIn = await signIns.get(key)
    return signIn && { key, signIn }
  } catch {
    return undefined
  }
}

/**
 * Keeps the sign-in of a person who was asked, in place of the one before, which may be another person's: that one is
 * not kept in any case.
 */
export async function keepNewSignIn(client: UserClient, request: UserRequest, tokens: UserTokens): Promise<void> {
  const { signIns } = client
  const key = keyOf(client, request.tenantId)
  const own = await keptSignIn(client, request.tenantId)
  const before = own ?? (await keptSignIn(client, client.tenantId))
  if (before !== undefined) noteAccount(signIns, key, before.signIn.homeAccountId)
  const { homeAccountId } = accountOf(tokens, request)
  noteAccount(signIns, key, homeAccountId)
  if (tokens.refreshToken !== undefined || own === undefined || own.signIn.homeAccountId === homeAccountId) {
    return keepSignIn(client, request, tokens, key)
  }
  try {
    await signIns.delete(key, userCachePartition(client))
  } catch {
    // A store in trouble must not withhold a token that is there.
  }
}

/**
 * Keeps what the tokens leave for later; nothing when they came without a refresh token.
 * @param key where
 * @param before the sign-in that they were had by, whose account they continue
 */
export async function keepSignIn(
  client: UserClient,
  request: UserRequest,
  tokens: UserTokens,
  key: string,
  before?: SignIn,
): Promise<void> {
  const { refreshToken } = tokens
  if (refreshToken === undefined) return
  const { homeAccountId, username } = accountOf(tokens, request)
  const signIn: SignIn = {
    authorityHost: client.authorityHost,
    tenantId: request.tenantId,
    clientId: client.clientId,
    homeAccountId: before?.homeAccountId || homeAccountId,
    username: username || (before?.username ?? ''),
    refreshToken,
    version: request.version,
    issuedAt: Date.now(),
  }
  try {
    await client.signIns.set(key, signIn)
  } catch {
    // A store in trouble must not withhold a token that is there.
  }
}
