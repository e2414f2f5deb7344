import { AbortError, SignInError } from '../errors.ts'

export interface Deadline {
  /** Rejects with a `SignInError` when the time is over, with an `AbortError` when the signal fires. */
  readonly passed: Promise<never>
  /** Ends the countdown. */
  end(): void
}

/** Counts down a sign-in, second by second. */
export function startDeadline(
  milliseconds: number,
  signal: AbortSignal,
  onWaiting: ((waiting: { secondsLeft: number }) => void) | undefined,
): Deadline {
  const begin = performance.now()
  let end = () => {}
  const passed = new Promise<never>((_, reject) => {
    const left = () => milliseconds - (performance.now() - begin)
    const tell = () => onWaiting?.({ secondsLeft: Math.max(0, Math.ceil(left() / 1000)) })
    const abort = () => reject(new AbortError())
    const countdown = setInterval(tell, 1000)
    const timer = setTimeout(() => reject(timedOut(milliseconds)), milliseconds)
    signal.addEventListener('abort', abort)
    end = () => {
      clearInterval(countdown)
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    if (signal.aborted) abort()
    else tell()
  })
  passed.catch(() => {}) // whoever waits gets it; after the end nobody does
  return { passed, end: () => end() }
}

function timedOut(milliseconds: number): SignInError {
  return new SignInError(
    'timedOut',
    `Nobody finished the sign-in within ${Math.round(milliseconds / 1000)} seconds: start it again, or allow more time by signInTimeoutMilliseconds.`,
  )
}
