/**
 * The one clock. Everything that the platform gives a lifetime reads it: tokens, secrets, sessions, propagation,
 * error timestamps. TLS certificates and the clients' own caches keep machine time.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number
}

/** A clock that a person or a test can move. */
export interface MovableClock extends Clock {
  /** How far this clock is ahead of the machine's, in milliseconds; negative when behind. */
  offset(): number
  moveTo(offsetMilliseconds: number): void
}

/** The machine's clock, plus an offset that starts at `offsetMilliseconds`. */
export function movableClock(offsetMilliseconds = 0): MovableClock {
  let offset = offsetMilliseconds
  return {
    now: () => Date.now() + offset,
    offset: () => offset,
    moveTo: (wanted) => {
      offset = wanted
    },
  }
}
