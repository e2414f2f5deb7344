import { bearerToken, type VerifiedToken } from '@doorstep/guard'
import type { Application } from '../../directory/application.ts'
import { AlreadyExists, type DirectoryChange } from '../../directory/changes.ts'
import { mayConsentForAll } from '../../directory/consent-administrators.ts'
import { decidedAgain, isOvertaken } from '../../directory/decided-again.ts'
import { isGuid } from '../../directory/guid.ts'
import { newServicePrincipal, type ServicePrincipal } from '../../directory/service-principal.ts'
import type { ResourceInTenant } from '../../protocol/granted-scopes.ts'
import { type ConsentPermission, listedPermissions } from '../../protocol/listed-permissions.ts'
import { consentChanges } from '../../protocol/record-consent.ts'
import { badRequest, insufficientPrivileges, resourceNotFound } from './errors.ts'
import type { PortalApiParts } from './portal-api-parts.ts'

export interface ConsentRequest {
  readonly authorization: string | undefined
  /** The application's client id, as the path has it. */
  readonly appId: string
  /** The query parameter of that name. */
  readonly onBehalfOfAll: unknown
}

/**
 * Grants an application, for everybody in the caller's tenant, all that its registration lists: what the portal's
 * button "Grant admin consent" and `az ad app permission admin-consent` ask for.
 *
 * @throws {TokenRefused} @throws {PortalApiError}
 */
export async function grantAdminConsent(request: ConsentRequest, parts: PortalApiParts): Promise<void> {
  const caller = await parts.guard.verify(bearerToken(request.authorization))
  if (String(request.onBehalfOfAll).toLowerCase() !== 'true') {
    throw badRequest('onBehalfOfAll must be true: this address grants consent for everybody and nothing else.')
  }
  await decidedAgain(async () => parts.commit(await consentForAll(request.appId, caller, parts)), isOvertakenByConsent)
}

/** Two consents at once would write the same grant: whoever comes second finds it there. */
const isOvertakenByConsent = (error: unknown) => isOvertaken(error) || error instanceof AlreadyExists

async function consentForAll(
  appId: string,
  caller: VerifiedToken,
  parts: PortalApiParts,
): Promise<readonly DirectoryChange[]> {
  const { tenantId } = caller
  const roleIds = await directoryRolesOf(caller, parts)
  const application = isGuid(appId) ? await parts.applications.byAppId(appId.toLowerCase()) : undefined
  const known = application && (await parts.servicePrincipals.byAppId(tenantId, application.appId))
  if (!application || (!known && application.tenantId !== tenantId)) throw resourceNotFound(appId)
  const permissions = await permissionsListedBy(application, tenantId, parts)
  if (!mayConsentForAll(roleIds, permissions)) throw insufficientPrivileges()
  const servicePrincipal = known ?? madeAtHome(application, parts)
  return [
    ...(known ? [] : [{ change: 'createServicePrincipal' as const, servicePrincipal }]),
    ...(await recordsOf(permissions, servicePrincipal, parts)),
  ]
}

/** @throws {PortalApiError} 403 for an application, and for a user whose account is gone or disabled */
async function directoryRolesOf(
  { kind, tenantId, objectId }: VerifiedToken,
  { users, directoryRoles }: PortalApiParts,
): Promise<readonly string[]> {
  const user = kind === 'user' ? await users.byId(objectId) : undefined
  if (!user?.accountEnabled || user.tenantId !== tenantId) throw insufficientPrivileges()
  return (await directoryRoles.heldBy(tenantId, objectId)).map(({ roleTemplateId }) => roleTemplateId)
}

async function permissionsListedBy(
  application: Application,
  tenantId: string,
  { applications, servicePrincipals }: PortalApiParts,
): Promise<readonly ConsentPermission[]> {
  const apis = application.requiredResourceAccess.map(async ({ resourceAppId }): Promise<ResourceInTenant> => {
    const [api, presence] = await Promise.all([
      applications.byAppId(resourceAppId),
      servicePrincipals.byAppId(tenantId, resourceAppId),
    ])
    if (api && presence) return { application: api, servicePrincipalId: presence.id }
    throw badRequest(
      `The application lists permissions of '${resourceAppId}', which has no service principal in this tenant.`,
    )
  })
  return listedPermissions(application, await Promise.all(apis), ['delegated', 'application'])
}

function madeAtHome(application: Application, { clock, newId }: PortalApiParts): ServicePrincipal {
  const createdDateTime = new Date(clock.now()).toISOString()
  return newServicePrincipal(application, { id: newId(), tenantId: application.tenantId, createdDateTime })
}

async function recordsOf(
  permissions: readonly ConsentPermission[],
  { id, tenantId }: ServicePrincipal,
  { permissionGrants, appRoleAssignments, clock, newId }: PortalApiParts,
): Promise<readonly DirectoryChange[]> {
  return consentChanges({
    tenantId,
    servicePrincipalId: id,
    principalId: null,
    permissions,
    permissionGrants: await permissionGrants.byClient(id),
    appRoleAssignments: await appRoleAssignments.byPrincipal(id),
    now: new Date(clock.now()).toISOString(),
    newId,
  })
}
