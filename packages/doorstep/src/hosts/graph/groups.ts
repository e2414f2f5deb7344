import type { Group, GroupMember } from '../../directory/group.ts'
import { type Entity, type GraphAnswer, type GraphCall, requiredParam } from './call.ts'
import { directoryCount, directoryList, filterOf } from './directory-list.ts'
import { directoryObjectType, groupObject, servicePrincipalObject, userObject } from './directory-objects.ts'
import { resourceNotFound } from './errors.ts'
import { groupEntity, groupType } from './group-representation.ts'
import { parseObjectKey, requireIdOrAppId } from './object-key.ts'
import { ownedList } from './owned-list.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

/** `GET /groups` */
export function listGroups(call: GraphCall): Promise<GraphAnswer> {
  return directoryList(call, groupType, call.parts.groups, async (group) => groupEntity(group))
}

/** `GET /groups/$count` */
export function countGroups(call: GraphCall): Promise<GraphAnswer> {
  return directoryCount(call, groupType, call.parts.groups)
}

/** `GET /groups/{id}` */
export async function getGroup(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, groupType)
  const entity = projection(groupEntity(await foundGroup(call)), selected)
  return { kind: 'entity', context: `${collectionContext('groups', selected)}/$entity`, entity }
}

/** `GET /groups/{id}/members`: direct members of every kind, service principals among them. */
export async function listMembers(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, directoryObjectType)
  const { id } = await foundGroup(call)
  const members = await call.parts.groups.membersOf(id)
  const entities = await Promise.all(members.map((member) => memberObject(member, call)))
  return ownedList(call, directoryObjectType, 'directoryObjects', entities.flat(), filter)
}

/** The group that the path names, in the caller's tenant. @throws {GraphError} 404 */
export async function foundGroup(call: GraphCall): Promise<Group> {
  const { value } = requireIdOrAppId(parseObjectKey(requiredParam(call, 'key')))
  const group = await call.parts.groups.byId(value)
  if (group?.tenantId !== call.caller.tenantId) throw resourceNotFound(value)
  return group
}

async function memberObject({ memberId, memberType }: GroupMember, { parts }: GraphCall): Promise<readonly Entity[]> {
  if (memberType === 'User') {
    const user = await parts.users.byId(memberId)
    return user ? [userObject(user)] : []
  }
  if (memberType === 'Group') {
    const group = await parts.groups.byId(memberId)
    return group ? [groupObject(group)] : []
  }
  const servicePrincipal = await parts.servicePrincipals.byId(memberId)
  if (!servicePrincipal) return []
  return [servicePrincipalObject(servicePrincipal, await parts.applications.byAppId(servicePrincipal.appId))]
}
