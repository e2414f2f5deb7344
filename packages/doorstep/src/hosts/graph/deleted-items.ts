import { AlreadyExists, type DirectoryChange, NoHomeApplication } from '../../directory/changes.ts'
import { type DeletableKind, type DeletedItem, restorableSince } from '../../directory/deleted-item.ts'
import type { CountQuery, DirectoryQuery, Filter } from '../../directory/query.ts'
import { requireManageable } from './account-protection.ts'
import { requireRoleManagement } from './addressed-group.ts'
import { applicationEntity, applicationType } from './application-representation.ts'
import type { Operation } from './authorize.ts'
import { type Entity, type GraphAnswer, type GraphCall, nothing, requiredParam, requireOwnership } from './call.ts'
import { callAs } from './call-as.ts'
import { directoryCount, directoryList } from './directory-list.ts'
import {
  alreadyTaken,
  type GraphError,
  nicknameTaken,
  objectConflict,
  requestBadRequest,
  resourceNotFound,
} from './errors.ts'
import { groupEntity, groupType } from './group-representation.ts'
import { requiredGuid } from './object-key.ts'
import type { EntityType } from './odata/known-properties.ts'
import { graphTimestamp, projection, selectedProperties } from './representation.ts'
import { servicePrincipalEntity, servicePrincipalType } from './service-principal-representation.ts'
import { nameInUse } from './service-principals.ts'
import { userEntity, userType } from './user-representation.ts'

interface KindOfItem {
  readonly type: EntityType
  readonly read: Operation
  readonly change: Operation
}

const kinds: Readonly<Record<DeletableKind, KindOfItem>> = {
  application: { type: applicationType, read: 'readDeletedApplications', change: 'changeDeletedApplications' },
  servicePrincipal: {
    type: servicePrincipalType,
    read: 'readDeletedApplications',
    change: 'changeDeletedApplications',
  },
  user: { type: userType, read: 'readDeletedUsers', change: 'changeDeletedUsers' },
  group: { type: groupType, read: 'readDeletedGroups', change: 'changeDeletedGroups' },
}

/** `GET /directory/deletedItems/microsoft.graph.{kind}` */
export function listDeletedItems(kind: DeletableKind) {
  return (call: GraphCall): Promise<GraphAnswer> =>
    directoryList(call, kinds[kind].type, listable(kind, call), async (object, selected) =>
      itemEntity({ kind, object } as DeletedItem, selected, call),
    )
}

/** `GET /directory/deletedItems/microsoft.graph.{kind}/$count` */
export function countDeletedItems(kind: DeletableKind) {
  return (call: GraphCall): Promise<GraphAnswer> => directoryCount(call, kinds[kind].type, listable(kind, call))
}

/** `GET /directory/deletedItems/{id}` */
export async function getDeletedItem(call: GraphCall): Promise<GraphAnswer> {
  const item = await foundItem('read', call)
  const selected = selectedProperties(call.query.select, kinds[item.kind].type)
  const entity = projection(await typedEntity(item, selected, call), selected)
  return { kind: 'entity', context: 'directoryObjects/$entity', entity }
}

/** `POST /directory/deletedItems/{id}/restore`: an application comes back with its service principal. */
export async function restoreDeletedItem(call: GraphCall): Promise<GraphAnswer> {
  const item = await foundItem('change', call)
  try {
    await call.parts.commit([restoration(item)])
  } catch (error) {
    if (error instanceof AlreadyExists) throw nameTaken(item, error)
    throw error instanceof NoHomeApplication ? requestBadRequest(error.message) : error
  }
  const restored = { kind: item.kind, object: { ...item.object, deletedDateTime: null } } as DeletedItem
  return {
    kind: 'entity',
    context: 'directoryObjects/$entity',
    entity: await typedEntity(restored, undefined, call),
  }
}

/** `DELETE /directory/deletedItems/{id}`: for ever. */
export async function removeDeletedItem(call: GraphCall): Promise<GraphAnswer> {
  const { kind, object } = await foundItem('change', call)
  await call.parts.commit([{ change: 'removeDeletedItem', kind, id: object.id }])
  return nothing
}

/** Who may see only what he owned sees that. */
function listable<Kind extends DeletableKind>(kind: Kind, { parts, reach, caller, now }: GraphCall) {
  const own: Filter = { kind: 'any', collection: 'owners', value: caller.objectId }
  const since = restorableSince(now)
  const seen = <Query extends CountQuery>(query: Query): Query => {
    const filter = reach === 'all' ? query.filter : query.filter ? bothOf(query.filter, own) : own
    return { ...query, filter }
  }
  return {
    list: (query: DirectoryQuery) => parts.deletedItems.list(kind, seen(query), since),
    count: (query: CountQuery) => parts.deletedItems.count(kind, seen(query), since),
  }
}

const bothOf = (left: Filter, right: Filter): Filter => ({ kind: 'and', left, right })

/** @throws {GraphError} 404; 403 when the caller may not do that with objects of its kind */
async function foundItem(right: 'read' | 'change', call: GraphCall): Promise<DeletedItem> {
  const id = requiredGuid(requiredParam(call, 'id'))
  const item = await call.parts.deletedItems.byId(id, restorableSince(call.now))
  if (item?.object.tenantId !== call.caller.tenantId) throw resourceNotFound(id)
  requireOwnership(callAs(kinds[item.kind][right], call), 'owners' in item.object ? item.object.owners : [])
  if (right === 'change') await requireChangeable(item, call)
  return item
}

/** Who brings back an administrator, or a group that makes some, could become one. @throws {GraphError} 403 */
async function requireChangeable({ kind, object }: DeletedItem, call: GraphCall): Promise<void> {
  if (kind === 'user') await requireManageable(object.id, ['sensitive'], call)
  if (kind === 'group' && object.isAssignableToRole) {
    requireRoleManagement(object.owners.includes(call.caller.objectId), call)
  }
}

function restoration({ kind, object }: DeletedItem): DirectoryChange {
  switch (kind) {
    case 'application':
      return { change: 'restoreApplication', application: object }
    case 'servicePrincipal':
      return { change: 'restoreServicePrincipal', id: object.id }
    case 'user':
      return { change: 'restoreUser', id: object.id }
    case 'group':
      return { change: 'restoreGroup', id: object.id }
  }
}

function nameTaken({ kind, object }: DeletedItem, { property }: AlreadyExists): GraphError {
  if (kind === 'servicePrincipal') return nameInUse(object.appId)
  if (kind === 'group') return nicknameTaken()
  if (kind === 'user') return objectConflict(property)
  return alreadyTaken(property, `Another object with the same value for property ${property} already exists.`)
}

async function typedEntity(item: DeletedItem, selected: readonly string[] | undefined, call: GraphCall) {
  return { '@odata.type': `#microsoft.graph.${item.kind}`, ...(await itemEntity(item, selected, call)) }
}

async function itemEntity(
  { kind, object }: DeletedItem,
  selected: readonly string[] | undefined,
  { parts }: GraphCall,
): Promise<Entity> {
  const { deletedDateTime } = object
  const deleted = { deletedDateTime: deletedDateTime === null ? null : graphTimestamp(deletedDateTime, 'read') }
  switch (kind) {
    case 'application': {
      const credentials = await parts.passwordCredentials.byOwner(object.id)
      return { ...applicationEntity(object, { credentials, precision: 'read', withKeys: false }), ...deleted }
    }
    case 'servicePrincipal': {
      const application = await parts.applications.byAppId(object.appId)
      return { ...servicePrincipalEntity(object, { application, credentials: [], precision: 'read' }), ...deleted }
    }
    case 'user':
      return { ...userEntity(object, selected), ...deleted }
    case 'group':
      return { ...groupEntity(object), ...deleted }
  }
}
