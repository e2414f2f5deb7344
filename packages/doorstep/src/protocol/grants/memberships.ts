import type { Application } from '../../directory/application.ts'
import { firstPartyAppIds } from '../../directory/first-party-ids.ts'
import type { GroupStore } from '../../directory/group.ts'
import type {
  AppRoleAssignment,
  AppRoleAssignmentStore,
  DirectoryRoleAssignmentStore,
} from '../../directory/permission.ts'
import { personalAccountsTenantId } from '../../directory/personal-accounts.ts'
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

/** Every member of an organization has this besides his directory roles. */
const memberRoleTemplateId = 'b79fbf4d-3ef9-4689-8143-76b194e85509'

/** Which memberships a manifest asks for (`groupMembershipClaims`); Microsoft Graph always sees directory roles. */
function wantedMemberships({ appId, groupMembershipClaims }: Application) {
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
 * that ask for them. The reader throws 50105 when its audience demands an assignment and the user has none.
 */
export function membershipReader(user: User, parts: MembershipParts) {
  const readGroupIds = once(() => parts.groups.transitiveGroupsOf(user.id))
  const readSecurityGroupIds = once(() => parts.groups.transitiveSecurityGroupsOf(user.id))
  const readDirectGroupIds = once(() => parts.groups.directGroupsOf(user.id))
  return async (audience: Audience): Promise<Memberships> => {
    const wanted = wantedMemberships(audience.application)
    const assignments = await readAssignments(user, audience, readDirectGroupIds, parts)
    if (audience.servicePrincipal.appRoleAssignmentRequired) {
      refuseUnassignedUser(audience.servicePrincipal, user, assignments, await readDirectGroupIds())
    }
    return {
      roles: roleValues(rolesOfUsers(audience.application), assignments),
      groups: await readGroups(wanted, assignments, { every: readGroupIds, security: readSecurityGroupIds }),
      wids: wanted.directoryRoles ? await readDirectoryRoles(user, parts) : [],
    }
  }
}

function once<Result>(read: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined
  return () => {
    result ??= read()
    return result
  }
}

function rolesOfUsers({ appRoles }: Application) {
  return appRoles.filter(({ allowedMemberTypes }) => allowedMemberTypes.includes('User'))
}

/** What the user holds at the audience, where its manifest makes a difference of it. */
async function readAssignments(
  user: User,
  { application, servicePrincipal }: Audience,
  readDirectGroupIds: () => Promise<readonly string[]>,
  parts: MembershipParts,
): Promise<readonly AppRoleAssignment[]> {
  const matters =
    servicePrincipal.appRoleAssignmentRequired ||
    rolesOfUsers(application).length > 0 ||
    wantedMemberships(application).assignedGroups
  return matters ? assignmentsAt(servicePrincipal, user, await readDirectGroupIds(), parts) : []
}

/** What the user holds there, in person or as a direct member of a group: assignments do not reach further. */
export async function assignmentsAt(
  servicePrincipal: ServicePrincipal,
  user: User,
  directGroupIds: readonly string[],
  { appRoleAssignments }: Pick<MembershipParts, 'appRoleAssignments'>,
): Promise<readonly AppRoleAssignment[]> {
  const held = await Promise.all([user.id, ...directGroupIds].map((id) => appRoleAssignments.byPrincipal(id)))
  return held.flat().filter(({ resourceId }) => resourceId === servicePrincipal.id)
}

/** Ids of groups, read when they are wanted. */
interface GroupReaders {
  readonly every: () => Promise<readonly string[]>
  readonly security: () => Promise<readonly string[]>
}

async function readGroups(
  wanted: ReturnType<typeof wantedMemberships>,
  assignments: readonly AppRoleAssignment[],
  read: GroupReaders,
): Promise<readonly string[]> {
  if (wanted.everyGroup) return read.every()
  if (wanted.securityGroups) return read.security()
  if (!wanted.assignedGroups) return []
  return [...new Set(assignments.flatMap((held) => (held.principalType === 'Group' ? [held.principalId] : [])))]
}

async function readDirectoryRoles(user: User, { directoryRoles }: MembershipParts): Promise<readonly string[]> {
  const held = await directoryRoles.heldBy(user.tenantId, user.id)
  const templates = [...new Set(held.map(({ roleTemplateId }) => roleTemplateId))]
  const isMember = user.userType === 'Member' && user.tenantId !== personalAccountsTenantId
  return isMember ? [...templates, memberRoleTemplateId] : templates
}
