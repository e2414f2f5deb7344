import { noteAccount } from './account-changes.ts'
import { parseJsonObject } from './json-object.ts'
import { type SignIn, signInKey } from './sign-in.ts'
import type { UserTokens } from './token-request.ts'
import type { UserClient } from './user-client.ts'
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
  const { uid, utid } = parseJsonObject(Buffer.from(clientInfo, 'base64url').toString('utf8')) ?? {}
  return typeof uid === 'string' && typeof utid === 'string' ? `${uid}.${utid}` : undefined
}

/** Where the sign-in of a request is kept. */
export function keyOf(client: UserClient, tenantId: string): string {
  const { authorityHost, clientId } = client
  return signInKey({ authorityHost, tenantId, clientId })
}

/** The sign-in that is kept for a tenant. A store that cannot be read costs a sign-in, not the token. */
export async function keptSignIn(client: UserClient, tenantId: string): Promise<SignIn | undefined> {
  try {
    return await client.signIns.get(keyOf(client, tenantId))
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
  if (before !== undefined) noteAccount(signIns, key, before.homeAccountId)
  const { homeAccountId } = accountOf(tokens, request)
  noteAccount(signIns, key, homeAccountId)
  if (tokens.refreshToken !== undefined || own === undefined || own.homeAccountId === homeAccountId) {
    return keepSignIn(client, request, tokens)
  }
  try {
    await signIns.delete(key)
  } catch {
    // A store in trouble must not withhold a token that is there.
  }
}

/**
 * Keeps what the tokens leave for later; nothing when they came without a refresh token.
 * @param before the sign-in that they were had by, whose account they continue
 */
export async function keepSignIn(
  client: UserClient,
  request: UserRequest,
  tokens: UserTokens,
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
    await client.signIns.set(keyOf(client, request.tenantId), signIn)
  } catch {
    // A store in trouble must not withhold a token that is there.
  }
}
