import type { AccessToken } from '../credential.ts'
import type { TokenCache } from './token-cache.ts'

/**
 * A token from the cache when it is good enough, else from `request`, which the cache then keeps. Calls for the same
 * token that overlap share one run.
 */
export type SharedTokens = (
  requestKey: string,
  goodEnough: (token: AccessToken) => boolean,
  request: () => Promise<AccessToken>,
) => Promise<AccessToken>

/** Runs under way, per cache: all that share a cache share those too. */
const runsOfCaches = new WeakMap<TokenCache, Map<string, Promise<AccessToken>>>()

/** The tokens of one partition of a cache. */
export function sharedTokens(cache: TokenCache, partition: string): SharedTokens {
  const runs = runsOfCaches.get(cache) ?? new Map<string, Promise<AccessToken>>()
  runsOfCaches.set(cache, runs)
  return (requestKey, goodEnough, request) => {
    const key = JSON.stringify([partition, requestKey])
    const underWay = runs.get(key)
    if (underWay !== undefined) return underWay
    const started = readOrRequest(cache, key, goodEnough, request).finally(() => runs.delete(key))
    runs.set(key, started)
    return started
  }
}

async function readOrRequest(
  cache: TokenCache,
  key: string,
  goodEnough: (token: AccessToken) => boolean,
  request: () => Promise<AccessToken>,
): Promise<AccessToken> {
  const stored = await unlessFailing(() => cache.get(key))
  if (stored !== undefined && goodEnough(stored)) return stored
  const token = await request()
  await unlessFailing(() => cache.set(key, token))
  return token
}

/** A cache in trouble must not withhold a token. */
async function unlessFailing<Value>(work: () => Value | Promise<Value>): Promise<Value | undefined> {
  try {
    return await work()
  } catch {
    return undefined
  }
}
