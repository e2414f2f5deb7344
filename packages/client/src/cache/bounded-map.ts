/** What the map needs to know of an entry: whether it was read since the hand last passed it. */
export interface Evictable {
  recentlyUsed: boolean
}

/**
 * A Map with an upper bound. Above it the clock algorithm chooses who goes: a hand walks the entries in circles and
 * takes the first that was not read since its last visit. Reading therefore costs one flag, not a reordering.
 */
export class BoundedMap<Entry extends Evictable> {
  readonly #entries = new Map<string, Entry>()
  readonly #maximumEntries: number
  #hand = this.#entries.entries()

  constructor(maximumEntries: number) {
    if (!Number.isInteger(maximumEntries) || maximumEntries < 1) {
      throw new RangeError(`maximumEntries must be a whole number above 0, and is ${maximumEntries}.`)
    }
    this.#maximumEntries = maximumEntries
  }

  get(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry !== undefined) entry.recentlyUsed = true
    return entry
  }

  set(key: string, entry: Entry): void {
    if (this.#entries.size >= this.#maximumEntries && !this.#entries.has(key)) this.#evictOne()
    this.#entries.set(key, entry)
  }

  #evictOne(): void {
    for (;;) {
      const next = this.#hand.next()
      if (next.done) {
        this.#hand = this.#entries.entries()
        continue
      }
      const [key, entry] = next.value
      if (!entry.recentlyUsed) {
        this.#entries.delete(key)
        return
      }
      entry.recentlyUsed = false
    }
  }
}
