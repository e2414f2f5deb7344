import type { Group } from '../../directory/group.ts'
import { maySeeHiddenMembers } from '../../rbac/directory-roles.ts'
import type { GraphCall } from './call.ts'
import { insufficientPrivileges } from './errors.ts'

/** Who belongs to a group that hides its members is seen by themselves, its owners and administrators. @throws {GraphError} 403 */
export async function requireVisibleMembers(group: Group, call: GraphCall): Promise<void> {
  if ((await hidingGroups([group], call)).has(group.id)) throw insufficientPrivileges()
}

/** The ids among these that are not of groups which hide from the caller who belongs to them. */
export async function withoutHidden(groupIds: readonly string[], call: GraphCall): Promise<readonly string[]> {
  const hiding = await hidingGroups(await call.parts.groups.byIds(groupIds), call)
  return groupIds.filter((id) => !hiding.has(id))
}

/** Ids of those of the groups that hide from the caller who belongs to them. */
export async function hidingGroups(groups: readonly Group[], call: GraphCall): Promise<ReadonlySet<string>> {
  const { caller, parts, directoryRoleIds } = call
  const hiding = groups.filter(
    ({ visibility, owners }) => visibility === 'HiddenMembership' && !owners.includes(caller.objectId),
  )
  const isAllowed = caller.kind === 'app' && caller.permissions.includes('Member.Read.Hidden')
  if (hiding.length === 0 || isAllowed || maySeeHiddenMembers(directoryRoleIds)) return new Set()
  const own = await parts.groups.transitiveGroupsOf(caller.objectId)
  return new Set(hiding.flatMap(({ id }) => (own.includes(id) ? [] : [id])))
}
