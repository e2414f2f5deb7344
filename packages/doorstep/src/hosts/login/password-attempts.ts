import { createHmac, randomBytes } from 'node:crypto'
import type { UserPassword } from '../../directory/user.ts'
import { afterWrongPassword, type FailedAttempts, isLocked, noFailedAttempts } from '../../protocol/smart-lockout.ts'

/** Counts wrong passwords per account, in the memory of this process. */
export interface PasswordAttempts {
  isLocked(password: UserPassword, now: number): boolean
  addWrong(password: UserPassword, given: string, now: number): void
  /** After a right password the count begins anew. */
  forget(password: UserPassword): void
}

/** Far more than a local cloud has people; who was counted longest ago is forgotten first. */
const accountsAtMost = 10_000

/**
 * An account is known by the hash of its password: a new password unlocks it, as on the platform. What was tried is
 * kept as a hash under a key of this process alone.
 */
export function passwordAttempts(): PasswordAttempts {
  const processKey = randomBytes(32)
  const attempts = new Map<string, FailedAttempts>()
  return {
    isLocked: ({ passwordHash }, now) => isLocked(attempts.get(passwordHash) ?? noFailedAttempts, now),
    addWrong({ passwordHash }, given, now) {
      const trace = createHmac('sha256', processKey).update(given).digest('base64url')
      const after = afterWrongPassword(attempts.get(passwordHash) ?? noFailedAttempts, trace, now)
      attempts.delete(passwordHash)
      const oldest = attempts.keys().next().value
      if (attempts.size >= accountsAtMost && oldest !== undefined) attempts.delete(oldest)
      attempts.set(passwordHash, after)
    },
    forget: ({ passwordHash }) => void attempts.delete(passwordHash),
  }
}
