import type { Application } from '../../directory/application.ts'
import { firstPartyAppIds } from '../../directory/first-party-ids.ts'
import type { GroupStore } from '../../directory/group.ts'
import type {
  AppRoleAssignment,
  AppRoleAssignmentStore,
  DirectoryRoleAssignmentStore,
} from '../../directory/permission.ts'
import type { ServicePrincipal } from '../../directory/service-principal.ts'
import type { User } from '../../directory/user.ts'
import { refuseUnassignedUser } from '../user-assignment.ts'
import type { Memberships } from './grant.ts'
import { roleValues } from './resource.ts'

export interface MembershipParts {
  readonly groups: GroupStore
  readonly appRoleAssignments: AppRoleAssignmentStore
  readonly directoryRoles: DirectoryRoleAssignmentStore
}

interface Audience {
  readonly application: Application
  readonly servicePrincipal: ServicePrincipal
}

/** Every member has this besides his directory roles. */
const memberRoleTemplateId = 'b79fbf4d-3ef9-4689-8143-76b194e85509'

/** Which memberships a manifest asks for (`groupMembershipClaims`); Microsoft Graph always sees directory roles. */
export function wantedMemberships({ appId, groupMembershipClaims }: Application) {
  const kinds = (groupMembershipClaims ?? '').toLowerCase().split(/[\s,]+/)
  const all = kinds.includes('all')
  return {
    everyGroup: all,
    securityGroups: all || kinds.includes('securitygroup'),
    assignedGroups: kinds.includes('applicationgroup'),
    directoryRoles: all || kinds.includes('directoryrole') || appId === firstPartyAppIds.microsoftGraph,
  }
}

/**
 * A user's place in the tenant, for the tokens of one sign-in: groups are read at most once, and only for manifests
 * that ask for them.
 */
export function membershipReader(user: User, parts: MembershipParts) {
  let groupIds: Promise<readonly string[]> | undefined
  const readGroupIds = () => {
    groupIds ??= parts.groups.transitiveGroupsOf(user.id)
    return groupIds
  }
  return async (audience: Audience): Promise<Memberships> => {
    const wanted = wantedMemberships(audience.application)
    const assignments = await readAssignments(user, audience, readGroupIds, parts)
    if (audience.servicePrincipal.appRoleAssignmentRequired) {
      await refuseUnassigned(user, audience.servicePrincipal, assignments, parts)
    }
    return {
      roles: roleValues(rolesOfUsers(audience.application), assignments),
      groups: await readGroups(wanted, assignments, readGroupIds, parts),
      wids: wanted.directoryRoles ? await readDirectoryRoles(user, parts) : [],
    }
  }
}

function rolesOfUsers({ appRoles }: Application) {
  return appRoles.filter(({ allowedMemberTypes }) => allowedMemberTypes.includes('User'))
}

/** What the user holds at the audience, directly or through groups. */
async function readAssignments(
  user: User,
  { application, servicePrincipal }: Audience,
  readGroupIds: () => Promise<readonly string[]>,
  { appRoleAssignments }: MembershipParts,
): Promise<readonly AppRoleAssignment[]> {
  const matters =
    servicePrincipal.appRoleAssignmentRequired ||
    rolesOfUsers(application).length > 0 ||
    wantedMemberships(application).assignedGroups
  if (!matters) return []
  const principals = [user.id, ...(await readGroupIds())]
  const held = await Promise.all(principals.map((id) => appRoleAssignments.byPrincipal(id)))
  return held.flat().filter(({ resourceId }) => resourceId === servicePrincipal.id)
}

/** @throws {EntraError} 50105 unless the user or a group he is a direct member of is assigned. */
async function refuseUnassigned(
  user: User,
  servicePrincipal: ServicePrincipal,
  assignments: readonly AppRoleAssignment[],
  { groups }: MembershipParts,
): Promise<void> {
  const groupIds = assignments.filter(({ principalType }) => principalType === 'Group').map((held) => held.principalId)
  const direct = await Promise.all(
    groupIds.map(async (id) => ((await groups.membersOf(id)).some(({ memberId }) => memberId === user.id) ? [id] : [])),
  )
  refuseUnassignedUser(servicePrincipal, user, assignments, direct.flat())
}

async function readGroups(
  wanted: ReturnType<typeof wantedMemberships>,
  assignments: readonly AppRoleAssignment[],
  readGroupIds: () => Promise<readonly string[]>,
  { groups }: MembershipParts,
): Promise<readonly string[]> {
  if (wanted.everyGroup) return readGroupIds()
  if (wanted.securityGroups) {
    const found = await Promise.all((await readGroupIds()).map((id) => groups.byId(id)))
    return found.flatMap((group) => (group?.securityEnabled ? [group.id] : []))
  }
  if (!wanted.assignedGroups) return []
  return [...new Set(assignments.flatMap((held) => (held.principalType === 'Group' ? [held.principalId] : [])))]
}

async function readDirectoryRoles(user: User, { directoryRoles }: MembershipParts): Promise<readonly string[]> {
  const held = await directoryRoles.byPrincipal(user.tenantId, user.id)
  const templates = held.map(({ roleTemplateId }) => roleTemplateId)
  return user.userType === 'Member' ? [...templates, memberRoleTemplateId] : templates
}
