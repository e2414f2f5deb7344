import type { User } from '../../directory/user.ts'
import type { CheckPassword } from '../../protocol/grants/password.ts'
import type { LoginParts } from './login-parts.ts'

/**
 * Checks what somebody gave as the password of an account, on the sign-in page and in the password grant alike, and
 * counts wrong ones. While the account is locked no password is right. What else is the matter with the account is
 * told only to somebody who knows the password.
 */
export async function checkPassword(
  account: User,
  given: string,
  { users, secrets, clock, passwordAttempts }: Pick<LoginParts, 'users' | 'secrets' | 'clock' | 'passwordAttempts'>,
): ReturnType<CheckPassword> {
  const password = await users.passwordOf(account.id)
  if (!password) return 'noPassword'
  if (passwordAttempts.isLocked(password, clock.now())) return 'locked'
  const isRight = await secrets.matchesAny(given, [password.passwordHash])
  // Asked again: of many guesses at once, those that come after the tenth wrong one must not be told apart.
  if (passwordAttempts.isLocked(password, clock.now())) return 'locked'
  if (!isRight) {
    passwordAttempts.addWrong(password, given, clock.now())
    return 'wrong'
  }
  passwordAttempts.forget(password)
  if (!account.accountEnabled) return 'disabled'
  return password.mustChange ? 'mustChange' : 'right'
}
