/** Runs a piece of work when its turn comes, and answers what it answered. */
export type InTurns = <Result>(work: () => Promise<Result>) => Promise<Result>

/** At most `limit` pieces of work run at once; the others wait and are begun in the order in which they came. */
export function inTurns(limit: number): InTurns {
  let free = limit
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((go) => waiting.push(go))
    try {
      return await work()
    } finally {
      // The place is handed over, never free in between: who comes before the next one wakes up must wait as well.
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
