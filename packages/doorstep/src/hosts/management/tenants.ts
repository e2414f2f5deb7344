import { personalAccountsTenantId } from '../../directory/personal-accounts.ts'
import { defaultDomain, type Tenant } from '../../directory/tenant.ts'
import type { Caller } from './access-token.ts'
import type { ManagementCall } from './call.ts'
import type { ManagementParts } from './management-parts.ts'

/** The first version says no more of a tenant than its id. */
const idsOnlyVersion = '2016-06-01'

/**
 * `GET /tenants`: where the caller has an account. For a user his home and every tenant that he is a guest of, for an
 * application the tenant of its token.
 */
export async function listTenants({ caller, apiVersion, parts }: ManagementCall): Promise<object> {
  const ids = (await tenantIdsOf(caller, parts)).filter((id) => id !== personalAccountsTenantId)
  const tenants = await Promise.all(ids.map((id) => parts.tenants.byId(id)))
  const found = tenants.flatMap((tenant) => (tenant ? [tenant] : []))
  return { value: found.map(apiVersion === idsOnlyVersion ? tenantId : tenantDescription) }
}

async function tenantIdsOf(caller: Caller, { users }: ManagementParts): Promise<readonly string[]> {
  if (caller.kind === 'app') return [caller.tenantId]
  const user = await users.byId(caller.objectId)
  if (!user) return [caller.tenantId]
  const home = user.home ?? { tenantId: user.tenantId, userId: user.id }
  const guests = (await users.byHome(home.userId)).filter(
    ({ accountEnabled, deletedDateTime }) => accountEnabled && deletedDateTime === null,
  )
  return [...new Set([home.tenantId, ...guests.map((guest) => guest.tenantId)])]
}

function tenantId({ id }: Tenant): object {
  return { id: `/tenants/${id}`, tenantId: id }
}

function tenantDescription(tenant: Tenant): object {
  return {
    ...tenantId(tenant),
    countryCode: tenant.countryLetterCode,
    displayName: tenant.displayName,
    domains: tenant.verifiedDomains.map(({ name }) => name),
    tenantCategory: 'Home',
    defaultDomain: defaultDomain(tenant),
    tenantType: 'AAD',
  }
}
