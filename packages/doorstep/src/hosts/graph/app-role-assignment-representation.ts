import type { AppRoleAssignment } from '../../directory/permission.ts'
import type { Entity, GraphCall } from './call.ts'
import type { EntityType } from './odata/known-properties.ts'
import { graphTimestamp } from './representation.ts'

export const assignmentType: EntityType = {
  name: 'appRoleAssignment',
  collection: 'appRoleAssignments',
  properties: [
    'id',
    'deletedDateTime',
    'appRoleId',
    'createdDateTime',
    'principalDisplayName',
    'principalId',
    'principalType',
    'resourceDisplayName',
    'resourceId',
  ],
}

interface Principal {
  readonly type: AppRoleAssignment['principalType']
  readonly displayName: string
}

/** Users, groups and service principals of the caller's tenant, by id. */
export async function principalsNamed(ids: readonly string[], { parts, caller }: GraphCall) {
  const wanted = [...new Set(ids)]
  const [users, groups, servicePrincipals] = await Promise.all([
    parts.users.byIds(wanted),
    parts.groups.byIds(wanted),
    parts.servicePrincipals.byIds(wanted),
  ])
  const found = [
    ...users.map((user) => ({ ...user, type: 'User' as const })),
    ...groups.map((group) => ({ ...group, type: 'Group' as const })),
    ...servicePrincipals.map((servicePrincipal) => ({ ...servicePrincipal, type: 'ServicePrincipal' as const })),
  ].filter(({ tenantId }) => tenantId === caller.tenantId)
  return new Map<string, Principal>(found.map(({ id, type, displayName }) => [id, { type, displayName }]))
}

/** Assignments of the caller's tenant as Graph shows them; the names of both ends are read for all at once. */
export async function assignmentEntities(
  assignments: readonly AppRoleAssignment[],
  precision: 'created' | 'read',
  call: GraphCall,
): Promise<readonly Entity[]> {
  const local = assignments.filter(({ tenantId }) => tenantId === call.caller.tenantId)
  const named = await principalsNamed(
    local.flatMap(({ principalId, resourceId }) => [principalId, resourceId]),
    call,
  )
  return local.map((assignment) => ({
    id: assignment.id,
    deletedDateTime: null,
    appRoleId: assignment.appRoleId,
    createdDateTime: graphTimestamp(assignment.createdDateTime, precision),
    principalDisplayName: named.get(assignment.principalId)?.displayName ?? null,
    principalId: assignment.principalId,
    principalType: assignment.principalType,
    resourceDisplayName: named.get(assignment.resourceId)?.displayName ?? null,
    resourceId: assignment.resourceId,
  }))
}
