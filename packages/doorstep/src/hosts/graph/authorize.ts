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
  readonly owned?: readonly string[]
}

const applicationReaders = ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All']
const readers = [...applicationReaders, 'Directory.ReadWrite.All']
const writers = ['Application.ReadWrite.All', 'Directory.ReadWrite.All']
const ownedBy = ['Application.ReadWrite.OwnedBy']
const grantWriters = ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All']
const grantReaders = ['DelegatedPermissionGrant.Read.All', 'Directory.Read.All', ...grantWriters]
const assigners = ['AppRoleAssignment.ReadWrite.All']
const assignmentReaders = [...readers, ...assigners]

const same = (needed: Needed): Rule => ({ delegated: needed, application: needed })

/** What each operation asks for: the permissions table of every Graph operation's reference page. */
const rules = {
  readApplications: { delegated: [readers], application: [[...readers, ...ownedBy]] },
  createApplication: {
    delegated: [['AppRegistration.Create', 'Application.ReadWrite.All']],
    application: [['Application.ReadWrite.All']],
    owned: ownedBy,
  },
  changeApplication: { ...same([['Application.ReadWrite.All']]), owned: ownedBy },
  changeApplicationSecrets: { ...same([writers]), owned: ownedBy },
  readServicePrincipals: { delegated: [readers], application: [[...readers, ...ownedBy]] },
  changeServicePrincipal: { ...same([writers]), owned: ownedBy },
  readPermissionGrants: same([grantReaders]),
  changePermissionGrants: same([grantWriters]),
  readAppRoleAssignments: same([assignmentReaders]),
  createAppRoleAssignment: same([assigners, readers]),
  deleteAppRoleAssignment: same([assigners]),
  readOrganization: {
    delegated: [['User.Read', 'User.Read.All', 'Organization.Read.All', 'Directory.Read.All']],
    application: [['Organization.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All']],
  },
  // An application has no /me: the endpoint says so, whatever it may do.
  readMe: {
    delegated: [
      ['User.Read', 'User.ReadWrite', 'User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All', ...readers],
    ],
    application: [],
  },
} as const satisfies Record<string, Rule>

export type Operation = keyof typeof rules

/** How far a caller's permissions reach for an operation. */
export type Reach = 'all' | 'owned' | 'none'

/** Decides what a caller may do, from the permissions of its token; a user may only read. */
export function authorize(operation: Operation, caller: Caller): Reach {
  const rule: Rule = rules[operation]
  if (caller.kind === 'app') return reachOfApplication(rule, caller)
  return isRead(operation) ? reachOfUser(rule, caller) : 'none'
}

/**
 * What an application does for a user needs its delegated permission and the user's own right. The rights of users,
 * their directory roles, are not judged yet: so they change nothing, while every member of a tenant may read.
 */
function isRead(operation: Operation): boolean {
  return operation.startsWith('read')
}

/** `Directory.AccessAsUser.All` lets an application read all that its user may read. */
function reachOfUser({ delegated }: Rule, { permissions }: Caller): Reach {
  return permissions.includes('Directory.AccessAsUser.All') || holds(delegated, permissions) ? 'all' : 'none'
}

function reachOfApplication({ application, owned = [] }: Rule, { permissions }: Caller): Reach {
  if (holds(application, permissions)) return 'all'
  return owned.some((permission) => permissions.includes(permission)) ? 'owned' : 'none'
}

function holds(needed: Needed, permissions: readonly string[]): boolean {
  return needed.every((group) => group.some((permission) => permissions.includes(permission)))
}
