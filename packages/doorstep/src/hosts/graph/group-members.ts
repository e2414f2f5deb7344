import { AlreadyExists, type DirectoryChange, NoSuchRecord } from '../../directory/changes.ts'
import type { Group, MembersQuery, PrincipalType } from '../../directory/group.ts'
import { UnsupportedFilter } from '../../directory/query.ts'
import { foundGroup, groupToChange } from './addressed-group.ts'
import { type GraphAnswer, type GraphCall, nothing, requiredParam } from './call.ts'
import { filterOf, requireEventual, unsupportedFilter } from './directory-list.ts'
import { directoryObjects, directoryObjectType, inOrder, principalKinds } from './directory-objects.ts'
import { insufficientPrivileges, requestBadRequest, resourceNotFound } from './errors.ts'
import { requireVisibleMembers } from './hidden-membership.ts'
import { requiredGuid } from './object-key.ts'
import { afterId } from './object-list.ts'
import { referencedId } from './object-reference.ts'
import { foundPrincipal, type Principal } from './principals.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

/** Which members a path asks for. */
export interface MembersAsked {
  readonly depth: MembersQuery['depth']
  /** Of a cast such as `/members/microsoft.graph.user`. */
  readonly memberType?: PrincipalType
}

/** `GET /groups/{id}/members` and `…/transitiveMembers`, of every kind or of the one that the path is cast to. */
export function listMembers(asked: MembersAsked) {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    const { query, eventual, parts } = call
    const selected = selectedProperties(query.select, directoryObjectType)
    const wanted = { ...(await membersQuery(asked, call)), top: query.top, after: afterId(query.after) }
    const page = await filtered(() => parts.groups.members(wanted))
    const ids = page.items.map(({ memberId }) => memberId)
    const found = await directoryObjects(ids, call, { kinds: principalKinds, selected })
    const isCounted = query.count && eventual && query.after === undefined
    return {
      kind: 'collection',
      context: collectionContext(asked.memberType ? collections[asked.memberType] : 'directoryObjects', selected),
      value: inOrder(ids, found).map((entity) => projection(entity, selected)),
      count: isCounted ? await parts.groups.countMembers(wanted) : undefined,
      nextLink: page.next === undefined ? undefined : call.nextLink(page.next),
    }
  }
}

/** `GET /groups/{id}/members/$count` and the like: a number as text. */
export function countMembers(asked: MembersAsked) {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    requireEventual(call)
    const wanted = await membersQuery(asked, call)
    return { kind: 'text', text: String(await filtered(() => call.parts.groups.countMembers(wanted))) }
  }
}

/** `POST /groups/{id}/members/$ref` */
export async function addMember(call: GraphCall): Promise<GraphAnswer> {
  const group = await groupToChange(call)
  const added = await membersToAdd(group, [referencedId(call.body)], call)
  await requireNewMembers(() => call.parts.commit(added))
  return nothing
}

/** `DELETE /groups/{id}/members/{id}/$ref` */
export async function removeMember(call: GraphCall): Promise<GraphAnswer> {
  const { id: groupId } = await groupToChange(call)
  const memberId = requiredGuid(requiredParam(call, 'id'))
  try {
    await call.parts.commit([{ change: 'removeGroupMember', groupId, memberId }])
  } catch (error) {
    throw error instanceof NoSuchRecord ? resourceNotFound(memberId) : error
  }
  return nothing
}

/**
 * `DELETE` of a member or owner without `/$ref`. The platform warns that this deletes the object itself, or answers
 * 403 when the caller may not do that; here nobody may.
 */
export async function refuseWithoutReference(call: GraphCall): Promise<GraphAnswer> {
  await foundGroup(call)
  throw insufficientPrivileges(
    "Insufficient privileges to complete the operation. Append '/$ref' to remove the reference and not the object.",
  )
}

/** What adds these objects to a group. @throws {GraphError} 404, or 400 when one cannot belong to it */
export async function membersToAdd(
  group: Group,
  ids: readonly string[],
  call: GraphCall,
): Promise<readonly DirectoryChange[]> {
  return Promise.all(
    ids.map(async (id): Promise<DirectoryChange> => {
      const principal = id === group.id ? ({ type: 'Group', object: group } as const) : await foundPrincipal(id, call)
      const problem = membershipProblem(group, principal)
      if (problem !== undefined) throw requestBadRequest(problem)
      const member = { groupId: group.id, memberId: principal.object.id, memberType: principal.type }
      return { change: 'addGroupMember', member }
    }),
  )
}

/** Commits memberships; somebody who belongs to the group already is refused in Graph's words. */
export async function requireNewMembers(commit: () => Promise<void>): Promise<void> {
  try {
    await commit()
  } catch (error) {
    if (error instanceof AlreadyExists && error.record === 'groupMember') throw alreadyReferenced('members')
    throw error
  }
}

export function alreadyReferenced(relationship: string) {
  return requestBadRequest(
    `One or more added object references already exist for the following modified properties: '${relationship}'.`,
  )
}

function membershipProblem(group: Group, { type, object }: Principal): string | undefined {
  if (object.id === group.id) return 'A group cannot be a member of itself.'
  if (group.groupTypes.includes('Unified') && type !== 'User') {
    return `A ${type} cannot be a member of a Microsoft 365 group; expected a user.`
  }
  if (type !== 'Group') return undefined
  if (group.isAssignableToRole) return 'A group that roles can be assigned to cannot have groups as members.'
  if (object.groupTypes.includes('Unified')) return 'A Microsoft 365 group cannot be a member of a security group.'
  return undefined
}

const collections = { User: 'users', Group: 'groups', ServicePrincipal: 'servicePrincipals' } as const

async function membersQuery({ depth, memberType }: MembersAsked, call: GraphCall) {
  const filter = filterOf(call.query.filter, directoryObjectType)
  const group = await foundGroup(call)
  await requireVisibleMembers(group, call)
  return { groupId: group.id, depth, memberType, filter }
}

async function filtered<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    throw error instanceof UnsupportedFilter ? unsupportedFilter(error.property, directoryObjectType) : error
  }
}
