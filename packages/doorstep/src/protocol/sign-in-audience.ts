import type { Application } from '../directory/application.ts'
import { personalAccountsTenantId } from '../directory/personal-accounts.ts'
import type { Tenant } from '../directory/tenant.ts'
import { identityProviderOf } from './authority.ts'
import { entraError } from './errors.ts'
import type { TenantSegment } from './tenant-segment.ts'

/**
 * Whether an application may be used through this tenant segment, before anybody has signed in ("Supported account
 * types"). An application for several tenants may be asked for in a tenant that has no service principal of it yet:
 * consent makes one.
 * @throws {EntraError} 9002332 or 9002331 for the wrong kind of accounts, 50194 when a single-tenant application is
 * used over an alias, 700016 when it belongs to another tenant.
 */
export function refuseSegment(application: Application, segment: TenantSegment): void {
  const { appId, displayName: name, signInAudience, tenantId } = application
  if (segment.kind === 'personal') {
    if (!takesPersonalAccounts(application)) throw entraError('consumersNotSupported', { appId, name })
    return
  }
  if (signInAudience === 'PersonalMicrosoftAccount') throw entraError('personalAccountsOnly', { appId, name })
  if (signInAudience !== 'AzureADMyOrg') return
  if (segment.kind === 'alias') throw entraError('applicationNotMultiTenant', { appId, name })
  if (segment.tenant.id !== tenantId) {
    throw entraError('applicationNotFound', { appId, tenant: segment.tenant.displayName })
  }
}

/** Whether personal accounts are among the supported account types. */
function takesPersonalAccounts({ signInAudience }: Pick<Application, 'signInAudience'>): boolean {
  return signInAudience === 'PersonalMicrosoftAccount' || signInAudience === 'AzureADandPersonalMicrosoftAccount'
}

/** Whether the application can have a service principal in the tenant. */
export function canBeIn(application: Pick<Application, 'signInAudience' | 'tenantId'>, tenantId: string): boolean {
  if (application.tenantId === tenantId) return true
  if (tenantId === personalAccountsTenantId) return takesPersonalAccounts(application)
  const { signInAudience } = application
  return signInAudience === 'AzureADMultipleOrgs' || signInAudience === 'AzureADandPersonalMicrosoftAccount'
}

/** v1.0 was never opened to personal accounts. @throws {EntraError} 90027 */
export function refuseVersion(endpoint: 'v1' | 'v2', tenantId: string): void {
  if (endpoint === 'v1' && tenantId === personalAccountsTenantId) throw entraError('personalAccountsNeedV2')
}

/** An account as far as it decides where it may sign in. */
export interface SigningInAccount {
  readonly homeTenantId: string
  /** Whether it is a member or a guest of the tenant that tokens will be issued for. */
  readonly isInTenant: boolean
}

/**
 * The tenant that tokens are issued for: the one in the URL, or over common and organizations the account's home.
 * @throws {EntraError} 500200 for a personal account over organizations, whose tenants only a URL can name.
 */
export function issuingTenantId(segment: TenantSegment, homeTenantId: string): string {
  if (segment.kind === 'tenant') return segment.tenant.id
  if (segment.kind === 'personal') return personalAccountsTenantId
  if (segment.alias === 'organizations' && homeTenantId === personalAccountsTenantId) {
    throw entraError('personalAccountNotAllowed')
  }
  return homeTenantId
}

/**
 * Whether the account that signed in may use the application in `tenant`. The refusals are shown as a page.
 * @throws {EntraError} 500200 for a personal account where only work or school accounts are taken, 50020 for somebody
 * who is not in the tenant, 700016 when a single-tenant application belongs to another one.
 */
export function refuseAccount(application: Application, tenant: Tenant, account: SigningInAccount): void {
  const { appId, displayName: name } = application
  const isPersonal = account.homeTenantId === personalAccountsTenantId
  const isInvited = account.isInTenant && tenant.id !== personalAccountsTenantId
  if (isPersonal && !isInvited && !takesPersonalAccounts(application)) throw entraError('personalAccountNotAllowed')
  if (!account.isInTenant) {
    const identityProvider = identityProviderOf(account.homeTenantId)
    throw entraError('userNotInTenant', { identityProvider, tenant: tenant.displayName, appId, name })
  }
  if (application.signInAudience === 'AzureADMyOrg' && application.tenantId !== tenant.id) {
    throw entraError('applicationNotFound', { appId, tenant: tenant.displayName })
  }
}
