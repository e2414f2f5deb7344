import { unlessAborted } from '../abort.ts'
import type { AccessToken, CredentialBounds, GetTokenOptions, TokenCredential } from '../credential.ts'
import { AbortError, TokenRequestError } from '../errors.ts'
import { BoundedMap } from './bounded-map.ts'
import { type Flight, longestFlight, startFlight } from './flight.ts'
import { requestKey } from './request-key.ts'
import { refreshAfter, retryRefreshAfter, somewhatEarlier } from './schedule.ts'
import { sharedTokens } from './shared-tokens.ts'
import { throttle } from './throttle.ts'
import type { TokenCache, WaitForTurn } from './token-cache.ts'

/** What `cached` can wrap: our credentials, and those of the Azure SDKs, which may give `null`. */
export interface CacheableCredential {
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null>
  /** Whose tokens these are: the same text, the same tokens. Read at each request, since an account may change. */
  readonly cachePartition?: string | undefined
  /** How often another person has signed in so far: no token of before is given. Read at each call. */
  readonly accountChanges?: number | undefined
  /** How long it may take by itself; one that does not say is bounded by `timeoutMilliseconds`. */
  readonly bounds?: CredentialBounds | undefined
}

export interface CachedOptions {
  /** The present, in milliseconds since 1970. Default `Date.now`. */
  now?: () => number
  /** Most tokens that this wrapper itself keeps in memory. Default 100,000; beyond it those nobody reads go first. */
  maximumEntries?: number
  /**
   * Bound on one request to a credential that names no `bounds` of its own, such as one of an Azure SDK, which may ask a
   * person. Default 300,000, which is five minutes.
   */
  timeoutMilliseconds?: number
}

interface Held {
  readonly token: AccessToken
  /** Made once and given to every caller. */
  readonly promise: Promise<AccessToken>
  /** Until then callers get the promise with no further question. */
  lookAgainAt: number
  failedRefreshes: number
  recentlyUsed: boolean
}

/**
 * Remembers the tokens of a credential.
 * - Any number of callers cause one request. A caller's `abortSignal` ends that caller's wait; that of the last one ends
 *   the request.
 * - A failure is not remembered, unless the authority asked to wait (`Retry-After`): until then, for an hour at most, it
 *   is what callers get who would need a new token.
 * - Five minutes before a token expires (half its life before, if it lives less than ten minutes; where the authority
 *   names a time, then; in either case up to half a minute earlier, by chance) the next caller starts one refresh in
 *   the background. Everybody gets the good token meanwhile, and goes on getting it until it expires if the refresh
 *   fails.
 * - With a cache that other processes share, they and this one cause one request together.
 * - `forceRefresh` asks for a new token at once; all who do so at the same time get the same one.
 * - What runs in the background asks no person (`disableAutomaticAuthentication`): where one has to be asked, that waits
 *   until the token has expired and somebody wants the next one.
 * - When somebody else signs in, the tokens of the person before are not given any more.
 *
 * @param cache shared with other `cached` credentials; without it, tokens stay in the memory of this one
 */
export function cached(
  credential: CacheableCredential,
  cache?: TokenCache,
  { now = Date.now, maximumEntries = 100_000, timeoutMilliseconds = 300_000 }: CachedOptions = {},
): TokenCredential {
  let held = new BoundedMap<Held>(maximumEntries)
  let flights = new Map<string, Flight>()
  let accountChanges = credential.accountChanges
  const shared = cache && sharedTokens(cache, () => credential.cachePartition)
  const throttled = throttle(now, maximumEntries)

  async function ask(key: string, scopes: string | string[], options: GetTokenOptions): Promise<AccessToken> {
    throttled.requireAllowed(key)
    const token = await credential.getToken(scopes, options).catch((error: unknown) => {
      throttled.note(key, error)
      throw error
    })
    if (token === null) throw new TypeError('The credential that cached() wraps gave null instead of a token.')
    return Object.freeze({ ...token, refreshAfterTimestamp: refreshAfter(token, now()) })
  }

  /** Also for requests under way: their tokens go to those who wait for them, and to nobody else. */
  function forgetPersonBefore(): void {
    accountChanges = credential.accountChanges
    held = new BoundedMap<Held>(maximumEntries)
    flights = new Map<string, Flight>()
  }

  const isGood = ({ expiresOnTimestamp }: AccessToken) => now() < expiresOnTimestamp
  const isFresh = (token: AccessToken) => now() < (token.refreshAfterTimestamp ?? token.expiresOnTimestamp)

  function keep(key: string, token: AccessToken): AccessToken {
    const { refreshAfterTimestamp, expiresOnTimestamp } = token
    if (!isGood(token)) return token
    held.set(key, {
      token,
      promise: Promise.resolve(token),
      lookAgainAt: somewhatEarlier(Math.min(refreshAfterTimestamp ?? expiresOnTimestamp, expiresOnTimestamp), now()),
      failedRefreshes: 0,
      recentlyUsed: false,
    })
    return token
  }

  /** The one request for this key that is under way, or a new one. */
  function flight(
    key: string,
    scopes: string | string[],
    options: GetTokenOptions | undefined,
    goodEnough: (token: AccessToken) => boolean,
  ): Flight {
    const underWay = flights.get(key)
    const asksNobody = options?.disableAutomaticAuthentication ?? false
    if (underWay !== undefined && (asksNobody || !underWay.asksNobody)) return underWay
    const ownScopes = typeof scopes === 'string' ? scopes : [...scopes] // the caller may change its list meanwhile
    const ownOptions = ofEveryCaller(options)
    const asOf = accountChanges
    const all = flights
    async function run(wait: WaitForTurn): Promise<AccessToken> {
      const request = () => ask(key, ownScopes, { ...ownOptions, abortSignal: wait.abortSignal })
      try {
        if (underWay !== undefined) return await underWay.wait(wait.abortSignal)
      } catch (error) {
        if (!isAboutPerson(error)) throw error
      }
      const given = await unlessOthersAskNobody(key, goodEnough, request, asksNobody, wait)
      return credential.accountChanges === asOf ? keep(key, given) : given
    }
    const begun = startFlight(
      longestFlight(credential.bounds, asksNobody, timeoutMilliseconds),
      asksNobody,
      run,
      (ended) => {
        if (all.get(key) === ended) all.delete(key)
      },
    )
    flights.set(key, begun)
    return begun
  }

  /**
   * Who may ask the person does so, also where others who share the cache and may not were first, and found no way. That
   * those others have given up is nothing to us either.
   */
  async function unlessOthersAskNobody(
    key: string,
    goodEnough: (token: AccessToken) => boolean,
    request: () => Promise<AccessToken>,
    asksNobody: boolean,
    wait: WaitForTurn,
  ): Promise<AccessToken> {
    if (shared === undefined) return request()
    for (;;) {
      let asked = false
      const requestAndNote = () => {
        asked = true
        return request()
      }
      try {
        return await unlessAborted(shared(key, goodEnough, requestAndNote, wait), wait.abortSignal)
      } catch (error) {
        if (asked || wait.abortSignal.aborted) throw error
        const isOthersOwn = error instanceof AbortError || (isAboutPerson(error) && !asksNobody)
        if (!isOthersOwn) throw error
      }
    }
  }

  function refresh(entry: Held, key: string, scopes: string | string[], options: GetTokenOptions | undefined): void {
    entry.lookAgainAt = entry.token.expiresOnTimestamp // one refresh at a time
    const isNewer = (token: AccessToken) => isFresh(token) && token.token !== entry.token.token
    const asked = { ...options, disableAutomaticAuthentication: true }
    flight(key, scopes, asked, isNewer)
      .wait(undefined)
      .catch((error: unknown) => {
        entry.failedRefreshes += 1
        const askedToWait = error instanceof TokenRequestError ? error.retryAfterMilliseconds : undefined
        const { expiresOnTimestamp } = entry.token
        const again = now() + retryRefreshAfter(entry.failedRefreshes, expiresOnTimestamp - now(), askedToWait)
        entry.lookAgainAt = Math.min(again, expiresOnTimestamp)
      })
  }

  /** A token that differs from the one held: one that somebody else got meanwhile, else a new one. */
  async function renew(key: string, scopes: string | string[], options: GetTokenOptions): Promise<AccessToken> {
    const refused = held.get(key)?.token.token
    const isOther = (token: AccessToken) => refused !== undefined && token.token !== refused && isGood(token)
    const { abortSignal } = options
    const underWay = await unlessAborted(flights.get(key)?.token.catch(() => undefined) ?? NONE, abortSignal)
    return underWay !== undefined && isOther(underWay)
      ? underWay
      : flight(key, scopes, options, isOther).wait(abortSignal)
  }

  return {
    getToken(scopes, options) {
      if (options?.abortSignal?.aborted) return Promise.reject(new AbortError())
      if (credential.accountChanges !== accountChanges) forgetPersonBefore()
      const key = requestKey(scopes, options)
      if (options?.forceRefresh) return renew(key, scopes, options)
      const entry = held.get(key)
      if (entry !== undefined) {
        const time = now()
        if (time < entry.lookAgainAt) return entry.promise
        if (time < entry.token.expiresOnTimestamp) {
          refresh(entry, key, scopes, options)
          return entry.promise
        }
      }
      return flight(key, scopes, options, isGood).wait(options?.abortSignal)
    },
  }
}

const NONE = Promise.resolve(undefined)

/** The options without what is one caller's own: nobody's signal or time-out may end what is done for all. */
function ofEveryCaller(options: GetTokenOptions & { requestOptions?: unknown } = {}): GetTokenOptions {
  const { abortSignal, requestOptions, ...rest } = options
  return rest
}

/** By its name, so that the Azure SDK's counts too. */
function isAboutPerson(error: unknown): boolean {
  return error instanceof Error && error.name === 'AuthenticationRequiredError'
}
