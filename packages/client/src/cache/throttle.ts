import { TokenRequestError } from '../errors.ts'
import { BoundedMap } from './bounded-map.ts'

interface Refused {
  readonly error: TokenRequestError
  readonly until: number
  recentlyUsed: boolean
}

/** A header is not to silence a program for longer, whatever it says. */
const LONGEST_MILLISECONDS = 60 * 60_000

/** Requests that an authority asked not to be sent again before some time (`Retry-After`), by what they ask for. */
export interface Throttle {
  /** @throws {TokenRequestError} the refusal that asked to wait, while that time lasts */
  requireAllowed(key: string): void
  /** Notes how a request failed. */
  note(key: string, error: unknown): void
}

/** @param now milliseconds since 1970 */
export function throttle(now: () => number, maximumEntries: number): Throttle {
  const refusals = new BoundedMap<Refused>(maximumEntries)
  return {
    requireAllowed(key) {
      const refused = refusals.get(key)
      if (refused !== undefined && now() < refused.until) throw refused.error
    },
    note(key, error) {
      if (!(error instanceof TokenRequestError) || !error.retryAfterMilliseconds) return
      const milliseconds = Math.min(error.retryAfterMilliseconds, LONGEST_MILLISECONDS)
      refusals.set(key, { error, until: now() + milliseconds, recentlyUsed: false })
    },
  }
}
