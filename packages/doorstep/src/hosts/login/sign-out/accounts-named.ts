import { pairwiseSubject } from '../../../protocol/claims/pairwise-subject.ts'
import { accountInTenant, homeOf } from '../../../protocol/grants/account-in-tenant.ts'
import type { SignedInAccount } from '../../../protocol/prompt.ts'
import { isNamedBy, type SignOutRequest } from '../../../protocol/sign-out.ts'
import type { LoginParts } from '../login-parts.ts'
import type { IdTokenHint } from './id-token-hint.ts'

/** The signed-in accounts that a request means: by `logout_hint`, by its id_token, by `sid`; undefined without a hint. */
export async function accountsNamed(
  { logoutHint, sid }: SignOutRequest,
  hint: IdTokenHint | undefined,
  accounts: readonly SignedInAccount[],
  parts: LoginParts,
): Promise<readonly SignedInAccount[] | undefined> {
  if (logoutHint !== undefined) return accounts.filter((account) => isNamedBy(account, logoutHint))
  if (hint?.person) {
    const subjects = await Promise.all(accounts.map((account) => subjectOf(account, hint, parts)))
    return accounts.filter((_, index) => subjects[index] === hint.person?.subject)
  }
  if (sid !== undefined) return accounts.filter(({ sessionId }) => sessionId === sid.toLowerCase())
  return undefined
}

/** The `sub` that an account has at the application of the hint, in the tenant of the hint. */
async function subjectOf({ account }: SignedInAccount, { appId, person }: IdTokenHint, parts: LoginParts) {
  const [tenant, home] = await Promise.all([
    parts.tenants.byId(person?.tenantId ?? ''),
    parts.users.byId(account.homeUserId),
  ])
  const user = tenant && home && (await accountInTenant(homeOf(home), tenant, parts.users))
  return user && pairwiseSubject({ userId: user.id, appId, tenantId: tenant.id }, parts.pairwiseHash)
}
