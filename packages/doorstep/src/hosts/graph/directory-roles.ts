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
import { principalKinds } from './directory-objects.ts'
import { directoryRoleEntity, directoryRoleType } from './directory-role-representation.ts'
import { badRequest, requestBadRequest, resourceNotFound } from './errors.ts'
import { expansionOf, withExpansion } from './expanded.ts'
import { alreadyReferenced } from './group-members.ts'
import { requiredGuid } from './object-key.ts'
import { type ListedObjects, objectCount, objectList } from './object-list.ts'
import { referencedId } from './object-reference.ts'
import type { EntityType } from './odata/known-properties.ts'
import { ownedList, ownedPage } from './owned-list.ts'
import { propertyRefusal } from './parsed-properties.ts'
import { foundPrincipal } from './principals.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'
import { assignRole, removeRole } from './role-assignments.ts'

type PrincipalKind = (typeof principalKinds)[number]

function templateEntity({ displayName, roleTemplateId: id }: DirectoryRole): Entity {
  return { id, deletedDateTime: null, description: `Members hold ${displayName}.`, displayName }
}

const templateType: EntityType = {
  name: 'directoryRoleTemplate',
  collection: 'directoryRoleTemplates',
  properties: Object.keys(templateEntity(everyRole[0])),
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
  const { tenantId } = call.caller
  const filter = filterOf(call.query.filter, directoryRoleType)
  const selected = selectedProperties(call.query.select, directoryRoleType)
  const expansion = expansionOf(call, directoryRoleType)
  const activated = await activatedIds(call)
  const entities = everyRole.filter((role) => activated.includes(role.roleTemplateId)).map(directoryRoleEntity)
  const { page, ...rest } = ownedPage(call, directoryRoleType, entities, filter)
  const related = await expansion?.relatedOf(page.map(({ id }) => ({ id: String(id), tenantId })))
  return {
    kind: 'collection',
    context: collectionContext(directoryRoleType.collection, selected, expansion),
    value: page.map((entity, index) => ({ ...projection(entity, selected), ...related?.[index] })),
    ...rest,
  }
}

/** `GET /directoryRoles/{id}` and `/directoryRoles(roleTemplateId='{id}')` */
export async function getDirectoryRole(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, directoryRoleType)
  const expansion = expansionOf(call, directoryRoleType)
  const role = await foundRole(call)
  const item = { id: role.roleTemplateId, tenantId: call.caller.tenantId }
  const entity = await withExpansion(projection(directoryRoleEntity(role), selected), item, expansion)
  const context = collectionContext(directoryRoleType.collection, selected, expansion)
  return { kind: 'entity', context: `${context}/$entity`, entity }
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

/** `GET /directoryRoles/{id}/members`, of one kind only when the path has a cast. */
export function listRoleMembers(kind?: PrincipalKind) {
  return async (call: GraphCall): Promise<GraphAnswer> => objectList(call, await holdersOf(kind, call))
}

/** `GET /directoryRoles/{id}/members/$count` and the like: a number as text. */
export function countRoleMembers(kind?: PrincipalKind) {
  return async (call: GraphCall): Promise<GraphAnswer> => objectCount(call, await holdersOf(kind, call))
}

async function holdersOf(kind: PrincipalKind | undefined, call: GraphCall): Promise<ListedObjects> {
  const { roleTemplateId: id } = await foundRole(call)
  const assignments = await call.parts.directoryRoles.byRole(call.caller.tenantId, id)
  return { ids: assignments.map(({ principalId }) => principalId), kinds: kind ? [kind] : principalKinds }
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
