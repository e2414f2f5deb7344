import type { GroupStore } from '../../directory/group.ts'
import type { AppRoleAssignment, AppRoleAssignmentStore } from '../../directory/permission.ts'
import { entraError } from '../errors.ts'
import { requestedResource } from '../scopes.ts'
import type { Client, Grant, Resource } from './grant.ts'
import { findResource, type ResourceParts, refuseSelfByIdentifierUri, roleValues } from './resource.ts'

export interface ClientCredentialsParts extends ResourceParts {
  readonly appRoleAssignments: AppRoleAssignmentStore
  readonly groups: GroupStore
}

/** Client credentials grant: an application acts as itself. RFC 6749 §4.4. */
export function clientCredentialsGrant(parts: ClientCredentialsParts): Grant {
  return {
    grantTypes: ['client_credentials'],
    required: ({ endpoint }) => (endpoint === 'v1' ? ['resource'] : ['scope']),
    async redeem(request, { tenant, authenticate }) {
      if (request.credential.method === 'none') throw entraError('clientCredentialMissing')
      const client = await authenticate()
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

function refuseUnassigned(client: Client, resource: Resource, assignments: readonly AppRoleAssignment[]): void {
  if (!resource.servicePrincipal.appRoleAssignmentRequired || assignments.length > 0) return
  throw entraError('applicationNotAssigned', {
    appId: client.application.appId,
    name: client.application.displayName,
    resourceAppId: resource.application.appId,
    resourceName: resource.application.displayName,
  })
}

/** Whether the API's manifest asks for the groups of its callers (`groupMembershipClaims`). */
function wantsGroups({ application }: Resource): boolean {
  const wanted = application.groupMembershipClaims
  return wanted !== null && /\b(SecurityGroup|All)\b/i.test(wanted)
}
