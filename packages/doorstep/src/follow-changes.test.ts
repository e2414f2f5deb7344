import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { followChanges } from './follow-changes.ts'

/** A value that is read as it was when the reading began, by readings that end when they are told to. */
function slowValue() {
  const readings: { succeed(): void; fail(): void }[] = []
  const faults: unknown[] = []
  const seen: number[] = []
  const value = { now: 0 }
  const read = async () => {
    const found = value.now
    await new Promise<void>((resolve, reject) => {
      readings.push({ succeed: resolve, fail: () => reject(new Error('The database is away.')) })
    })
    seen.push(found)
  }
  const reading = async (index: number) => {
    await expect.poll(() => readings.length, { timeout: 10_000 }).toBeGreaterThan(index)
    expect(readings).toHaveLength(index + 1)
    return readings[index] ?? expect.unreachable('no such reading')
  }
  return { value, seen, faults, readings, reading, follower: followChanges(read, (fault) => faults.push(fault)) }
}

describe('what follows the store', () => {
  it('is read one at a time, and once more after news during a reading', async () => {
    const { value, seen, reading, readings, follower } = slowValue()
    follower.changed()
    const first = await reading(0)
    value.now = 1
    follower.changed()
    follower.changed()
    first.succeed()
    const second = await reading(1)
    second.succeed()
    await expect.poll(() => seen).toEqual([0, 1])
    expect(readings).toHaveLength(2)
  })

  it('is read again until it succeeds, without further news; the failure is reported once', async () => {
    const { value, seen, faults, reading, follower } = slowValue()
    follower.changed()
    value.now = 1
    for (const attempt of [0, 1, 2]) (await reading(attempt)).fail()
    const last = await reading(3)
    last.succeed()
    await expect.poll(() => seen).toEqual([1])
    expect(faults).toEqual([expect.objectContaining({ message: 'The database is away.' })])

    follower.changed()
    const next = await reading(4)
    next.fail()
    await reading(5)
    expect(faults).toHaveLength(2)
    follower.stop()
  })

  it('is read at once when there is news while it waits for the next attempt', async () => {
    const { seen, reading, readings, follower } = slowValue()
    follower.changed()
    for (const attempt of [0, 1, 2, 3]) (await reading(attempt)).fail()
    await after(0)
    follower.changed()
    expect(readings).toHaveLength(5)
    readings[4]?.succeed()
    await expect.poll(() => seen).toHaveLength(1)
    expect(readings).toHaveLength(5)
  })

  it('is left alone once it is stopped', async () => {
    const { faults, reading, readings, follower } = slowValue()
    follower.changed()
    const first = await reading(0)
    follower.stop()
    first.fail()
    follower.changed()
    await after(200)
    expect({ faults, readings: readings.length }).toEqual({ faults: [], readings: 1 })
  })
})
