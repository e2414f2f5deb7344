import { unlessAborted, unlessLate } from '../abort.ts'
import type { AbortSignalLike, AccessToken, CredentialBounds } from '../credential.ts'
import { AuthorityUnreachableError } from '../errors.ts'
import type { WaitForTurn } from './token-cache.ts'

/** One request for a token, for all who wait for it. */
export interface Flight {
  readonly token: Promise<AccessToken>
  /** Whether it fails where a person would have to be asked. */
  readonly asksNobody: boolean
  /**
   * The token for one more caller. When the last caller's signal has fired, the request is ended too: the port of a
   * sign-in and its window are nobody's any more. A caller without a signal never gives up.
   */
  wait(abortSignal: AbortSignalLike | undefined): Promise<AccessToken>
}

/** Time to say by itself, and better, that its time is over. */
const TIME_OF_ITS_OWN_MILLISECONDS = 500

/**
 * Begins a request.
 * @param milliseconds bound on it; `Infinity` where a person is asked
 * @param request gets the signal that ends it
 * @param ended called when nobody is to join it any more
 */
export function startFlight(
  milliseconds: number,
  asksNobody: boolean,
  request: (wait: WaitForTurn) => Promise<AccessToken>,
  ended: (flight: Flight) => void,
): Flight {
  const controller = new AbortController()
  let waiting = 0
  let isOver = false
  const late = () => {
    controller.abort()
    return tooLate(milliseconds)
  }
  // A turn is waited for to the end: whoever has it may be about to say how it went.
  const wait = { withinMilliseconds: Number.POSITIVE_INFINITY, abortSignal: controller.signal }
  const token = unlessLate(request(wait), milliseconds + TIME_OF_ITS_OWN_MILLISECONDS, late).finally(() => {
    isOver = true
    ended(flight)
  })
  token.catch(() => undefined) // of a request that nobody waits for any more
  const flight: Flight = {
    token,
    asksNobody,
    async wait(abortSignal) {
      waiting += 1
      try {
        return await unlessAborted(token, abortSignal)
      } finally {
        waiting -= 1
        if (waiting === 0 && !isOver) {
          controller.abort()
          ended(flight)
        }
      }
    },
  }
  return flight
}

/** How long a request may take: a person takes as long as the credential allows. */
export function longestFlight(bounds: CredentialBounds | undefined, asksNobody: boolean, ofOthers: number): number {
  if (bounds === undefined) return ofOthers
  return bounds.mayAskPerson && !asksNobody ? Number.POSITIVE_INFINITY : bounds.withoutPersonMilliseconds
}

function tooLate(milliseconds: number): AuthorityUnreachableError {
  return new AuthorityUnreachableError(
    `No token came within ${milliseconds / 1000} seconds: the credential, or another process that asks for the same token, did not finish. Try again.`,
    { authorityHost: '', code: 'ETIMEDOUT', cause: undefined },
  )
}
