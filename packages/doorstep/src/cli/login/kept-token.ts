import {
  type AccessToken,
  cached,
  type Login,
  loginPartition,
  type TokenCache,
  type TokenCredential,
} from '@doorstep/client'
import { tokensOf } from './token-clock.ts'
import type { TokenStore } from './token-store.ts'

/** What a token is for: scopes (v2.0) or, without them, a resource (v1.0). */
export interface AskedApi {
  readonly scopes: readonly string[]
  readonly resource?: string | undefined
}

/** The access token of what a login was made for, as it is kept: undefined when there is none that is good. */
export function keptTokenOf(login: Login, store: TokenStore): Promise<AccessToken | undefined> {
  return fromCache(login, tokensOf(login, store.file.tokens), login)
}

/** A kept access token of a login that need not be refreshed yet. */
export function freshTokenOf(login: Login, store: TokenStore, asked: AskedApi): Promise<AccessToken | undefined> {
  return fromCache(login, untilDue(tokensOf(login, store.file.tokens)).tokens, asked)
}

function fromCache(login: Login, tokens: TokenCache, asked: AskedApi): Promise<AccessToken | undefined> {
  const nobody = { cachePartition: loginPartition(login), getToken: () => Promise.reject(new Error('It is not kept.')) }
  return ask(cached(nobody, { get: (key) => tokens.get(key), set: () => {} }), asked).catch(() => undefined)
}

/** Asks a credential in the words of `--scope` and `--resource`. */
export function ask(credential: TokenCredential, { scopes, resource }: AskedApi): Promise<AccessToken> {
  return credential.getToken([...scopes], resource === undefined ? {} : { resource })
}

/**
 * The cache without tokens that are due for their refresh: a command ends too soon to do that in the background.
 * `goodFor` gives the token that was left out, while it is good.
 */
export function untilDue(cache: TokenCache): { tokens: TokenCache; goodFor: () => AccessToken | undefined } {
  let due: AccessToken | undefined
  const { exclusively } = cache
  const tokens: TokenCache = {
    async get(key) {
      const token = await cache.get(key)
      if (token === undefined || Date.now() < (token.refreshAfterTimestamp ?? token.expiresOnTimestamp)) return token
      due = token
      return undefined
    },
    set: (key, token) => cache.set(key, token),
    ...(exclusively && { exclusively: exclusively.bind(cache) }),
  }
  return { tokens, goodFor: () => (due !== undefined && Date.now() < due.expiresOnTimestamp ? due : undefined) }
}
