import { z } from 'zod'
import { type DirectoryRole, directoryRoles as everyRole, findDirectoryRole } from '../../directory/directory-role.ts'
import type { DirectoryRoleAssignment } from '../../directory/permission.ts'
import { directoryRoleAssignmentId, directoryRoleAssignmentOf } from '../../directory/permission-id.ts'
import { firstProblem } from '../../directory/property-problem.ts'
import { type Entity, type GraphAnswer, type GraphCall, nothing, requiredParam } from './call.ts'
import { filterOf } from './directory-list.ts'
import { GraphError, requestBadRequest, resourceNotFound } from './errors.ts'
import { parseOpaqueId, requiredGuid } from './object-key.ts'
import type { EntityType } from './odata/known-properties.ts'
import { equalities, ownedList } from './owned-list.ts'
import { propertyRefusal } from './parsed-properties.ts'
import { foundPrincipal } from './principals.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'
import { assignRole, removeRole } from './role-assignments.ts'

const resource = 'unifiedRoleAssignment'

function definitionEntity({ displayName, roleTemplateId: id }: DirectoryRole): Entity {
  return {
    id,
    description: `Members hold ${displayName}.`,
    displayName,
    isBuiltIn: true,
    isEnabled: true,
    resourceScopes: ['/'],
    templateId: id,
    version: '1',
    rolePermissions: [],
  }
}

const definitionType: EntityType = {
  name: 'unifiedRoleDefinition',
  collection: 'roleManagement/directory/roleDefinitions',
  properties: Object.keys(definitionEntity(everyRole[0])),
}

const assignmentType: EntityType = {
  name: resource,
  collection: 'roleManagement/directory/roleAssignments',
  properties: ['id', 'principalId', 'directoryScopeId', 'roleDefinitionId'],
}

/** `GET /roleManagement/directory/roleDefinitions`: the built-in roles; there are no others. */
export async function listRoleDefinitions(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, definitionType)
  return ownedList(call, definitionType, definitionType.collection, everyRole.map(definitionEntity), filter)
}

/** `GET /roleManagement/directory/roleDefinitions/{id}` */
export async function getRoleDefinition(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, definitionType)
  const id = requiredGuid(requiredParam(call, 'key'))
  const role = findDirectoryRole(id)
  if (!role) throw resourceNotFound(id)
  const context = `${collectionContext(definitionType.collection, selected)}/$entity`
  return { kind: 'entity', context, entity: projection(definitionEntity(role), selected) }
}

/** `GET /roleManagement/directory/roleAssignments` */
export async function listRoleAssignments(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, assignmentType)
  const wanted = filter ? equalities(filter, assignmentType) : []
  const value = (name: string) => wanted.find(([property]) => property === name)?.[1]
  const [principalId, roleId] = [value('principalId'), value('roleDefinitionId')]
  const kept = await assignmentsOf(principalId, roleId, call)
  return ownedList(call, assignmentType, assignmentType.collection, kept.map(assignmentEntity), filter)
}

/** `GET /roleManagement/directory/roleAssignments/{id}` */
export async function getRoleAssignment(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, assignmentType)
  const entity = projection(assignmentEntity(await foundAssignment(call)), selected)
  return { kind: 'entity', context: `${collectionContext(assignmentType.collection, selected)}/$entity`, entity }
}

/** `POST /roleManagement/directory/roleAssignments`, for the whole tenant. */
export async function createRoleAssignment(call: GraphCall): Promise<GraphAnswer> {
  const guid = z.guid({ error: 'Expected a GUID' }).toLowerCase()
  const directoryScopeId = z.literal('/', { error: "Expected '/': roles are given for the whole tenant here" })
  const parsed = z.strictObject({ principalId: guid, roleDefinitionId: guid, directoryScopeId }).safeParse(call.body)
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), resource)
  const role = findDirectoryRole(parsed.data.roleDefinitionId)
  if (!role) throw resourceNotFound(parsed.data.roleDefinitionId)
  const principal = await foundPrincipal(parsed.data.principalId, call)
  const assignment = await assignRole(role.roleTemplateId, principal, call, conflict)
  const context = `${assignmentType.collection}/$entity`
  return { kind: 'entity', context, entity: assignmentEntity(assignment), created: '' }
}

/** `DELETE /roleManagement/directory/roleAssignments/{id}` */
export async function deleteRoleAssignment(call: GraphCall): Promise<GraphAnswer> {
  await removeRole(await foundAssignment(call), call)
  return nothing
}

function assignmentEntity({ principalId, roleTemplateId }: DirectoryRoleAssignment): Entity {
  const id = directoryRoleAssignmentId(roleTemplateId, principalId)
  return { id, principalId, directoryScopeId: '/', roleDefinitionId: roleTemplateId }
}

function assignmentsOf(
  principalId: unknown,
  roleId: unknown,
  { parts: { directoryRoles }, caller: { tenantId } }: GraphCall,
): Promise<readonly DirectoryRoleAssignment[]> {
  if (typeof principalId === 'string') return directoryRoles.assignedTo(tenantId, principalId)
  if (typeof roleId === 'string') return directoryRoles.byRole(tenantId, roleId)
  return directoryRoles.byTenant(tenantId)
}

async function foundAssignment(call: GraphCall): Promise<DirectoryRoleAssignment> {
  const id = parseOpaqueId(requiredParam(call, 'key'))
  const named = directoryRoleAssignmentOf(id)
  const kept = named ? await call.parts.directoryRoles.assignedTo(call.caller.tenantId, named.principalId) : []
  const found = kept.find(({ roleTemplateId }) => roleTemplateId === named?.roleTemplateId)
  if (!found) throw resourceNotFound(id)
  return found
}

function conflict(): GraphError {
  const { status, code, message } = requestBadRequest(
    'A conflicting object with one or more of the specified property values is present in the directory.',
  )
  return new GraphError(status, code, message, [{ code: 'ConflictingObjects', message, target: 'roleAssignment' }])
}
