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

/**
 * A person's account in a tenant: the home account there, else the guest that stands for it. Undefined when there is
 * none.
 */
export async function accountInTenant(home: HomeAccount, tenant: Tenant, users: UserStore): Promise<User | undefined> {
  if (home.tenantId === tenant.id) return users.byId(home.userId)
  return (await users.byHome(home.userId)).find(({ tenantId }) => tenantId === tenant.id)
}
