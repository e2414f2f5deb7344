import { mayConsentForAll } from '../directory/consent-administrators.ts'
import { type DirectoryRoleName, roleTemplateId } from '../directory/directory-role.ts'

/** Of a person, or of an application that acts as itself. */
export type HeldRoles = Pick<UserRights, 'directoryRoleIds'>

/** What decides what a person may do in a tenant, whatever application acts for him. */
export interface UserRights {
  /** Template ids of the directory roles he holds. */
  readonly directoryRoleIds: readonly string[]
  readonly userType: 'Member' | 'Guest'
  /** The tenant's setting: whether members without a role may register applications. */
  readonly usersCanRegisterApplications: boolean
}

/** How far somebody's rights reach; what one owns includes one's own account. `itself`: an application, to itself. */
export type Reach = 'all' | 'owned' | 'itself' | 'none'

interface Rule {
  /** With one of these roles everything; a Global Administrator always. */
  readonly roles: readonly DirectoryRoleName[]
  readonly members: Reach
  readonly guests: Reach
  /** Whether any directory role is enough for an application, which is no member and no guest. */
  readonly anyRole?: true
}

const everybody: Rule = { roles: [], members: 'all', guests: 'all' }
const everybodyReads: Rule = { ...everybody, anyRole: true }
const membersOnly: Rule = {
  roles: ['Directory Readers', 'Global Reader'],
  members: 'all',
  guests: 'none',
  anyRole: true,
}
const ownersAnd = (...roles: readonly DirectoryRoleName[]): Rule => ({ roles, members: 'owned', guests: 'owned' })
const only = (...roles: readonly DirectoryRoleName[]): Rule => ({ roles, members: 'none', guests: 'none' })

const ofGroups = ['Groups Administrator', 'User Administrator'] as const
const ofApplications = ['Application Administrator', 'Cloud Application Administrator'] as const

/** Each operation, and whose right it is ("Microsoft Entra built-in roles", "Default user permissions"). */
const rules = {
  readApplications: everybodyReads,
  createApplication: { roles: [...ofApplications, 'Application Developer'], members: 'all', guests: 'none' },
  changeApplication: ownersAnd(...ofApplications),
  changeApplicationSecrets: ownersAnd(...ofApplications),
  readServicePrincipals: everybodyReads,
  createServicePrincipal: ownersAnd(...ofApplications),
  changeServicePrincipal: ownersAnd(...ofApplications),
  changeOwners: ownersAnd(...ofApplications),
  rollKeys: ownersAnd(...ofApplications),
  readOwnedObjects: { ...membersOnly, guests: 'owned' },
  // The kind of the object decides: the operations that follow.
  findDeletedItem: everybodyReads,
  readDeletedApplications: { ...ownersAnd(...ofApplications, 'Directory Readers', 'Global Reader'), guests: 'none' },
  changeDeletedApplications: ownersAnd(...ofApplications),
  readDeletedUsers: only('User Administrator', 'Global Reader'),
  // Whose account it is counts too: `mayManageAccount`.
  changeDeletedUsers: only('User Administrator'),
  readDeletedGroups: only('Groups Administrator', 'User Administrator', 'Global Reader'),
  changeDeletedGroups: only('Groups Administrator', 'User Administrator'),
  readPermissionGrants: everybodyReads,
  changePermissionGrants: only(...ofApplications, 'Privileged Role Administrator'),
  readAppRoleAssignments: everybodyReads,
  // Whose right it is depends on what is assigned to whom: `mayAssignAppRole` decides.
  createAppRoleAssignment: { ...everybody, anyRole: true },
  deleteAppRoleAssignment: { ...everybody, anyRole: true },
  readOrganization: everybodyReads,
  readDomains: everybodyReads,
  readMe: everybody,
  listUsers: membersOnly,
  readUser: everybodyReads,
  createUser: only('User Administrator'),
  // Whose account it is counts too: `mayManageAccount`.
  // What he may change of his own account is little: `mayChangeOwnAccount`.
  changeUser: ownersAnd('User Administrator', 'Helpdesk Administrator'),
  changeManager: only('User Administrator'),
  changeOwnPassword: everybody,
  // As the platform's default setting has it, guests may invite too.
  inviteGuest: everybody,
  deleteUser: only('User Administrator'),
  revokeSessions: ownersAnd('User Administrator', 'Helpdesk Administrator'),
  readMemberships: { ...membersOnly, guests: 'owned' },
  listGroups: membersOnly,
  readGroup: everybodyReads,
  readGroupMembers: membersOnly,
  readServicePrincipalMemberships: membersOnly,
  createGroup: { roles: ofGroups, members: 'all', guests: 'none' },
  // Of groups that directory roles can be given to, `mayManageRoleAssignableGroup` decides.
  changeGroup: ownersAnd(...ofGroups),
  deleteGroup: ownersAnd(...ofGroups),
  changeGroupMembers: ownersAnd(...ofGroups),
  readDirectoryRoles: membersOnly,
  changeDirectoryRoles: only('Privileged Role Administrator'),
  readPolicies: membersOnly,
  changeAuthorizationPolicy: only('Privileged Role Administrator'),
  readDirectoryObjects: membersOnly,
  readSignIns: only('Global Reader'),
} as const satisfies Record<string, Rule>

/** Everything that is done in a directory. */
export type DirectoryOperation = keyof typeof rules

/** Decides how far a person's own rights reach for an operation. */
export function reachOfUser(operation: DirectoryOperation, rights: UserRights): Reach {
  const rule: Rule = rules[operation]
  if (holdsOneOf(['Global Administrator', ...rule.roles], rights.directoryRoleIds)) return 'all'
  if (rights.userType === 'Guest') return rule.guests
  if (operation === 'createApplication' && !rights.usersCanRegisterApplications) return 'none'
  return rule.members
}

/** Decides whether an application may do something by the directory roles that it holds, whatever its permissions. */
export function reachOfApplicationRoles(operation: DirectoryOperation, directoryRoleIds: readonly string[]): Reach {
  const rule: Rule = rules[operation]
  if (holdsOneOf(['Global Administrator', ...rule.roles], directoryRoleIds)) return 'all'
  return rule.anyRole && directoryRoleIds.length > 0 ? 'all' : 'none'
}

/** An app role that is to be given or taken away. */
export interface AppRoleToAssign {
  readonly principalType: 'User' | 'Group' | 'ServicePrincipal'
  /** Client id of the API that has it. */
  readonly resourceAppId: string
  /** Whether the person owns the API's service principal. */
  readonly ownsResource: boolean
}

/**
 * Whether somebody may give an app role by his directory roles, or take it away. For an application that is consent to an application
 * permission, which is for administrators; users and groups are assigned by owners too ("Grant an appRoleAssignment").
 */
export function mayAssignAppRole({ directoryRoleIds }: HeldRoles, role: AppRoleToAssign): boolean {
  const { principalType, resourceAppId } = role
  const isConsent = principalType === 'ServicePrincipal'
  if (mayConsentForAll(directoryRoleIds, isConsent ? [{ kind: 'application', resourceAppId }] : [])) return true
  if (isConsent) return false
  return role.ownsResource || (principalType === 'User' && holdsOneOf(['User Administrator'], directoryRoleIds))
}

/**
 * What is done to an account: `properties` that open nothing; `sensitive` ones such as its name and whether it is
 * enabled, and deletion; its `password`, with which sessions are revoked too.
 */
export type AccountChange = 'properties' | 'sensitive' | 'password'

const managedBy: Readonly<Partial<Record<DirectoryRoleName, readonly DirectoryRoleName[]>>> = {
  'User Administrator': ['Directory Readers', 'Groups Administrator', 'Helpdesk Administrator', 'User Administrator'],
  'Helpdesk Administrator': ['Directory Readers', 'Helpdesk Administrator'],
}

/** What protects an account from those who may do less than its owner. */
export interface AccountProtection {
  /** Template ids of the directory roles its owner holds, himself and through groups. */
  readonly roleIds: readonly string[]
  /** Whether its owner belongs to or owns a group that directory roles can be given to, even one without a role. */
  readonly inRoleAssignableGroup: boolean
}

/**
 * Whether somebody with these roles may change an account: nobody takes over the account of somebody who may do more
 * ("Who can reset passwords", "Who can perform sensitive actions").
 */
export function mayManageAccount(
  { directoryRoleIds }: HeldRoles,
  { roleIds, inRoleAssignableGroup }: AccountProtection,
  change: AccountChange,
): boolean {
  if (holdsOneOf(['Global Administrator'], directoryRoleIds)) return true
  const reaches = (role: DirectoryRoleName) => {
    const managed = (managedBy[role] ?? []).map(roleTemplateId)
    return holdsOneOf([role], directoryRoleIds) && roleIds.every((held) => managed.includes(held))
  }
  if (change === 'properties') return holdsOneOf(['User Administrator'], directoryRoleIds)
  if (inRoleAssignableGroup) return false
  return reaches('User Administrator') || (change === 'password' && reaches('Helpdesk Administrator'))
}

/**
 * Whether an application may change an account by its permission alone, without a directory role that allows it
 * ("Update user": sensitive properties of administrators ask for a role of the application too).
 */
export function mayManageAccountByPermission(
  { roleIds, inRoleAssignableGroup }: AccountProtection,
  change: AccountChange,
): boolean {
  return change === 'properties' || (roleIds.length === 0 && !inRoleAssignableGroup)
}

/**
 * Whether a person may make, change or delete a group that directory roles can be given to, or change who belongs to
 * it ("Use Microsoft Entra groups to manage role assignments").
 */
export function mayManageRoleAssignableGroup({ directoryRoleIds }: HeldRoles, ownsGroup: boolean): boolean {
  return ownsGroup || holdsOneOf(['Global Administrator', 'Privileged Role Administrator'], directoryRoleIds)
}

/** Whether somebody with these roles sees who belongs to a group that hides it. */
export function maySeeHiddenMembers(directoryRoleIds: readonly string[]): boolean {
  return holdsOneOf(['Global Administrator', 'Global Reader', ...ofGroups], directoryRoleIds)
}

const ownToChange = ['businessPhones', 'mobilePhone', 'preferredLanguage']

/** Whether these properties of his own account are a person's to change, without a directory role. */
export function mayChangeOwnAccount(properties: readonly string[]): boolean {
  return properties.every((property) => ownToChange.includes(property))
}

function holdsOneOf(roles: readonly DirectoryRoleName[], directoryRoleIds: readonly string[]): boolean {
  return roles.some((role) => directoryRoleIds.includes(roleTemplateId(role)))
}
