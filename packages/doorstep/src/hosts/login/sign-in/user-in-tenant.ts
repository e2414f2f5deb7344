import type { Application } from '../../../directory/application.ts'
import type { Tenant } from '../../../directory/tenant.ts'
import type { User } from '../../../directory/user.ts'
import { entraError } from '../../../protocol/errors.ts'
import { accountInTenant, homeOf } from '../../../protocol/grants/account-in-tenant.ts'
import { refuseRevoked } from '../../../protocol/grants/sign-in-revocation.ts'
import { signedInUser } from '../../../protocol/grants/signed-in-user.ts'
import { issuingTenantId, refuseAccount } from '../../../protocol/sign-in-audience.ts'
import type { SessionAccount } from '../../../protocol/sign-in-records.ts'
import type { TenantSegment } from '../../../protocol/tenant-segment.ts'
import type { AccountParts } from './accounts.ts'

/**
 * The account in the tenant that tokens will be issued for, a guest's too.
 * @throws {EntraError} 50020, 500200 or 700016 when the account may not use the application there, 50057 when it is
 * disabled there, 50173 when its sign-ins were revoked there.
 */
export async function userInTenant(
  account: SessionAccount,
  segment: TenantSegment,
  application: Application,
  parts: AccountParts,
): Promise<{ readonly tenant: Tenant; readonly user: User }> {
  const tenant = await parts.tenants.byId(issuingTenantId(segment, account.homeTenantId))
  const home = await parts.users.byId(account.homeUserId)
  if (!tenant || !home) throw entraError('noSession')
  const user = await accountInTenant(homeOf(home), tenant, parts.users)
  refuseAccount(application, tenant, { homeTenantId: account.homeTenantId, isInTenant: user !== undefined })
  if (!user) throw entraError('noSession')
  refuseRevoked(account, account.authenticatedAt, { user, password: undefined })
  return { tenant, user: signedInUser(user, tenant) }
}
