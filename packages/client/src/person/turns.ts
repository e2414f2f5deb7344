import type { SignInStore } from './sign-in.ts'

/** Runs works one after the other that have the same key. */
export type Turns = <Value>(key: string, work: () => Promise<Value>) => Promise<Value>

/** Turns within this process. */
export function turnsInMemory(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work)
    last.set(key, mine)
    const end = () => {
      if (last.get(key) === mine) last.delete(key)
    }
    mine.then(end, end)
    return mine
  }
}

const turnsOfStores = new WeakMap<SignInStore, Turns>()

/** Runs `work` when nobody else uses the sign-in under a key of a store: in other processes where the store can tell. */
export function inTurn<Value>(store: SignInStore, key: string, work: () => Promise<Value>): Promise<Value> {
  if (store.inTurn !== undefined) return store.inTurn(key, work)
  const turns = turnsOfStores.get(store) ?? turnsInMemory()
  turnsOfStores.set(store, turns)
  return turns(key, work)
}
