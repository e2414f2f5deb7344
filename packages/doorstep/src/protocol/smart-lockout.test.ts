import { describe, expect, it } from 'vitest'
import { afterWrongPassword, type FailedAttempts, isLocked, noFailedAttempts } from './smart-lockout.ts'

const start = Date.UTC(2030, 0, 1)
const second = 1_000

/** Tries passwords with these names, one a second. */
function tried(names: readonly string[], before = noFailedAttempts, from = start): FailedAttempts {
  return names.reduce((attempts, name, index) => afterWrongPassword(attempts, name, from + index * second), before)
}
const different = (count: number) => Array.from({ length: count }, (_, index) => `wrong-${index}`)

describe('an account', () => {
  it('is locked for a minute by the tenth wrong password', () => {
    expect(isLocked(tried(different(9)), start + 8 * second)).toBe(false)
    const attempts = tried(different(10))
    const lockedAt = start + 9 * second
    expect(isLocked(attempts, lockedAt)).toBe(true)
    expect(isLocked(attempts, lockedAt + 60 * second - 1)).toBe(true)
    expect(isLocked(attempts, lockedAt + 60 * second)).toBe(false)
  })

  it('is not locked by one wrong password that is tried over and over, nor by three in turn', () => {
    expect(tried(Array.from({ length: 50 }, () => 'old habit')).count).toBe(1)
    expect(tried(Array.from({ length: 60 }, (_, index) => `wrong-${index % 3}`)).count).toBe(3)
    expect(isLocked(tried(Array.from({ length: 60 }, (_, index) => `wrong-${index % 4}`)), start + 59 * second)).toBe(
      true,
    )
  })

  it('is locked again by the next wrong password after a lock, each time for longer, an hour at most', () => {
    let attempts = tried(different(10))
    const minutes: number[] = []
    for (let turn = 0; turn < 9; turn++) {
      const { lock } = attempts
      minutes.push(((lock?.until ?? 0) - (lock?.from ?? 0)) / 60_000)
      attempts = afterWrongPassword(attempts, `later-${turn}`, lock?.until ?? 0)
    }
    expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  })

  it('is free when the clock goes back to before the lock', () => {
    expect(isLocked(tried(different(10)), start - 1)).toBe(false)
  })
})
