import type { CountQuery, DirectoryQuery, Filter, Page } from './query.ts'

/** A group of users, service principals and groups (Microsoft Graph `group`). */
export interface Group {
  readonly id: string
  readonly tenantId: string
  readonly displayName: string
  readonly description: string | null
  readonly mailNickname: string
  readonly mailEnabled: boolean
  readonly securityEnabled: boolean
  readonly groupTypes: readonly string[]
  readonly isAssignableToRole: boolean | null
  readonly mail: string | null
  readonly visibility: GroupVisibility | null
  readonly classification: string | null
  readonly preferredLanguage: string | null
  readonly createdDateTime: string
  readonly deletedDateTime: string | null
  readonly owners: readonly string[]
  readonly version: number
}

export type GroupVisibility = 'Public' | 'Private' | 'HiddenMembership'

/** What records of groups that were kept before these properties were do not have. */
export const laterGroupProperties = { mail: null, visibility: null, classification: null, preferredLanguage: null }

export type GroupProperties = Partial<Omit<Group, 'id' | 'tenantId' | 'createdDateTime' | 'version'>> & {
  readonly displayName: string
}

/** A security group with Graph's defaults for all that `properties` leaves open. */
export function newGroup(
  properties: GroupProperties,
  identity: { readonly id: string; readonly tenantId: string; readonly createdDateTime: string },
): Group {
  return {
    description: null,
    mailNickname: properties.displayName.replace(/[^A-Za-z0-9]/g, '') || identity.id,
    mailEnabled: false,
    securityEnabled: true,
    groupTypes: [],
    isAssignableToRole: null,
    ...laterGroupProperties,
    deletedDateTime: null,
    owners: [],
    ...properties,
    ...identity,
    version: 1,
  }
}

export type PrincipalType = 'User' | 'Group' | 'ServicePrincipal'

/** One direct membership. */
export interface GroupMember {
  readonly groupId: string
  readonly memberId: string
  readonly memberType: PrincipalType
}

/** Which members of a group are asked for, page by page in the order of their ids. */
export interface MembersQuery {
  readonly groupId: string
  /** `transitive`: those of groups among the members too, each once. */
  readonly depth: 'direct' | 'transitive'
  /** Only members of this kind. */
  readonly memberType?: PrincipalType | undefined
  readonly filter?: Filter | undefined
  readonly top: number
  /** The `next` of the page before. */
  readonly after?: string | undefined
}

export interface GroupStore {
  byId(id: string): Promise<Group | undefined>
  /** Those of the ids that there are, in any order. */
  byIds(ids: readonly string[]): Promise<readonly Group[]>
  list(query: DirectoryQuery): Promise<Page<Group>>
  count(query: CountQuery): Promise<number>
  /** Direct members. */
  membersOf(groupId: string): Promise<readonly GroupMember[]>
  members(query: MembersQuery): Promise<Page<Pick<GroupMember, 'memberId' | 'memberType'>>>
  countMembers(query: Omit<MembersQuery, 'top' | 'after'>): Promise<number>
  /** Direct members of several groups, of each at most so many. */
  membersOfEach(groupIds: readonly string[], atMost: number): Promise<readonly GroupMember[]>
  /** The direct memberships of several objects, of each at most so many. */
  membershipsOfEach(memberIds: readonly string[], atMost: number): Promise<readonly GroupMember[]>
  /** Ids of the groups a user, group or service principal is a direct member of. */
  directGroupsOf(memberId: string): Promise<readonly string[]>
  /** Ids of all groups a user, group or service principal belongs to, directly or through other groups. */
  transitiveGroupsOf(memberId: string): Promise<readonly string[]>
  /** The same, of security groups alone. */
  transitiveSecurityGroupsOf(memberId: string): Promise<readonly string[]>
  /** Ids of the groups that roles can be given to and that somebody belongs to, directly, or owns. */
  roleAssignableGroupsOf(principalId: string): Promise<readonly string[]>
}
