import type { ApplicationStore, AppRole } from '../../directory/application.ts'
import { isGuid } from '../../directory/guid.ts'
import type { AppRoleAssignment } from '../../directory/permission.ts'
import type { ServicePrincipalStore } from '../../directory/service-principal.ts'
import type { Tenant } from '../../directory/tenant.ts'
import { entraError } from '../errors.ts'
import type { RegisteredClient, Resource } from './grant.ts'

export interface ResourceParts {
  readonly applications: ApplicationStore
  readonly servicePrincipals: ServicePrincipalStore
}

/** @throws {EntraError} 500011 when no API in this tenant answers to the identifier. */
export async function findResource(
  identifier: string,
  tenant: Tenant,
  { applications, servicePrincipals }: ResourceParts,
): Promise<Resource> {
  const servicePrincipal = await servicePrincipals.byResourceIdentifier(tenant.id, identifier)
  const application = servicePrincipal && (await applications.byAppId(servicePrincipal.appId))
  if (!servicePrincipal?.accountEnabled || !application) {
    throw entraError('resourceNotFound', { resource: identifier, tenant: tenant.displayName })
  }
  return { application, servicePrincipal, identifier }
}

/** @throws {EntraError} 90009 when a v1.0 request names the client itself by its identifier URI. */
export function refuseSelfByIdentifierUri(
  endpoint: 'v1' | 'v2',
  client: Pick<RegisteredClient, 'application'>,
  resource: Pick<Resource, 'application' | 'identifier'>,
): void {
  const { appId, displayName } = client.application
  if (endpoint === 'v1' && resource.application.appId === appId && !isGuid(resource.identifier)) {
    throw entraError('selfByIdentifierUri', { appId, name: displayName })
  }
}

/** The `value`s of the assigned roles that the API still has and has not disabled. */
export function roleValues(appRoles: readonly AppRole[], assignments: readonly AppRoleAssignment[]): readonly string[] {
  if (assignments.length === 0) return []
  const assigned = new Set(assignments.map((assignment) => assignment.appRoleId))
  return appRoles.flatMap((role) => (role.isEnabled && role.value && assigned.has(role.id) ? [role.value] : []))
}
