import { createHash } from 'node:crypto'

/** Random choices that a seed repeats. */
export interface Random {
  /** A whole number from 0, below `limit`. */
  integer(limit: number): number
  /** Whether something of this probability happens. */
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  shuffled<Item>(items: readonly Item[]): readonly Item[]
}

/** The xorshift generator of Marsaglia (2003) with 32 bits, begun from a hash of the seed. */
export function randomFrom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE() || 1
  const integer = (limit: number) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[integer(items.length)]
    if (item === undefined) throw new Error('There is nothing to pick from.')
    return item
  }
  return {
    integer,
    chance: (probability) => integer(1_000_000) < probability * 1_000_000,
    pick,
    shuffled: (items) =>
      items
        .map((item) => [integer(1_000_000), item] as const)
        .sort(([one], [other]) => one - other)
        .map(([, item]) => item),
  }
}
