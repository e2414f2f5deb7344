import type { JSONWebKeySet, JWK } from 'jose'

/** Gets a published key set. Any error it throws is reported as `SigningKeysUnavailable`. */
export type FetchKeys = (url: string) => Promise<JSONWebKeySet>

/** The signing keys could not be fetched, so nothing can be said about the token: answer 503 and not 401. */
export class SigningKeysUnavailable extends Error {
  override readonly name = 'SigningKeysUnavailable'
  readonly url: string

  constructor(url: string, cause: unknown) {
    super(`The signing keys at ${url} could not be fetched: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
    this.url = url
  }
}

const minutes = 60_000
/** Microsoft's advice: keep keys for 24 hours at most, and look for an unknown one every 5 minutes at most. */
const LIFETIME = 24 * 60 * minutes
const UNKNOWN_KEY_COOL_DOWN = 5 * minutes
/** Half the lifetime: the keys are fetched anew while callers still use the old ones, so that nobody waits. */
const RENEWAL = 12 * 60 * minutes
const FAILURE_COOL_DOWN = minutes / 2

/** One published key set, fetched when it is first needed and kept. */
export interface KeyDocument {
  /** @throws {SigningKeysUnavailable} */
  find(kid: string): Promise<JWK | undefined>
}

interface Loaded {
  readonly keys: ReadonlyMap<string, JWK>
  readonly at: number
}

/** @param clock milliseconds since 1970 */
export function keyDocument(url: string, fetchKeys: FetchKeys, clock: () => number): KeyDocument {
  let loaded: Loaded | undefined
  let attempt: { readonly at: number; readonly failure?: SigningKeysUnavailable } | undefined
  let inFlight: Promise<void> | undefined

  /** A clock that was set back says nothing about age, so what seems to come from the future counts as old. */
  const isOld = (since: number, limit: number) => clock() < since || clock() - since >= limit

  async function load(): Promise<void> {
    attempt = { at: clock() }
    try {
      loaded = { keys: signingKeysById(await fetchKeys(url)), at: clock() }
    } catch (cause) {
      attempt = { at: attempt.at, failure: new SigningKeysUnavailable(url, cause) }
      throw attempt.failure
    }
  }

  /** Fetches unless that was done just now; callers at the same time share one request. */
  function refresh(): Promise<void> {
    if (inFlight) return inFlight
    if (attempt && !isOld(attempt.at, attempt.failure ? FAILURE_COOL_DOWN : UNKNOWN_KEY_COOL_DOWN)) {
      return attempt.failure ? Promise.reject(attempt.failure) : Promise.resolve()
    }
    inFlight = load().finally(() => {
      inFlight = undefined
    })
    return inFlight
  }

  return {
    async find(kid) {
      if (!loaded || isOld(loaded.at, LIFETIME)) await refresh()
      else if (isOld(loaded.at, RENEWAL)) refresh().catch(() => {}) // the keys at hand are good for hours yet
      const known = loaded?.keys.get(kid)
      if (known) return known
      await refresh()
      return loaded?.keys.get(kid)
    },
  }
}

/**
 * The keys of a set that can verify RS256, by `kid`. Others are passed over (RFC 7517 §5); Entra states no `alg`.
 *
 * @throws {TypeError} when it is no key set
 */
export function signingKeysById(set: JSONWebKeySet): Map<string, JWK> {
  if (!Array.isArray(set?.keys)) throw new TypeError("expected a JSON Web Key Set: an object with an array 'keys'")
  const usable = set.keys.filter(
    ({ kty, use, alg, n, e }) =>
      kty === 'RSA' && (use ?? 'sig') === 'sig' && (alg ?? 'RS256') === 'RS256' && n !== undefined && e !== undefined,
  )
  return new Map(usable.flatMap((key) => (typeof key.kid === 'string' ? [[key.kid, key]] : [])))
}

const FETCH_TIMEOUT = 10_000

/** Gets a key set over HTTPS with the platform's own `fetch`, within ten seconds and without following redirects. */
export async function fetchKeySet(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(FETCH_TIMEOUT),
  })
  if (!response.ok) throw new Error(`it answered with HTTP status ${response.status}`)
  return (await response.json()) as JSONWebKeySet
}
