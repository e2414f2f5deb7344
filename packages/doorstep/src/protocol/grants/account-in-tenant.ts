import type { Tenant } from '../../directory/tenant.ts'
import type { User, UserStore } from '../../directory/user.ts'

/** An account in its home tenant. */
export interface HomeAccount {
  readonly tenantId: string
  readonly userId: string
}

/** Where an account is at home: a guest's elsewhere. */
export function homeOf({ id, tenantId, home }: User): HomeAccount {
  return home ?? { tenantId, userId: id }
}

const guestsAtMost = 50

/**
 * A person's account in a tenant: the home account there, else the guest that was invited under its name.
 * Undefined when there is none.
 */
export async function accountInTenant(home: HomeAccount, tenant: Tenant, users: UserStore): Promise<User | undefined> {
  const atHome = await users.byId(home.userId)
  if (home.tenantId === tenant.id) return atHome
  if (!atHome) return undefined
  const filter = { kind: 'compare', property: 'mail', operator: 'eq', value: atHome.userPrincipalName } as const
  const { items } = await users.list({ tenantId: tenant.id, filter, top: guestsAtMost })
  return items.find((user) => user.home?.userId === home.userId)
}
