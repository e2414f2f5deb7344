import { describe, expect, it } from 'vitest'
import { inTurns } from './in-turns.ts'

/** Resolves after that many turns of the queue of promises. */
async function promiseTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await undefined
}

describe('work in turns', () => {
  it('never exceeds the limit, whenever a newcomer arrives while a place is handed over', async () => {
    const run = inTurns(2)
    let running = 0
    let most = 0
    const work = async () => {
      running++
      most = Math.max(most, running)
      await promiseTurns(5)
      running--
    }
    const arrivals = Array.from({ length: 60 }, (_, turns) => promiseTurns(turns % 30).then(() => run(work)))
    await Promise.all(arrivals)
    expect({ most, running }).toEqual({ most: 2, running: 0 })
  })

  it('begins in the order of arrival, and goes on after work that failed', async () => {
    const run = inTurns(1)
    const begun: number[] = []
    const outcomes = await Promise.allSettled(
      [0, 1, 2, 3].map((number) =>
        run(async () => {
          begun.push(number)
          await promiseTurns(1)
          if (number % 2 === 0) throw new Error('no')
          return number
        }),
      ),
    )
    expect(begun).toEqual([0, 1, 2, 3])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled'])
  })
})
