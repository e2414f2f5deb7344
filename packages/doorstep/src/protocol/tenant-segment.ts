import { isGuid } from '../directory/guid.ts'
import { personalAccountsTenantId } from '../directory/personal-accounts.ts'
import type { Tenant, TenantStore } from '../directory/tenant.ts'
import { entraError } from './errors.ts'

/** What stands for the tenant in a URL. `personal` answers for `consumers` and for the tenant id behind it. */
export type TenantSegment =
  | { readonly kind: 'tenant'; readonly tenant: Tenant }
  | { readonly kind: 'alias'; readonly alias: 'common' | 'organizations' }
  | { readonly kind: 'personal' }

const domainName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i

/** Whether a text could stand for a tenant: a GUID, a domain name or an alias, whether there is such a tenant or not. */
export function isTenantSegment(text: string): boolean {
  return isGuid(text) || domainName.test(text) || ['common', 'organizations', 'consumers'].includes(text.toLowerCase())
}

/**
 * Resolves the tenant segment of a URL, in any case: a tenant id, a verified domain, or an alias.
 * @throws {EntraError} 900023 for what is neither GUID nor domain, 90002 for an unknown tenant.
 */
export async function resolveTenantSegment(
  segment: string,
  tenants: TenantStore,
  notFound: 'tenantNotFound' | 'discoveryTenantNotFound' = 'tenantNotFound',
): Promise<TenantSegment> {
  if (isGuid(segment)) {
    const id = segment.toLowerCase()
    if (id === personalAccountsTenantId) return { kind: 'personal' }
    const tenant = await tenants.byId(id)
    if (!tenant) throw entraError(notFound, { tenant: segment })
    return { kind: 'tenant', tenant }
  }
  const name = segment.toLowerCase()
  if (name === 'common' || name === 'organizations') return { kind: 'alias', alias: name }
  if (name === 'consumers') return { kind: 'personal' }
  if (!domainName.test(name)) throw entraError('tenantIdentifierInvalid', { tenant: segment })
  const tenant = await tenants.byDomain(name)
  if (!tenant) throw entraError(notFound, { tenant: segment })
  return { kind: 'tenant', tenant }
}

/** The segment in the form in which codes remember it: the id of the tenant it names, `common` or `organizations`. */
export function segmentName(segment: TenantSegment): string {
  if (segment.kind === 'tenant') return segment.tenant.id
  return segment.kind === 'alias' ? segment.alias : personalAccountsTenantId
}
