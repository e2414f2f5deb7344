import { z } from 'zod'
import type { PrincipalType } from '../../directory/group.ts'
import { firstProblem } from '../../directory/property-problem.ts'
import { foundGroup } from './addressed-group.ts'
import { addressedUser } from './addressed-user.ts'
import { type GraphAnswer, type GraphCall, requiredParam } from './call.ts'
import { insufficientPrivileges, requestBadRequest } from './errors.ts'
import { withoutHidden } from './hidden-membership.ts'
import { requiredGuid } from './object-key.ts'
import { type ListedObjects, objectCount, objectList } from './object-list.ts'
import { propertyRefusal } from './parsed-properties.ts'
import { foundPrincipal } from './principals.ts'
import { foundServicePrincipal } from './service-principals.ts'

/** Whose memberships a path asks for. */
export interface Member {
  readonly id: string
  readonly tenantId: string
  readonly type: PrincipalType
}

type FindMember = (call: GraphCall) => Promise<Member>

/** The user that the path names, or the one behind `/me`. */
export const memberUser: FindMember = async (call) => ({ ...identityOf(await addressedUser(call)), type: 'User' })

export const memberGroup: FindMember = async (call) => {
  requireWholeReach(call)
  return { ...identityOf(await foundGroup(call)), type: 'Group' }
}

export const memberServicePrincipal: FindMember = async (call) => {
  return { ...identityOf(await foundServicePrincipal(call)), type: 'ServicePrincipal' }
}

/** An object of any of these kinds, by its id. */
export const memberObject: FindMember = async (call) => {
  const id = requiredGuid(requiredParam(call, 'key'))
  if (call.reach === 'owned' && id !== call.caller.objectId) throw insufficientPrivileges()
  const { type, object } = await foundPrincipal(id, call)
  return { ...identityOf(object), type }
}

/** Which memberships a path asks for. */
export interface MembershipsAsked {
  readonly depth: 'direct' | 'transitive'
  /** Of a cast such as `/memberOf/microsoft.graph.group`. */
  readonly kind?: 'group' | 'directoryRole'
}

const collections = { group: 'groups', directoryRole: 'directoryRoles' } as const

/** `GET …/memberOf` and `…/transitiveMemberOf`: groups and directory roles, or those that the path is cast to. */
export function listMemberships(find: FindMember, asked: MembershipsAsked) {
  return async (call: GraphCall): Promise<GraphAnswer> =>
    objectList(call, await membershipsOf(find, asked, call), asked.kind && collections[asked.kind])
}

/** `GET …/memberOf/$count` and the like: a number as text. */
export function countMemberships(find: FindMember, asked: MembershipsAsked) {
  return async (call: GraphCall): Promise<GraphAnswer> => objectCount(call, await membershipsOf(find, asked, call))
}

async function membershipsOf(
  find: FindMember,
  { depth, kind }: MembershipsAsked,
  call: GraphCall,
): Promise<ListedObjects> {
  const member = await find(call)
  const { groups } = call.parts
  const groupIds = depth === 'direct' ? groups.directGroupsOf : groups.transitiveGroupsOf
  const ids = await Promise.all([
    kind === 'directoryRole' ? [] : groupIds(member.id).then((all) => withoutHidden(all, call)),
    kind === 'group' ? [] : roleIdsOf(member, depth, call),
  ])
  return { ids: ids.flat(), kinds: kind ? [kind] : ['group', 'directoryRole'] }
}

/** `POST …/getMemberGroups`: ids of all groups, through groups too; only security groups when that is asked. */
export function getMemberGroups(find: FindMember) {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    const securityEnabledOnly = parseSecurityEnabledOnly(call.body, 'getMemberGroups')
    return idsAnswer(await groupIdsOf(await find(call), securityEnabledOnly, call))
  }
}

/** `POST …/getMemberObjects`: the same and directory roles, unless only security groups are asked for. */
export function getMemberObjects(find: FindMember) {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    const securityEnabledOnly = parseSecurityEnabledOnly(call.body, 'getMemberObjects')
    const member = await find(call)
    const groupIds = await groupIdsOf(member, securityEnabledOnly, call)
    const roleIds = securityEnabledOnly ? [] : await roleIdsOf(member, 'transitive', call)
    return idsAnswer([...groupIds, ...roleIds])
  }
}

/** `POST …/checkMemberGroups`: which of up to twenty groups it belongs to, through groups too. */
export function checkMemberGroups(find: FindMember) {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    const asked = parseIds(call.body, 'groupIds', 'checkMemberGroups')
    const held = await groupIdsOf(await find(call), false, call)
    return idsAnswer(asked.filter((id) => held.includes(id)))
  }
}

/** `POST …/checkMemberObjects`: the same of groups and directory roles. */
export function checkMemberObjects(find: FindMember) {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    const asked = parseIds(call.body, 'ids', 'checkMemberObjects')
    const member = await find(call)
    const held = [...(await groupIdsOf(member, false, call)), ...(await roleIdsOf(member, 'transitive', call))]
    return idsAnswer(asked.filter((id) => held.includes(id)))
  }
}

function identityOf({ id, tenantId }: { readonly id: string; readonly tenantId: string }) {
  return { id, tenantId }
}

/** Who may see only his own account sees nothing of groups. @throws {GraphError} 403 */
function requireWholeReach({ reach }: GraphCall): void {
  if (reach === 'owned') throw insufficientPrivileges()
}

async function groupIdsOf({ id, type }: Member, securityEnabledOnly: boolean, call: GraphCall) {
  const { groups } = call.parts
  if (!securityEnabledOnly) return withoutHidden(await groups.transitiveGroupsOf(id), call)
  if (type === 'User') return withoutHidden(await groups.transitiveSecurityGroupsOf(id), call)
  throw requestBadRequest("The value of 'securityEnabledOnly' can be true for users only; send false for this object.")
}

/** Template ids of directory roles; a member of a group holds the group's, but not as his own. */
async function roleIdsOf(
  { tenantId, id }: Member,
  depth: 'direct' | 'transitive',
  { parts: { directoryRoles } }: GraphCall,
): Promise<readonly string[]> {
  const held = await (depth === 'direct'
    ? directoryRoles.assignedTo(tenantId, id)
    : directoryRoles.heldBy(tenantId, id))
  return [...new Set(held.map(({ roleTemplateId }) => roleTemplateId))]
}

function idsAnswer(value: readonly string[]): GraphAnswer {
  return { kind: 'value', context: 'Collection(Edm.String)', value }
}

function parseSecurityEnabledOnly(body: unknown, action: string): boolean {
  const parsed = z.strictObject({ securityEnabledOnly: z.boolean().nullish() }).safeParse(body ?? {})
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), action)
  return parsed.data.securityEnabledOnly ?? false
}

const mostChecked = 20

function parseIds(body: unknown, property: string, action: string): readonly string[] {
  const ids = z
    .array(z.guid({ error: 'Expected a GUID' }).toLowerCase())
    .min(1, 'Expected at least one id')
    .max(mostChecked, `Expected at most ${mostChecked} ids`)
  const parsed = z.strictObject({ [property]: ids }).safeParse(body ?? {})
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), action)
  return [...new Set(parsed.data[property])]
}
