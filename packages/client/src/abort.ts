import type { AbortSignalLike } from './credential.ts'
import { AbortError } from './errors.ts'

/** The promise, or an `AbortError` as soon as the signal fires. What the promise stands for goes on. */
export function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignalLike | undefined): Promise<Value> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abandon = () => reject(new AbortError())
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abandon))
    if (signal.aborted) abandon()
    else signal.addEventListener('abort', abandon)
  })
}

/** Longer times `setTimeout` takes for none. */
const LONGEST_TIMER_MILLISECONDS = 2 ** 31 - 1

/** The promise, or after some milliseconds the error. What the promise stands for goes on. */
export function unlessLate<Value>(promise: Promise<Value>, milliseconds: number, late: () => Error): Promise<Value> {
  if (milliseconds > LONGEST_TIMER_MILLISECONDS) return promise
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Waits for some milliseconds. @throws {AbortError} as soon as the signal fires; no timer is left behind. */
export function pause(milliseconds: number, signal: AbortSignalLike | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw new AbortError()
    const stop = () => {
      clearTimeout(timer)
      reject(new AbortError())
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', stop)
  })
}
