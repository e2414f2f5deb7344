import type { User } from '../../directory/user.ts'
import { catalogue } from '../../protocol/errors.ts'
import { type CheckPassword, type PasswordFinding, passwordRefusals } from '../../protocol/grants/password.ts'
import { loggedSignIn } from '../../protocol/sign-in-log.ts'
import type { LoginParts } from './login-parts.ts'
import { passwordAttempts } from './password-attempts.ts'

/** What takes passwords: the sign-in page and the password grant, which count wrong ones together. */
export interface PasswordParts extends LoginParts {
  readonly checkPassword: CheckPassword
}

/**
 * Checks what somebody gave as the password of an account, counts wrong ones and writes them to the sign-in log. While
 * the account is locked no password is right. What else is the matter with the account is told only to somebody who
 * knows the password.
 */
export function passwordCheck(parts: LoginParts): CheckPassword {
  const { users, secrets, clock } = parts
  const attempts = passwordAttempts()

  async function find(account: User, given: string): Promise<PasswordFinding> {
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

  return async (account, given, use) => {
    const finding = await find(account, given)
    if (finding !== 'right') {
      const { code: errorCode } = catalogue[passwordRefusals[finding]]
      const facts = { user: account, tenantId: account.tenantId, resourceAppId: null, errorCode, now: clock.now() }
      await parts.commit([loggedSignIn({ ...use, ...facts }, parts)])
    }
    return finding
  }
}
