import type { Tenant } from '../../directory/tenant.ts'
import type { User } from '../../directory/user.ts'
import { entraError } from '../errors.ts'

/** @throws {EntraError} 50034 when the account is gone, 50057 when it is disabled. */
export function signedInUser(user: User | undefined, tenant: Tenant): User {
  if (!user || user.tenantId !== tenant.id) throw entraError('userNotFound', { tenant: tenant.displayName })
  if (!user.accountEnabled) throw entraError('userDisabled')
  return user
}
