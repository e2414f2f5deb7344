import type { SignInStore } from './sign-in.ts'

/** The accounts that this process saw in a store. */
interface SeenAccounts {
  /** The last account under each key. */
  readonly last: Map<string, string>
  /** Keys whose account became another one. */
  readonly changed: Set<string>
  changes: number
}

const seenIn = new WeakMap<SignInStore, SeenAccounts>()

/** Notes whose tokens are had by what a store keeps under a key. An account that nobody can name is nobody's before. */
export function noteAccount(store: SignInStore, key: string, homeAccountId: string): void {
  const seen = seenIn.get(store) ?? { last: new Map(), changed: new Set(), changes: 0 }
  seenIn.set(store, seen)
  const account = homeAccountId || crypto.randomUUID()
  const before = seen.last.get(key)
  seen.last.set(key, account)
  if (before === undefined || before === account) return
  seen.changed.add(key)
  seen.changes += 1
}

/** How often somebody else has signed in to a store, as far as this process saw: tokens of before are another's. */
export function accountChanges(store: SignInStore): number {
  return seenIn.get(store)?.changes ?? 0
}

/** Names the accounts that took the place of others in a store; empty while nobody did. */
export function changedAccounts(store: SignInStore): string {
  const seen = seenIn.get(store)
  if (seen === undefined || seen.changes === 0) return ''
  return JSON.stringify([...seen.changed].sort().map((key) => [key, seen.last.get(key)]))
}
