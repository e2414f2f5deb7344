import { AlreadyExists, type DirectoryChange } from '../../directory/changes.ts'
import { decidedAgain } from '../../directory/decided-again.ts'
import { type Group, newGroup } from '../../directory/group.ts'
import {
  type NewGroupProperties,
  parseGroupProperties,
  parseGroupPropertiesPatch,
} from '../../directory/group-properties.ts'
import { defaultDomain, type Tenant } from '../../directory/tenant.ts'
import { foundGroup, groupToChange, requireRoleManagement } from './addressed-group.ts'
import { type GraphAnswer, type GraphCall, nothing } from './call.ts'
import { directoryCount, directoryList } from './directory-list.ts'
import { nicknameTaken } from './errors.ts'
import { expansionOf, withExpansion } from './expanded.ts'
import { membersToAdd, requireNewMembers } from './group-members.ts'
import { ownersToAdd } from './group-owners.ts'
import { groupEntity, groupType } from './group-representation.ts'
import { boundIds } from './object-reference.ts'
import { callersTenant } from './organization.ts'
import { requireProperties } from './parsed-properties.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

const resource = 'Group'

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

/** `POST /groups`: with members and owners, if the body binds them; else the user who makes it owns it. */
export async function createGroup(call: GraphCall): Promise<GraphAnswer> {
  const { parts, caller, now } = call
  const { bound, rest } = boundIds(call.body, ['members', 'owners'])
  const properties = requireProperties(parseGroupProperties(rest), resource)
  if (properties.isAssignableToRole) requireRoleManagement(false, call)
  const tenant = await callersTenant(call)
  const named = await ownersToAdd(bound.get('owners') ?? [], call)
  const owners = named.length === 0 && caller.kind === 'user' ? [caller.objectId] : named
  const identity = { id: parts.newId(), tenantId: tenant.id, createdDateTime: now }
  const group = newGroup({ ...properties, ...mailOf(properties, tenant), owners }, identity)
  await requireOwnNickname(group, call)
  const members = await membersToAdd(group, bound.get('members') ?? [], call)
  await withOwnAddress(() => parts.commit([{ change: 'createGroup', group }, ...members]))
  return { kind: 'entity', context: 'groups/$entity', entity: groupEntity(group), created: resource }
}

/** `PATCH /groups/{id}`: `members@odata.bind` adds members. */
export async function updateGroup(call: GraphCall): Promise<GraphAnswer> {
  const { bound, rest } = boundIds(call.body, ['members'])
  return decidedAgain(async () => {
    const before = await groupToChange(call)
    const patch = requireProperties(parseGroupPropertiesPatch(rest, before), resource)
    const group = { ...before, ...patch }
    if (patch.mailNickname !== undefined) await requireOwnNickname(group, call)
    const ids = bound.get('members') ?? []
    const changed: readonly DirectoryChange[] = Object.keys(patch).length > 0 ? [{ change: 'updateGroup', group }] : []
    const members = await membersToAdd(before, ids, call)
    await withOwnAddress(() => requireNewMembers(() => call.parts.commit([...changed, ...members])))
    return nothing
  })
}

/** `DELETE /groups/{id}`: soft. */
export async function deleteGroup(call: GraphCall): Promise<GraphAnswer> {
  const { id } = await groupToChange(call)
  await call.parts.commit([{ change: 'deleteGroup', id, deletedDateTime: call.now }])
  return nothing
}

/** A Microsoft 365 group has an address; whoever does not say otherwise makes it public. */
function mailOf({ groupTypes, mailNickname, visibility, isAssignableToRole }: NewGroupProperties, tenant: Tenant) {
  if (!groupTypes?.includes('Unified')) return {}
  const standard = isAssignableToRole ? 'Private' : 'Public'
  return { mail: `${mailNickname}@${defaultDomain(tenant)}`, visibility: visibility ?? standard } as const
}

/** Two Microsoft 365 groups cannot have one address. @throws {GraphError} 400 */
async function requireOwnNickname({ id, tenantId, groupTypes, mailNickname }: Group, { parts }: GraphCall) {
  if (!groupTypes.includes('Unified')) return
  const { items } = await parts.groups.list({
    tenantId,
    filter: {
      kind: 'and',
      left: { kind: 'compare', property: 'mailNickname', operator: 'eq', value: mailNickname },
      right: { kind: 'any', collection: 'groupTypes', value: 'Unified' },
    },
    top: 2,
  })
  if (!items.every((group) => group.id === id)) throw nicknameTaken()
}

/** Commits a group; somebody may have taken its address since it was looked for. @throws {GraphError} 400 */
async function withOwnAddress(commit: () => Promise<void>): Promise<void> {
  try {
    await commit()
  } catch (error) {
    throw error instanceof AlreadyExists && error.record === 'group' ? nicknameTaken() : error
  }
}
