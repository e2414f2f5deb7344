import {
  type AccessToken,
  cached,
  type Login,
  loginPartition,
  type TokenCache,
  type TokenCredential,
} from '@doorstep/client'
import type { CommandIO } from '../command.ts'
import { type AskedApi, ask, untilDue } from './kept-token.ts'
import { tokensOf } from './token-clock.ts'
import type { TokenStore } from './token-store.ts'

/**
 * The access token of a login: from the token store while it need not be refreshed, else by the login's credential,
 * which is loaded only then. Of all processes that need a new one at the same time, one asks. A token that is still
 * good is given when it cannot be refreshed.
 *
 * @throws {AuthenticationRequiredError} when the person has to sign in again
 * @throws {UnreachableError} and what the client library throws
 */
export function tokenOfLogin(login: Login, store: TokenStore, asked: AskedApi, io: CommandIO): Promise<AccessToken> {
  const kept = tokensOf(login, store.file.tokens, io.environment)
  return tokenWhileGood((tokens) => credentialOfLogin(login, store, io, tokens), kept, asked, io)
}

/**
 * The token of a credential that keeps its tokens in the cache, less those that are due. One that is still good is given
 * when it cannot be refreshed.
 */
export async function tokenWhileGood(
  credentialWith: (tokens: TokenCache) => TokenCredential,
  cache: TokenCache,
  asked: AskedApi,
  io: CommandIO,
): Promise<AccessToken> {
  const { tokens, goodFor } = untilDue(cache)
  try {
    return await ask(credentialWith(tokens), asked)
  } catch (error) {
    const good = goodFor()
    if (good === undefined) throw error
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''
    io.terminal.note(`The token could not be refreshed, and is good until ${localClock(good)}. ${reason}`)
    return good
  }
}

/** A cached credential of a login. Nobody is asked to sign in by it. */
export function credentialOfLogin(
  login: Login,
  store: TokenStore,
  io: CommandIO,
  tokens: TokenCache = untilDue(tokensOf(login, store.file.tokens, io.environment)).tokens,
): TokenCredential {
  const loaded = async () => (await import('./login-credential.ts')).uncachedCredential(login, store, io)
  const lazy: TokenCredential & { cachePartition: string } = {
    cachePartition: loginPartition(login),
    getToken: async (scopes, options) => (await loaded()).getToken(scopes, options),
  }
  return cached(lazy, tokens)
}

const localClock = ({ expiresOnTimestamp }: AccessToken) => new Date(expiresOnTimestamp).toLocaleTimeString()
