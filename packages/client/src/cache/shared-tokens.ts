import type { AccessToken } from '../credential.ts'
import { AbortError, AuthorityUnreachableError, TokenRequestError } from '../errors.ts'
import type { TokenCache, WaitForTurn } from './token-cache.ts'
import { tokenKey } from './token-key.ts'

/**
 * A token from the cache when it is good enough, else from `request`, which the cache then keeps. Calls for the same
 * token that overlap share one run.
 */
export type SharedTokens = (
  requestKey: string,
  goodEnough: (token: AccessToken) => boolean,
  request: () => Promise<AccessToken>,
  wait: WaitForTurn,
) => Promise<AccessToken>

/** A token in hand, or one that can be asked for, waits no longer than that for a cache. */
const CACHE_ANSWERS_MILLISECONDS = 2_000

/** Runs under way, per cache: all that share a cache share those too. */
const runsOfCaches = new WeakMap<TokenCache, Map<string, Promise<AccessToken>>>()

/**
 * The tokens of one partition of a cache.
 * @param partition asked at each request, as it may name an account that is known only after a sign-in;
 *   `undefined` shares with nobody
 */
export function sharedTokens(cache: TokenCache, partition: () => string | undefined): SharedTokens {
  const runs = runsOfCaches.get(cache) ?? new Map<string, Promise<AccessToken>>()
  runsOfCaches.set(cache, runs)
  return (requestKey, goodEnough, request, wait) => {
    const keyNow = () => {
      const name = partition()
      return name === undefined ? undefined : tokenKey(name, requestKey)
    }
    const key = keyNow()
    const ask = async () => {
      const token = await request()
      const keyOfToken = keyNow() // a sign-in may have told the account, or changed it: whose the token is, is open then
      const isSettled = key === undefined || key === keyOfToken
      if (keyOfToken !== undefined && isSettled) await unlessFailing(() => cache.set(keyOfToken, token))
      return token
    }
    if (key === undefined) return ask()
    const underWay = runs.get(key)
    if (underWay !== undefined) return underWay
    const started = readOrAsk(cache, key, goodEnough, ask, wait).finally(() => runs.delete(key))
    runs.set(key, started)
    return started
  }
}

async function readOrAsk(
  cache: TokenCache,
  key: string,
  goodEnough: (token: AccessToken) => boolean,
  ask: () => Promise<AccessToken>,
  wait: WaitForTurn,
): Promise<AccessToken> {
  const read = async () => {
    const stored = await unlessFailing(() => cache.get(key))
    return stored !== undefined && goodEnough(stored) ? stored : undefined
  }
  const stored = await read()
  if (stored !== undefined) return stored
  if (cache.exclusively === undefined) return ask()
  let asked = false
  const readAgainOrAsk = async () => {
    const others = await read()
    if (others !== undefined) return others
    asked = true
    return ask()
  }
  try {
    return await cache.exclusively(key, readAgainOrAsk, read, wait)
  } catch (error) {
    if (asked || wait.abortSignal.aborted || isAboutRequest(error)) throw error
    return ask()
  }
}

function isAboutRequest(error: unknown): boolean {
  return [TokenRequestError, AuthorityUnreachableError, AbortError].some((kind) => error instanceof kind)
}

/** A cache in trouble must not withhold a token. */
async function unlessFailing<Value>(work: () => Value | Promise<Value>): Promise<Value | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), CACHE_ANSWERS_MILLISECONDS)
  })
  try {
    return await Promise.race([work(), tooLate])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
