import { z } from 'zod'
import type { Group } from '../../directory/group.ts'
import { firstProblem } from '../../directory/property-problem.ts'
import type { User } from '../../directory/user.ts'
import { addressedUser } from './addressed-user.ts'
import type { GraphAnswer, GraphCall } from './call.ts'
import { filterOf } from './directory-list.ts'
import { directoryObjectType, directoryRoleObject, groupObject } from './directory-objects.ts'
import { ownedList } from './owned-list.ts'
import { propertyRefusal } from './parsed-properties.ts'

/** `GET …/memberOf` and `…/transitiveMemberOf` of a user or of `/me`: groups and directory roles. */
export function listMemberships(depth: 'direct' | 'transitive') {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    const filter = filterOf(call.query.filter, directoryObjectType)
    const user = await addressedUser(call)
    const { groups, directoryRoles } = call.parts
    const ids = await (depth === 'direct' ? groups.directGroupsOf(user.id) : groups.transitiveGroupsOf(user.id))
    const roles = await directoryRoles.byPrincipal(user.tenantId, user.id)
    const entities = [
      ...(await groupsHere(ids, user, call)).map(groupObject),
      ...roles.map(({ roleTemplateId }) => directoryRoleObject(roleTemplateId)),
    ]
    return ownedList(call, directoryObjectType, 'directoryObjects', entities, filter)
  }
}

/** `POST …/getMemberGroups`: ids of all groups, through groups too; only security groups when that is asked. */
export async function getMemberGroups(call: GraphCall): Promise<GraphAnswer> {
  const parsed = z.strictObject({ securityEnabledOnly: z.boolean().nullish() }).safeParse(call.body ?? {})
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), 'getMemberGroups')
  const user = await addressedUser(call)
  const { groups } = call.parts
  const value = await (parsed.data.securityEnabledOnly
    ? groups.transitiveSecurityGroupsOf(user.id)
    : groups.transitiveGroupsOf(user.id))
  return { kind: 'value', context: 'Collection(Edm.String)', value }
}

async function groupsHere(ids: readonly string[], user: User, { parts }: GraphCall): Promise<readonly Group[]> {
  const found = await Promise.all(ids.map((id) => parts.groups.byId(id)))
  return found.flatMap((group) => (group?.tenantId === user.tenantId ? [group] : []))
}
