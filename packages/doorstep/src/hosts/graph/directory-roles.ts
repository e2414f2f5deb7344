import { z } from 'zod'
import {
  type DirectoryRole,
  directoryRoles as everyRole,
  findDirectoryRole,
  roleTemplateId,
} from '../../directory/directory-role.ts'
import { firstProblem } from '../../directory/property-problem.ts'
import { type Entity, type GraphAnswer, type GraphCall, nothing, requiredParam } from './call.ts'
import { filterOf } from './directory-list.ts'
import { directoryObjectType } from './directory-objects.ts'
import { badRequest, requestBadRequest, resourceNotFound } from './errors.ts'
import { alreadyReferenced } from './group-members.ts'
import { requiredGuid } from './object-key.ts'
import { referencedId } from './object-reference.ts'
import type { EntityType } from './odata/known-properties.ts'
import { ownedList } from './owned-list.ts'
import { propertyRefusal } from './parsed-properties.ts'
import { foundPrincipal, principalEntities } from './principals.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'
import { assignRole, removeRole } from './role-assignments.ts'

/** A role has here the id of its template. */
function directoryRoleEntity({ displayName, roleTemplateId: id }: DirectoryRole): Entity {
  return { id, deletedDateTime: null, description: `Members hold ${displayName}.`, displayName, roleTemplateId: id }
}

function templateEntity({ displayName, roleTemplateId: id }: DirectoryRole): Entity {
  return { id, deletedDateTime: null, description: `Members hold ${displayName}.`, displayName }
}

const someRole: DirectoryRole = everyRole[0]

const directoryRoleType: EntityType = {
  name: 'directoryRole',
  collection: 'directoryRoles',
  properties: Object.keys(directoryRoleEntity(someRole)),
}

const templateType: EntityType = {
  name: 'directoryRoleTemplate',
  collection: 'directoryRoleTemplates',
  properties: Object.keys(templateEntity(someRole)),
}

/** `GET /directoryRoleTemplates`: every role that there is. */
export async function listDirectoryRoleTemplates(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, templateType)
  return ownedList(call, templateType, templateType.collection, everyRole.map(templateEntity), filter)
}

/** `GET /directoryRoleTemplates/{id}` */
export async function getDirectoryRoleTemplate(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, templateType)
  const id = requiredGuid(requiredParam(call, 'key'))
  const role = findDirectoryRole(id)
  if (!role) throw resourceNotFound(id)
  const context = `${collectionContext(templateType.collection, selected)}/$entity`
  return { kind: 'entity', context, entity: projection(templateEntity(role), selected) }
}

/** `GET /directoryRoles`: the activated ones. */
export async function listDirectoryRoles(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, directoryRoleType)
  const activated = await activatedIds(call)
  const entities = everyRole.filter((role) => activated.includes(role.roleTemplateId)).map(directoryRoleEntity)
  return ownedList(call, directoryRoleType, directoryRoleType.collection, entities, filter)
}

/** `GET /directoryRoles/{id}` and `/directoryRoles(roleTemplateId='{id}')` */
export async function getDirectoryRole(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, directoryRoleType)
  const entity = projection(directoryRoleEntity(await foundRole(call)), selected)
  return { kind: 'entity', context: `${collectionContext(directoryRoleType.collection, selected)}/$entity`, entity }
}

/** `POST /directoryRoles`: activates the role of a template. */
export async function activateDirectoryRole(call: GraphCall): Promise<GraphAnswer> {
  const { parts, caller } = call
  const guid = z.guid({ error: 'Expected the id of a role template' }).toLowerCase()
  const parsed = z.strictObject({ roleTemplateId: guid }).safeParse(call.body)
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), 'DirectoryRole')
  const role = findDirectoryRole(parsed.data.roleTemplateId)
  if (!role) throw resourceNotFound(parsed.data.roleTemplateId)
  if ((await activatedIds(call)).includes(role.roleTemplateId)) {
    throw requestBadRequest(
      'A conflicting object with one or more of the specified property values is present in the directory.',
    )
  }
  const { tenantId } = caller
  await parts.commit([{ change: 'activateDirectoryRole', tenantId, roleTemplateId: role.roleTemplateId }])
  const context = `${directoryRoleType.collection}/$entity`
  return { kind: 'entity', context, entity: directoryRoleEntity(role), created: 'DirectoryRole' }
}

/** `GET /directoryRoles/{id}/members` */
export async function listRoleMembers(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, directoryObjectType)
  const { roleTemplateId: id } = await foundRole(call)
  const assignments = await call.parts.directoryRoles.byRole(call.caller.tenantId, id)
  const entities = await Promise.all(assignments.map(({ principalId }) => holderEntities(principalId, call)))
  return ownedList(call, directoryObjectType, 'directoryObjects', entities.flat(), filter)
}

/** `POST /directoryRoles/{id}/members/$ref` */
export async function addRoleMember(call: GraphCall): Promise<GraphAnswer> {
  const role = await foundRole(call)
  const principal = await foundPrincipal(referencedId(call.body), call)
  await assignRole(role.roleTemplateId, principal, call, () => alreadyReferenced('members'))
  return nothing
}

/** `DELETE /directoryRoles/{id}/members/{id}/$ref` */
export async function removeRoleMember(call: GraphCall): Promise<GraphAnswer> {
  const role = await foundRole(call)
  await removeRole({ roleTemplateId: role.roleTemplateId, principalId: requiredGuid(requiredParam(call, 'id')) }, call)
  return nothing
}

/** The activated role that the path names. @throws {GraphError} 404 */
async function foundRole(call: GraphCall): Promise<DirectoryRole> {
  const id = roleIdIn(requiredParam(call, 'key'))
  const role = findDirectoryRole(id)
  if (!role || !(await activatedIds(call)).includes(role.roleTemplateId)) throw resourceNotFound(id)
  return role
}

function roleIdIn(segment: string): string {
  const key = /^\((?:(\w+)=)?'?([\w-]*)'?\)$/.exec(segment)
  const [, name = 'id', value = segment] = key ?? []
  if (['id', 'roletemplateid'].includes(name.toLowerCase())) return requiredGuid(value)
  throw badRequest(`The key property '${name}' in the path is not supported; use an id or roleTemplateId='…'.`)
}

/** Nobody has to activate the role of those who may do everything. */
async function activatedIds({ parts, caller }: GraphCall): Promise<readonly string[]> {
  return [roleTemplateId('Global Administrator'), ...(await parts.directoryRoles.activated(caller.tenantId))]
}

async function holderEntities(id: string, call: GraphCall) {
  for (const type of ['User', 'Group', 'ServicePrincipal'] as const) {
    const found = await principalEntities({ id, type }, call)
    if (found.length > 0) return found
  }
  return []
}
