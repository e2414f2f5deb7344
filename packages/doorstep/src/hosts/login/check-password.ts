import type { CheckPassword } from '../../protocol/grants/password.ts'
import type { LoginParts } from './login-parts.ts'
import { passwordAttempts } from './password-attempts.ts'

/** What takes passwords: the sign-in page and the password grant, which count wrong ones together. */
export interface PasswordParts extends LoginParts {
  readonly checkPassword: CheckPassword
}

/**
 * Checks what somebody gave as the password of an account, and counts wrong ones. While the account is locked no
 * password is right. What else is the matter with the account is told only to somebody who knows the password.
 */
export function passwordCheck({ users, secrets, clock }: LoginParts): CheckPassword {
  const attempts = passwordAttempts()
  return async (account, given) => {
    const password = await users.passwordOf(account.id)
    if (!password) return 'noPassword'
    if (attempts.isLocked(password, clock.now())) return 'locked'
    const isRight = await secrets.matchesAny(given, [password.passwordHash])
    // Asked again: of many guesses at once, those that come after the tenth wrong one must not be told apart.
    if (attempts.isLocked(password, clock.now())) return 'locked'
    if (!isRight) {
      attempts.addWrong(password, given, clock.now())
      return 'wrong'
    }
    attempts.forget(password)
    if (!account.accountEnabled) return 'disabled'
    return password.mustChange ? 'mustChange' : 'right'
  }
}
