import { assignmentEntities, assignmentType } from './app-role-assignment-representation.ts'
import { authorize, type Operation } from './authorize.ts'
import type { Entity, GraphCall } from './call.ts'
import { directoryObjects, directoryObjectType, directoryRoleObjects, inOrder } from './directory-objects.ts'
import { badRequest, insufficientPrivileges } from './errors.ts'
import { withoutHidden } from './hidden-membership.ts'
import { parseExpand } from './odata/expand.ts'
import type { EntityType } from './odata/known-properties.ts'
import { projection, selectedProperties } from './representation.ts'

/** Of each object so many related ones are shown ("Use the $expand query parameter"). */
const shownOfEach = 20

/** What relationships begin at. */
export interface Expandable {
  readonly id: string
  readonly tenantId: string
  readonly owners?: readonly string[]
}

/** A relationship that a query expands. */
export interface Expanded {
  readonly name: string
  /** Of the related objects; undefined for all. */
  readonly selected: readonly string[] | undefined
  /** For each object, in their order, the member that shows its related objects. */
  relatedOf(items: readonly Expandable[]): Promise<readonly Entity[]>
}

type Related = ReadonlyMap<string, readonly Entity[]>

interface Relationship {
  readonly name: string
  /** What somebody must be allowed to see the other end. */
  readonly operation: Operation
  readonly type: EntityType
  /** By the id of the object at this end; read for all objects at once. */
  read(items: readonly Expandable[], call: GraphCall, selected: readonly string[] | undefined): Promise<Related>
}

const owners = (operation: Operation): Relationship => ({
  name: 'owners',
  operation,
  type: directoryObjectType,
  read: async (items, call, selected) => {
    const ofEach = items.map(({ id, owners = [] }) => [id, owners.slice(0, shownOfEach)] as const)
    return objectsOfEach(ofEach, call, selected)
  },
})

const members: Relationship = {
  name: 'members',
  operation: 'readGroupMembers',
  type: directoryObjectType,
  read: async (items, call, selected) => {
    const shown = await withoutHidden(idsOf(items), call)
    const found = await call.parts.groups.membersOfEach(shown, shownOfEach)
    const ofEach = grouped(found, ({ groupId }) => groupId)
    return objectsOfEach(
      [...ofEach].map(([id, kept]) => [id, kept.map(({ memberId }) => memberId)]),
      call,
      selected,
    )
  },
}

const memberOf = (operation: Operation): Relationship => ({
  name: 'memberOf',
  operation,
  type: directoryObjectType,
  read: async (items, call, selected) => {
    const ids = idsOf(items)
    const [memberships, roles] = await Promise.all([
      call.parts.groups.membershipsOfEach(ids, shownOfEach),
      call.parts.directoryRoles.assignedToEach(call.caller.tenantId, ids),
    ])
    const shown = new Set(await withoutHidden([...new Set(memberships.map(({ groupId }) => groupId))], call))
    const groupIds = grouped(
      memberships.filter(({ groupId }) => shown.has(groupId)),
      ({ memberId }) => memberId,
    )
    const groups = await objectsOfEach(
      [...groupIds].map(([id, kept]) => [id, kept.map(({ groupId }) => groupId)]),
      call,
      selected,
    )
    const held = grouped(roles, ({ principalId }) => principalId)
    return new Map(
      ids.map((id) => {
        const ofRoles = (held.get(id) ?? []).flatMap(({ roleTemplateId }) => directoryRoleObjects(roleTemplateId))
        return [id, [...(groups.get(id) ?? []), ...ofRoles].slice(0, shownOfEach)]
      }),
    )
  },
})

const roleMembers: Relationship = {
  name: 'members',
  operation: 'readDirectoryRoles',
  type: directoryObjectType,
  read: async (items, call, selected) => {
    const { directoryRoles } = call.parts
    const held = await Promise.all(items.map(({ id, tenantId }) => directoryRoles.byRole(tenantId, id)))
    const holders = held.map((some) => some.slice(0, shownOfEach).map(({ principalId }) => principalId))
    return objectsOfEach(
      items.map(({ id }, index) => [id, holders[index] ?? []]),
      call,
      selected,
    )
  },
}

function assignments(name: 'appRoleAssignments' | 'appRoleAssignedTo'): Relationship {
  const end = name === 'appRoleAssignments' ? 'principalId' : 'resourceId'
  return {
    name,
    operation: 'readAppRoleAssignments',
    type: assignmentType,
    read: async (items, call) => {
      const { byPrincipals, byResources } = call.parts.appRoleAssignments
      const ofEnd = end === 'principalId' ? byPrincipals : byResources
      const entities = await assignmentEntities(await ofEnd(idsOf(items), shownOfEach), 'read', call)
      return grouped(entities, (entity) => String(entity[end]))
    },
  }
}

/** What each kind of object expands, each as its own path `/{kind}s/{id}/{name}` would show it to the same people. */
export const relationships: ReadonlyMap<string, readonly Relationship[]> = new Map([
  ['application', [owners('readApplications')]],
  [
    'servicePrincipal',
    [
      owners('readServicePrincipals'),
      memberOf('readServicePrincipalMemberships'),
      assignments('appRoleAssignments'),
      assignments('appRoleAssignedTo'),
    ],
  ],
  ['user', [memberOf('readMemberships'), assignments('appRoleAssignments')]],
  ['directoryRole', [roleMembers]],
  ['group', [members, memberOf('readMemberships'), owners('readGroupMembers'), assignments('appRoleAssignments')]],
])

/**
 * The relationship that the query expands; undefined when it expands none.
 * @throws {GraphError} 400 when there is no such relationship; 403 when the caller may not see the other end
 */
export function expansionOf(call: GraphCall, type: EntityType): Expanded | undefined {
  if (call.query.expand === undefined) return undefined
  const { relationship: asked, select } = parseExpand(call.query.expand)
  const relationship = relationships.get(type.name)?.find(({ name }) => name.toLowerCase() === asked.toLowerCase())
  if (!relationship) {
    throw badRequest(
      `Parsing OData Select and Expand failed: '${asked}' of type 'microsoft.graph.${type.name}' cannot be expanded.`,
    )
  }
  const { name, operation } = relationship
  const selected = selectedProperties(select, relationship.type)
  const reach = authorize(operation, call.caller, call.rights, call.directoryRoleIds)
  if (reach === 'none') throw insufficientPrivileges()
  return {
    name,
    selected,
    relatedOf: async (items) => {
      const isOwn = ({ id }: Expandable) => id === call.caller.objectId
      if (reach === 'owned' && !items.every(isOwn)) throw insufficientPrivileges()
      const related = await relationship.read(items, call, selected)
      return items.map(({ id }) => ({
        [name]: (related.get(id) ?? []).map((entity) => projection(entity, selected)),
      }))
    },
  }
}

/** An object's entity with what the query expands. */
export async function withExpansion(
  entity: Entity,
  item: Expandable,
  expansion: Expanded | undefined,
): Promise<Entity> {
  const [related] = (await expansion?.relatedOf([item])) ?? []
  return { ...entity, ...related }
}

async function objectsOfEach(
  ofEach: readonly (readonly [id: string, related: readonly string[]])[],
  call: GraphCall,
  selected: readonly string[] | undefined,
): Promise<Related> {
  const ids = ofEach.flatMap(([, related]) => related)
  const found = await directoryObjects(ids, call, { selected })
  return new Map(ofEach.map(([id, related]) => [id, inOrder(related, found)]))
}

function idsOf(items: readonly Expandable[]): readonly string[] {
  return items.map(({ id }) => id)
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
