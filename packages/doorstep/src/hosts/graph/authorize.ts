import {
  type DirectoryOperation,
  type Reach,
  reachOfApplicationRoles,
  reachOfUser,
  type UserRights,
} from '../../rbac/directory-roles.ts'

export type { Reach } from '../../rbac/directory-roles.ts'

/** Who calls, as the access token says. */
export interface Caller {
  /** `user` when an application acts for a signed-in user, `app` when it acts as itself. */
  readonly kind: 'app' | 'user'
  readonly tenantId: string
  /** The user's or the service principal's object id. */
  readonly objectId: string
  /** Delegated permissions (`scp`) of a user's token, application permissions (`roles`) of an app's. */
  readonly permissions: readonly string[]
}

/** A caller needs one permission of each group; without groups any caller is let in. */
type Needed = readonly (readonly string[])[]

interface Rule {
  readonly delegated: Needed
  readonly application: Needed
  /** Enough for an application on objects that it owns. */
  readonly owned?: Needed
  /** What an application may do to itself without any permission. */
  readonly itself?: true
  /** Delegated permissions that are enough on the user's own account. */
  readonly ownAccount?: readonly string[]
  /** What `Directory.AccessAsUser.All` does not include: it is no part of the directory. */
  readonly besideDirectory?: true
}

const applicationReaders = ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All']
const readers = [...applicationReaders, 'Directory.ReadWrite.All']
const writers = ['Application.ReadWrite.All', 'Directory.ReadWrite.All']
const ownedBy = ['Application.ReadWrite.OwnedBy']
const grantWriters = ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All']
const grantReaders = ['DelegatedPermissionGrant.Read.All', 'Directory.Read.All', ...grantWriters]
const assigners = ['AppRoleAssignment.ReadWrite.All']
const assignmentReaders = [...readers, ...assigners]
const directoryReaders = ['Directory.Read.All', 'Directory.ReadWrite.All']
const userWriters = ['User.ReadWrite.All', 'Directory.ReadWrite.All']
const userReaders = ['User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All', ...directoryReaders]
const membershipReaders = ['GroupMember.Read.All', 'GroupMember.ReadWrite.All', 'Group.Read.All', 'Group.ReadWrite.All']
const groupReaders = [...membershipReaders, ...directoryReaders]
const groupWriters = ['Group.ReadWrite.All', 'Directory.ReadWrite.All']
const roleReaders = ['RoleManagement.Read.Directory', 'RoleManagement.ReadWrite.Directory', ...directoryReaders]
const oneself = ['User.Read', 'User.ReadWrite']

const same = (needed: Needed): Rule => ({ delegated: needed, application: needed })

/** What each operation asks for: the permissions table of every Graph operation's reference page. */
const rules = {
  readApplications: { delegated: [readers], application: [[...readers, ...ownedBy]] },
  createApplication: {
    delegated: [['AppRegistration.Create', 'Application.ReadWrite.All']],
    application: [['Application.ReadWrite.All']],
    owned: [ownedBy],
  },
  changeApplication: { ...same([['Application.ReadWrite.All']]), owned: [ownedBy] },
  changeApplicationSecrets: { ...same([writers]), owned: [ownedBy] },
  readServicePrincipals: { delegated: [readers], application: [[...readers, ...ownedBy]] },
  createServicePrincipal: { ...same([writers]), owned: [ownedBy] },
  changeServicePrincipal: { ...same([writers]), owned: [ownedBy] },
  changeOwners: { ...same([['Application.ReadWrite.All'], directoryReaders]), owned: [ownedBy, directoryReaders] },
  rollKeys: { ...same([['Application.ReadWrite.All']]), owned: [ownedBy], itself: true },
  readOwnedObjects: { ...same([['User.Read.All', 'User.ReadWrite.All', ...directoryReaders]]), ownAccount: oneself },
  // Whose right it is depends on the kind of the object, which is not known yet.
  findDeletedItem: same([]),
  readDeletedApplications: { ...same([readers]), owned: [ownedBy] },
  changeDeletedApplications: { ...same([writers]), owned: [ownedBy] },
  readDeletedUsers: same([['User.Read.All', 'User.ReadWrite.All', ...directoryReaders]]),
  changeDeletedUsers: same([['User.DeleteRestore.All', ...userWriters]]),
  readDeletedGroups: same([['Group.Read.All', 'Group.ReadWrite.All', ...directoryReaders]]),
  changeDeletedGroups: same([['Group.ReadWrite.All', 'Directory.ReadWrite.All']]),
  readPermissionGrants: same([grantReaders]),
  changePermissionGrants: same([grantWriters]),
  readAppRoleAssignments: same([assignmentReaders]),
  createAppRoleAssignment: same([assigners, readers]),
  deleteAppRoleAssignment: same([assigners]),
  readOrganization: {
    delegated: [['User.Read', 'User.Read.All', 'Organization.Read.All', 'Directory.Read.All']],
    application: [['Organization.Read.All', ...directoryReaders]],
  },
  readDomains: same([['Domain.Read.All', ...directoryReaders]]),
  // An application has no /me: the endpoint says so, whatever it may do.
  readMe: { delegated: [[...oneself, ...userReaders, ...directoryReaders]], application: [] },
  listUsers: same([userReaders]),
  readUser: { ...same([userReaders]), ownAccount: oneself },
  createUser: same([userWriters]),
  changeUser: { ...same([userWriters]), ownAccount: ['User.ReadWrite'] },
  deleteUser: same([[...userWriters, 'User.DeleteRestore.All']]),
  changeManager: same([userWriters]),
  // `Directory.AccessAsUser.All` alone lets a user in; an application has no password, as the endpoint says.
  changeOwnPassword: { delegated: [[]], application: [] },
  inviteGuest: same([['User.Invite.All', ...userWriters]]),
  revokeSessions: { ...same([userWriters]), ownAccount: ['User.ReadWrite'] },
  readMemberships: {
    delegated: [[...membershipReaders, 'User.Read.All', 'User.ReadWrite.All', ...directoryReaders]],
    application: [[...membershipReaders, ...directoryReaders]],
    ownAccount: oneself,
  },
  listGroups: same([groupReaders]),
  readGroup: same([groupReaders]),
  readGroupMembers: same([groupReaders]),
  readServicePrincipalMemberships: same([[...readers, ...membershipReaders]]),
  createGroup: { delegated: [groupWriters], application: [['Group.Create', ...groupWriters]] },
  changeGroup: same([groupWriters]),
  deleteGroup: same([['Group.ReadWrite.All']]),
  changeGroupMembers: same([['GroupMember.ReadWrite.All', ...groupWriters]]),
  readDirectoryRoles: same([roleReaders]),
  changeDirectoryRoles: same([['RoleManagement.ReadWrite.Directory']]),
  readPolicies: same([['Policy.Read.All', 'Policy.ReadWrite.Authorization']]),
  changeAuthorizationPolicy: same([['Policy.ReadWrite.Authorization']]),
  readDirectoryObjects: same([directoryReaders]),
  readSignIns: { ...same([['AuditLog.Read.All']]), besideDirectory: true },
} as const satisfies Record<DirectoryOperation, Rule>

export type Operation = DirectoryOperation

/**
 * Decides how far a caller may go. What an application does for a user needs its delegated permission and the user's
 * own right; what it does as itself, its application permission or a directory role of its own.
 *
 * @param rights - of the user; undefined when the account is gone or disabled, and for applications
 * @param directoryRoleIds - of the caller
 */
export function authorize(
  operation: Operation,
  caller: Caller,
  rights: UserRights | undefined,
  directoryRoleIds: readonly string[] = [],
): Reach {
  const rule: Rule = rules[operation]
  if (caller.kind === 'app') {
    const byRoles = rule.besideDirectory ? 'none' : reachOfApplicationRoles(operation, directoryRoleIds)
    return greater(reachOfApplication(rule, caller), byRoles)
  }
  if (!rights) return 'none'
  return lesser(reachOfDelegation(rule, caller), reachOfUser(operation, rights))
}

/** Whether an application may do something by its permissions, on whatever object, without a directory role. */
export function isPermittedToApplication(operation: Operation, caller: Caller): boolean {
  return caller.kind === 'app' && reachOfApplication(rules[operation], caller) === 'all'
}

/** `Directory.AccessAsUser.All` lets an application do all that its user may do in the directory. */
function reachOfDelegation(
  { delegated, ownAccount = [], besideDirectory }: Rule,
  { permissions }: Pick<Caller, 'permissions'>,
): Reach {
  if (holds(delegated, permissions)) return 'all'
  if (permissions.includes('Directory.AccessAsUser.All') && !besideDirectory) return 'all'
  return ownAccount.some((permission) => permissions.includes(permission)) ? 'owned' : 'none'
}

function reachOfApplication({ application, owned, itself }: Rule, { permissions }: Caller): Reach {
  if (holds(application, permissions)) return 'all'
  if (owned && holds(owned, permissions)) return 'owned'
  return itself ? 'itself' : 'none'
}

function holds(needed: Needed, permissions: readonly string[]): boolean {
  return needed.every((group) => group.some((permission) => permissions.includes(permission)))
}

const byExtent: readonly Reach[] = ['none', 'itself', 'owned', 'all']

function greater(one: Reach, other: Reach): Reach {
  return lesser(one, other) === one ? other : one
}

function lesser(one: Reach, other: Reach): Reach {
  return byExtent.indexOf(one) < byExtent.indexOf(other) ? one : other
}
