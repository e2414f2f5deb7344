import { personalAccountsTenantId } from '../../../directory/personal-accounts.ts'
import type { Tenant, TenantStore } from '../../../directory/tenant.ts'
import type { User, UserStore } from '../../../directory/user.ts'
import { loginHint } from '../../../protocol/claims/user-claims.ts'
import { revokedBy } from '../../../protocol/grants/sign-in-revocation.ts'
import type { SignedInAccount } from '../../../protocol/prompt.ts'
import type { BrowserSession } from '../../../protocol/sign-in-records.ts'

export interface AccountParts {
  readonly tenants: TenantStore
  readonly users: UserStore
}

/** The account behind a user name, in its home tenant: the one its domain names, else that of personal accounts. */
export async function accountNamed(
  userName: string,
  { tenants, users }: AccountParts,
): Promise<{ readonly tenant: Tenant; readonly user: User } | undefined> {
  const domain = userName.split('@')[1]
  if (domain === undefined) return undefined
  const tenant = (await tenants.byDomain(domain)) ?? (await tenants.byId(personalAccountsTenantId))
  const user = tenant && (await users.byPrincipalName(tenant.id, userName))
  return tenant && user && user.userType === 'Member' ? { tenant, user } : undefined
}

/** The accounts of a browser session, without those that were disabled, removed or revoked since. */
export async function signedInAccounts(
  session: BrowserSession | undefined,
  parts: AccountParts,
): Promise<readonly SignedInAccount[]> {
  if (!session) return []
  const found = session.accounts.map(async (account): Promise<readonly SignedInAccount[]> => {
    const user = await parts.users.byId(account.homeUserId)
    if (!user?.accountEnabled) return []
    if (revokedBy(account, { user, password: await parts.users.passwordOf(user.id) }) !== undefined) return []
    const presences = [user, ...(await parts.users.byHome(user.id))]
    return [
      {
        account,
        sessionId: session.sessionId,
        userPrincipalName: user.userPrincipalName,
        displayName: user.displayName,
        hints: [user.userPrincipalName, ...(user.mail ? [user.mail] : []), ...presences.map(loginHint)],
        tenantIds: presences.map(({ tenantId }) => tenantId),
      },
    ]
  })
  return (await Promise.all(found)).flat()
}
