import type { Tenant, TenantStore } from '../../../directory/tenant.ts'
import type { User, UserStore } from '../../../directory/user.ts'
import { loginHint } from '../../../protocol/claims/user-claims.ts'
import { accountInTenant, homeOf } from '../../../protocol/grants/account-in-tenant.ts'
import type { SignedInAccount } from '../../../protocol/prompt.ts'
import type { BrowserSession } from '../../../protocol/sign-in-records.ts'

export interface AccountParts {
  readonly tenants: TenantStore
  readonly users: UserStore
}

/** The account behind a user name, in its home tenant, which the domain names. */
export async function accountNamed(
  userName: string,
  { tenants, users }: AccountParts,
): Promise<{ readonly tenant: Tenant; readonly user: User } | undefined> {
  const domain = userName.split('@')[1]
  const tenant = domain === undefined ? undefined : await tenants.byDomain(domain)
  const user = tenant && (await users.byPrincipalName(tenant.id, userName))
  return tenant && user && user.userType === 'Member' ? { tenant, user } : undefined
}

/** The accounts of a browser session, without those that were disabled or removed since. */
export async function signedInAccounts(
  session: BrowserSession | undefined,
  parts: AccountParts,
): Promise<readonly SignedInAccount[]> {
  if (!session) return []
  const tenants = await parts.tenants.list()
  const found = session.accounts.map(async (account): Promise<readonly SignedInAccount[]> => {
    const user = await parts.users.byId(account.homeUserId)
    const password = user && (await parts.users.passwordOf(user.id))
    const isRevoked = password !== undefined && Date.parse(password.changedDateTime) > account.authenticatedAt
    if (!user?.accountEnabled || isRevoked) return []
    const presences = await Promise.all(tenants.map((tenant) => accountInTenant(homeOf(user), tenant, parts.users)))
    return [
      {
        account,
        sessionId: session.sessionId,
        userPrincipalName: user.userPrincipalName,
        hints: [
          user.userPrincipalName,
          ...(user.mail ? [user.mail] : []),
          ...presences.flatMap((each) => (each ? [loginHint(each)] : [])),
        ],
        tenantIds: presences.flatMap((presence) => (presence ? [presence.tenantId] : [])),
      },
    ]
  })
  return (await Promise.all(found)).flat()
}
