import type { DirectoryChange } from '../../../directory/changes.ts'
import type { ConsentPermission } from '../../../protocol/listed-permissions.ts'
import { consentChanges } from '../../../protocol/record-consent.ts'
import type { LoginParts } from '../login-parts.ts'
import type { Asking, Presence } from './authorization.ts'

/** What is to be written when `permissions` are granted to the application, by one person or for everybody. */
export async function consentRecords(
  permissions: readonly ConsentPermission[],
  principalId: string | null,
  { tenant }: Asking,
  { servicePrincipal }: Presence,
  parts: LoginParts,
): Promise<readonly DirectoryChange[]> {
  return consentChanges({
    tenantId: tenant.id,
    servicePrincipalId: servicePrincipal.id,
    principalId,
    permissions,
    permissionGrants: await parts.permissionGrants.byClient(servicePrincipal.id),
    appRoleAssignments: await parts.appRoleAssignments.byPrincipal(servicePrincipal.id),
    now: new Date(parts.clock.now()).toISOString(),
    newId: parts.newId,
  })
}
