import { expect } from 'vitest'

/** The error that a promise must be rejected with. */
export async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  const settled = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(settled).toBeInstanceOf(Error)
  return settled
}
