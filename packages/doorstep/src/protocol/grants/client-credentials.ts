import type { ApplicationStore, AppRole } from '../../directory/application.ts'
import type { GroupStore } from '../../directory/group.ts'
import { isGuid } from '../../directory/guid.ts'
import type { AppRoleAssignment, AppRoleAssignmentStore } from '../../directory/permission.ts'
import type { ServicePrincipalStore } from '../../directory/service-principal.ts'
import type { Tenant } from '../../directory/tenant.ts'
import { entraError } from '../errors.ts'
import { requestedResource } from '../scopes.ts'
import type { Client, Grant, Resource } from './grant.ts'

export interface ClientCredentialsParts {
  readonly applications: ApplicationStore
  readonly servicePrincipals: ServicePrincipalStore
  readonly appRoleAssignments: AppRoleAssignmentStore
  readonly groups: GroupStore
}

/** Client credentials grant: an application acts as itself. RFC 6749 §4.4. */
export function clientCredentialsGrant(parts: ClientCredentialsParts): Grant {
  return {
    grantTypes: ['client_credentials'],
    clients: 'confidential',
    overAliases: false,
    required: ({ endpoint }) => (endpoint === 'v1' ? ['resource'] : ['scope']),
    async redeem(request, { tenant, client }) {
      const resource = await findResource(requestedResource(request), tenant, parts)
      refuseSelfByIdentifierUri(request.endpoint, client, resource)
      const held = await parts.appRoleAssignments.byPrincipal(client.servicePrincipal.id)
      const assignments = held.filter((assignment) => assignment.resourceId === resource.servicePrincipal.id)
      refuseUnassigned(client, resource, assignments)
      return {
        kind: 'app',
        client,
        resource,
        roles: roleValues(resource.application.appRoles, assignments),
        groups: wantsGroups(resource) ? await parts.groups.transitiveGroupsOf(client.servicePrincipal.id) : [],
      }
    },
  }
}

/** @throws {EntraError} 500011 when no API in this tenant answers to the identifier. */
async function findResource(
  identifier: string,
  tenant: Tenant,
  { applications, servicePrincipals }: ClientCredentialsParts,
): Promise<Resource> {
  const servicePrincipal = await servicePrincipals.byResourceIdentifier(tenant.id, identifier)
  const application = servicePrincipal && (await applications.byAppId(servicePrincipal.appId))
  if (!servicePrincipal?.accountEnabled || !application) {
    throw entraError('resourceNotFound', { resource: identifier, tenant: tenant.displayName })
  }
  return { application, servicePrincipal, identifier }
}

function refuseSelfByIdentifierUri(endpoint: 'v1' | 'v2', client: Client, resource: Resource): void {
  const { appId, displayName } = client.application
  if (endpoint === 'v1' && resource.application.appId === appId && !isGuid(resource.identifier)) {
    throw entraError('selfByIdentifierUri', { appId, name: displayName })
  }
}

function refuseUnassigned(client: Client, resource: Resource, assignments: readonly AppRoleAssignment[]): void {
  if (!resource.servicePrincipal.appRoleAssignmentRequired || assignments.length > 0) return
  throw entraError('applicationNotAssigned', {
    appId: client.application.appId,
    name: client.application.displayName,
    resourceAppId: resource.application.appId,
    resourceName: resource.application.displayName,
  })
}

/** The `value`s of the assigned roles that the API still has and has not disabled. */
function roleValues(appRoles: readonly AppRole[], assignments: readonly AppRoleAssignment[]): readonly string[] {
  if (assignments.length === 0) return []
  const assigned = new Set(assignments.map((assignment) => assignment.appRoleId))
  return appRoles.flatMap((role) => (role.isEnabled && role.value && assigned.has(role.id) ? [role.value] : []))
}

/** Whether the API's manifest asks for the groups of its callers (`groupMembershipClaims`). */
function wantsGroups({ application }: Resource): boolean {
  const wanted = application.groupMembershipClaims
  return wanted !== null && /\b(SecurityGroup|All)\b/i.test(wanted)
}
