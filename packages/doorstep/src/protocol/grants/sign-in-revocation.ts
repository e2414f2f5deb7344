import type { Tenant } from '../../directory/tenant.ts'
import type { User, UserPassword, UserStore } from '../../directory/user.ts'
import { entraError } from '../errors.ts'
import { platformInstant } from '../platform-instant.ts'
import type { SignedInUser } from '../sign-in-records.ts'
import { homeOf } from './account-in-tenant.ts'
import { signedInUser } from './signed-in-user.ts'

/** What is known of an account that bears on its earlier sign-ins. */
export interface AccountHistory {
  readonly user: Pick<User, 'signInSessionsValidFromDateTime'>
  readonly password: Pick<UserPassword, 'changedDateTime'> | undefined
}

/** A sign-in, as refresh tokens, codes and browser sessions remember it. */
export type RememberedSignIn = Pick<SignedInUser, 'method' | 'authenticatedAt'>

/**
 * Since when (milliseconds) an account's sign-ins count, when this one is older than that: its sessions were revoked,
 * or its password was changed. A sign-in that needed no password outlives the latter. What a sign-in led to, such as a
 * refresh token issued much later, ends with it.
 */
export function revokedBy(signIn: RememberedSignIn, { user, password }: AccountHistory): number | undefined {
  const revocations = [
    user.signInSessionsValidFromDateTime,
    signIn.method === 'pwd' ? password?.changedDateTime : undefined,
  ].flatMap((moment) => (moment ? [Date.parse(moment)] : []))
  const validFrom = Math.max(...revocations)
  return validFrom > signIn.authenticatedAt ? validFrom : undefined
}

/** @param issuedAt - of the grant, milliseconds. @throws {EntraError} 50173 when the sign-in counts no more. */
export function refuseRevoked(signIn: RememberedSignIn, issuedAt: number, account: AccountHistory): void {
  const validFrom = revokedBy(signIn, account)
  if (validFrom === undefined) return
  throw entraError('grantRevoked', { issuedAt: platformInstant(issuedAt), validFrom: platformInstant(validFrom) })
}

/**
 * The account that a code was given to, in the tenant it was given in, as long as it may sign in.
 * @throws {EntraError} 50034, 50057, or 50173 when the sign-in was revoked before the code was redeemed.
 */
export async function accountBehindCode(signIn: SignedInUser, tenant: Tenant, users: UserStore): Promise<User> {
  const account = signedInUser(await users.byId(signIn.userId), tenant)
  refuseRevoked(signIn, signIn.authenticatedAt, { user: account, password: undefined })
  const { userId } = homeOf(account)
  const atHome = userId === account.id ? account : await users.byId(userId)
  if (atHome) refuseRevoked(signIn, signIn.authenticatedAt, { user: atHome, password: await users.passwordOf(userId) })
  return account
}
