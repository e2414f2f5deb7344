import { describe, expect, it } from 'vitest'
import { parseDuration } from './duration.ts'

describe('a duration', () => {
  it.each([
    ['0s', 0],
    ['90s', 90],
    ['75m', 4500],
    ['1h', 3600],
    ['90d', 7_776_000],
    [' 5m ', 300],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
  })

  it.each(['', '5', 'm', '5 m', '1.5h', '-1h', '5w', '1h30m', '1e3s', '9999999999s'])('is not %j', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })
})
