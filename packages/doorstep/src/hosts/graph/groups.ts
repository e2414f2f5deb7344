import type { Group } from '../../directory/group.ts'
import { type GraphAnswer, type GraphCall, requiredParam } from './call.ts'
import { directoryCount, directoryList, filterOf } from './directory-list.ts'
import { directoryObjects, directoryObjectType } from './directory-objects.ts'
import { resourceNotFound } from './errors.ts'
import { expansionOf, withExpansion } from './expanded.ts'
import { groupEntity, groupType } from './group-representation.ts'
import { parseObjectKey } from './object-key.ts'
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
  const expansion = expansionOf(call, groupType)
  const group = await foundGroup(call)
  const entity = await withExpansion(projection(groupEntity(group), selected), group, expansion)
  return { kind: 'entity', context: `${collectionContext('groups', selected, expansion)}/$entity`, entity }
}

/** `GET /groups/{id}/members`: direct members of every kind, service principals among them. */
export async function listMembers(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, directoryObjectType)
  const { id } = await foundGroup(call)
  const members = await call.parts.groups.membersOf(id)
  const objects = await directoryObjects(
    members.map(({ memberId }) => memberId),
    call,
  )
  const entities = members.flatMap(({ memberId }) => {
    const object = objects.get(memberId.toLowerCase())
    return object ? [object] : []
  })
  return ownedList(call, directoryObjectType, 'directoryObjects', entities, filter)
}

/** The group that the path names, in the caller's tenant. @throws {GraphError} 404 */
export async function foundGroup(call: GraphCall): Promise<Group> {
  const { value } = parseObjectKey(requiredParam(call, 'key'))
  const group = await call.parts.groups.byId(value)
  if (group?.tenantId !== call.caller.tenantId) throw resourceNotFound(value)
  return group
}
