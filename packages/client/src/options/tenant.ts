import { CredentialOptionError } from '../errors.ts'

/** Letters, digits, dots and hyphens, a letter or digit at both ends: anything else would change the URL's path. */
const TENANT_ID = /^[0-9a-z](?:[0-9a-z.-]*[0-9a-z])?$/i

/** Words that stand for many tenants. They sign people in, and name no tenant for an application of its own. */
const MANY_TENANTS = ['common', 'organizations', 'consumers']

const FIX = "pass the tenant's id (a GUID) or one of its domain names"

/**
 * A tenant that an application acts in as itself.
 * @throws {CredentialOptionError} when it is no tenant id or domain name, or names many tenants
 */
export function requireSingleTenant(tenantId: unknown): string {
  const tenant = requireTenant(tenantId)
  if (!MANY_TENANTS.includes(tenant.toLowerCase())) return tenant
  throw new CredentialOptionError(
    'tenantId',
    `tenantId '${tenant}' stands for many tenants, and an application gets tokens for itself from one only: ${FIX}.`,
  )
}

/**
 * Where people sign in: a tenant, or `common`, `organizations`, `consumers` for people of many.
 * @throws {CredentialOptionError} when it is none of these
 */
export function requireTenant(tenantId: unknown): string {
  if (typeof tenantId !== 'string' || tenantId === '') {
    throw new CredentialOptionError('tenantId', `tenantId is missing: ${FIX}, for example from AZURE_TENANT_ID.`)
  }
  if (TENANT_ID.test(tenantId)) return tenantId
  throw new CredentialOptionError(
    'tenantId',
    `tenantId '${tenantId}' is neither a tenant id nor a domain name (letters, digits, dots and hyphens): ${FIX}.`,
  )
}

/**
 * The tenant that one call is about. A tenant that comes from elsewhere than the credential's owner, such as a
 * challenge of an API, is asked only when the owner allowed it.
 * @throws {CredentialOptionError} when `asked` is neither the own tenant nor an allowed one
 */
export function tenantOfCall(asked: string | undefined, own: string, allowed: readonly string[]): string {
  if (asked === undefined) return own
  const tenantId = requireSingleTenant(asked)
  const same = (other: string) => other.toLowerCase() === tenantId.toLowerCase()
  if (same(own) || allowed.includes('*') || allowed.some(same)) return tenantId
  throw new CredentialOptionError(
    'tenantId',
    `This credential is for tenant '${own}' and was asked for tenant '${tenantId}': add that to the credential's additionallyAllowedTenants ('*' allows any).`,
  )
}
