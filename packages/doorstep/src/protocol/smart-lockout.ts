/** What is remembered of wrong passwords of one account. Times are milliseconds of the one clock. */
export interface FailedAttempts {
  /** How many different wrong passwords were tried since the last right one. */
  readonly count: number
  /** Keyed hashes of the newest wrong passwords: one that is tried again and again is a habit, not an attack. */
  readonly recent: readonly string[]
  readonly lock: { readonly from: number; readonly until: number } | null
  /** How often the account was locked since the last right password. */
  readonly lockouts: number
}

const attemptsBeforeLock = 10
const rememberedPasswords = 3
const minute = 60_000
const longestLock = 60 * minute

export const noFailedAttempts: FailedAttempts = { count: 0, recent: [], lock: null, lockouts: 0 }

/** Whether nobody may sign in now, not even with the right password. A clock that was set back ends a lock. */
export function isLocked({ lock }: FailedAttempts, now: number): boolean {
  return lock !== null && lock.from <= now && now < lock.until
}

/**
 * What follows from one more wrong password. The tenth different one locks the account for a minute; after that each
 * further one locks it again, for twice as long as before and an hour at most. One of the last three wrong passwords
 * counts nothing. ("Protect user accounts from attacks with Microsoft Entra smart lockout"; the platform does not say
 * how its lock times grow.)
 * @param trace a keyed hash of the password
 */
export function afterWrongPassword(before: FailedAttempts, trace: string, now: number): FailedAttempts {
  if (before.recent.includes(trace)) return before
  const count = before.count + 1
  const recent = [trace, ...before.recent].slice(0, rememberedPasswords)
  if (count < attemptsBeforeLock) return { ...before, count, recent }
  const duration = Math.min(minute * 2 ** before.lockouts, longestLock)
  return { count, recent, lock: { from: now, until: now + duration }, lockouts: before.lockouts + 1 }
}
