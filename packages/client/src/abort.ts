import type { AbortSignalLike } from './credential.ts'
import { AbortError } from './errors.ts'

/** The promise, or an `AbortError` as soon as the signal fires. What the promise stands for goes on. */
export function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignalLike | undefined): Promise<Value> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abandon = () => reject(new AbortError())
    signal.addEventListener('abort', abandon)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abandon))
  })
}

/** Waits for some milliseconds. @throws {AbortError} as soon as the signal fires; no timer is left behind. */
export function pause(milliseconds: number, signal: AbortSignalLike | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
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
