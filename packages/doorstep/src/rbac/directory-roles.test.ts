import { describe, expect, it } from 'vitest'
import { type DirectoryRoleName, directoryRoles, roleTemplateId } from '../directory/directory-role.ts'
import { firstPartyAppIds } from '../directory/first-party-ids.ts'
import {
  type AppRoleToAssign,
  type DirectoryOperation,
  mayAssignAppRole,
  mayChangeOwnAccount,
  mayManageAccount,
  mayManageAccountByPermission,
  mayManageRoleAssignableGroup,
  reachOfUser,
  type UserRights,
} from './directory-roles.ts'

const ids = (...roles: DirectoryRoleName[]) => roles.map(roleTemplateId)
const member = (...roles: DirectoryRoleName[]): UserRights => ({
  directoryRoleIds: ids(...roles),
  userType: 'Member',
  usersCanRegisterApplications: true,
})
const guest = (...roles: DirectoryRoleName[]): UserRights => ({ ...member(...roles), userType: 'Guest' })
const restricted = (...roles: DirectoryRoleName[]): UserRights => ({
  ...member(...roles),
  usersCanRegisterApplications: false,
})

const actors = {
  'global administrator': member('Global Administrator'),
  'application administrator': member('Application Administrator'),
  'cloud application administrator': member('Cloud Application Administrator'),
  'application developer': restricted('Application Developer'),
  'privileged role administrator': member('Privileged Role Administrator'),
  'user administrator': member('User Administrator'),
  'helpdesk administrator': member('Helpdesk Administrator'),
  'global reader': member('Global Reader'),
  member: member(),
  'member who may not register': restricted(),
  guest: guest(),
  'reading guest': guest('Directory Readers'),
  'groups administrator': restricted('Groups Administrator'),
}
type Actor = keyof typeof actors

const [A, O, N] = ['all', 'owned', 'none'] as const

/** Rows: operations; columns: the actors in their order. */
const table: Readonly<Record<DirectoryOperation, string>> = {
  readApplications: 'A A A A A A A A A A A A A',
  createApplication: 'A A A A A A A A A N N N N',
  changeApplication: 'A A A O O O O O O O O O O',
  changeApplicationSecrets: 'A A A O O O O O O O O O O',
  readServicePrincipals: 'A A A A A A A A A A A A A',
  createServicePrincipal: 'A A A O O O O O O O O O O',
  changeServicePrincipal: 'A A A O O O O O O O O O O',
  readPermissionGrants: 'A A A A A A A A A A A A A',
  changePermissionGrants: 'A A A N A N N N N N N N N',
  readAppRoleAssignments: 'A A A A A A A A A A A A A',
  createAppRoleAssignment: 'A A A A A A A A A A A A A',
  deleteAppRoleAssignment: 'A A A A A A A A A A A A A',
  readOrganization: 'A A A A A A A A A A A A A',
  readDomains: 'A A A A A A A A A A A A A',
  readMe: 'A A A A A A A A A A A A A',
  listUsers: 'A A A A A A A A A A N A A',
  readUser: 'A A A A A A A A A A A A A',
  createUser: 'A N N N N A N N N N N N N',
  changeUser: 'A O O O O A A O O O O O O',
  changeManager: 'A N N N N A N N N N N N N',
  changeOwnPassword: 'A A A A A A A A A A A A A',
  inviteGuest: 'A A A A A A A A A A A A A',
  deleteUser: 'A N N N N A N N N N N N N',
  revokeSessions: 'A O O O O A A O O O O O O',
  readMemberships: 'A A A A A A A A A A O A A',
  listGroups: 'A A A A A A A A A A N A A',
  readGroup: 'A A A A A A A A A A A A A',
  readGroupMembers: 'A A A A A A A A A A N A A',
  readServicePrincipalMemberships: 'A A A A A A A A A A N A A',
  createGroup: 'A A A A A A A A A A N N A',
  changeGroup: 'A O O O O A O O O O O O A',
  deleteGroup: 'A O O O O A O O O O O O A',
  changeGroupMembers: 'A O O O O A O O O O O O A',
  readDirectoryRoles: 'A A A A A A A A A A N A A',
  changeDirectoryRoles: 'A N N N A N N N N N N N N',
  readPolicies: 'A A A A A A A A A A N A A',
  changeAuthorizationPolicy: 'A N N N A N N N N N N N N',
  readSignIns: 'A N N N N N N A N N N N N',
  changeOwners: 'A A A O O O O O O O O O O',
  rollKeys: 'A A A O O O O O O O O O O',
  readOwnedObjects: 'A A A A A A A A A A O A A',
  findDeletedItem: 'A A A A A A A A A A A A A',
  readDeletedApplications: 'A A A O O O O A O O N A O',
  changeDeletedApplications: 'A A A O O O O O O O O O O',
  readDeletedUsers: 'A N N N N A N A N N N N N',
  changeDeletedUsers: 'A N N N N A N N N N N N N',
  readDeletedGroups: 'A N N N N A N A N N N N A',
  changeDeletedGroups: 'A N N N N A N N N N N N A',
  readDirectoryObjects: 'A A A A A A A A A A N A A',
}

const cells = Object.entries(table).flatMap(([operation, row]) =>
  row
    .split(' ')
    .map((letter, column) => [operation as DirectoryOperation, Object.keys(actors)[column] as Actor, letter] as const),
)

describe('the rights of a person', () => {
  it.each(cells)('%s by %s: %s', (operation, actor, letter) => {
    expect(reachOfUser(operation, actors[actor])).toBe({ A, O, N }[letter])
  })
})

describe('a group that roles can be given to', () => {
  it.each<[Actor, boolean, boolean]>([
    ['global administrator', false, true],
    ['privileged role administrator', false, true],
    ['groups administrator', false, false],
    ['user administrator', false, false],
    ['member', false, false],
    ['member', true, true],
    ['guest', true, true],
  ])('is managed by %s who owns it (%s): %s', (actor, owns, allowed) => {
    expect(mayManageRoleAssignableGroup(actors[actor], owns)).toBe(allowed)
  })
})

describe('the own account', () => {
  it('is changed in its telephone numbers and language, and in nothing else', () => {
    expect(mayChangeOwnAccount(['mobilePhone', 'businessPhones', 'preferredLanguage'])).toBe(true)
    expect(mayChangeOwnAccount(['mobilePhone', 'jobTitle'])).toBe(false)
    expect(mayChangeOwnAccount(['passwordProfile'])).toBe(false)
  })
})

describe('assigning an app role', () => {
  const graph = firstPartyAppIds.microsoftGraph
  const user: AppRoleToAssign = { principalType: 'User', resourceAppId: 'api', ownsResource: false }
  const group: AppRoleToAssign = { ...user, principalType: 'Group' }
  const app: AppRoleToAssign = { ...user, principalType: 'ServicePrincipal' }

  it.each<[string, UserRights, AppRoleToAssign, boolean]>([
    [
      'a Global Administrator, of Graph to an application',
      actors['global administrator'],
      { ...app, resourceAppId: graph },
      true,
    ],
    [
      'a Privileged Role Administrator, the same',
      actors['privileged role administrator'],
      { ...app, resourceAppId: graph },
      true,
    ],
    [
      'an Application Administrator, the same',
      actors['application administrator'],
      { ...app, resourceAppId: graph },
      false,
    ],
    ['an Application Administrator, of another API', actors['application administrator'], app, true],
    [
      'an Application Administrator, of Graph to a user',
      actors['application administrator'],
      { ...user, resourceAppId: graph },
      true,
    ],
    ['a User Administrator, to a user', actors['user administrator'], user, true],
    ['a User Administrator, to a group', actors['user administrator'], group, false],
    ['a User Administrator, to an application', actors['user administrator'], app, false],
    ['an owner, to a user', actors.member, { ...user, ownsResource: true }, true],
    ['an owner, to a group', actors.guest, { ...group, ownsResource: true }, true],
    ['an owner, to an application', actors.member, { ...app, ownsResource: true }, false],
    ['a member, to a user', actors.member, user, false],
  ])('by %s', (_who, rights, role, allowed) => {
    expect(mayAssignAppRole(rights, role)).toBe(allowed)
  })
})

describe('changing an account', () => {
  it.each<[Actor, DirectoryRoleName[], string, string, string]>([
    ['global administrator', ['Global Administrator'], 'yes', 'yes', 'yes'],
    ['user administrator', [], 'yes', 'yes', 'yes'],
    ['user administrator', ['User Administrator', 'Directory Readers'], 'yes', 'yes', 'yes'],
    ['user administrator', ['Global Administrator'], 'yes', 'no', 'no'],
    ['user administrator', ['Helpdesk Administrator', 'Global Reader'], 'yes', 'no', 'no'],
    ['helpdesk administrator', [], 'no', 'no', 'yes'],
    ['helpdesk administrator', ['Helpdesk Administrator'], 'no', 'no', 'yes'],
    ['helpdesk administrator', ['User Administrator'], 'no', 'no', 'no'],
    ['application administrator', [], 'no', 'no', 'no'],
    ['member', [], 'no', 'no', 'no'],
  ])('by %s of somebody with %o: properties %s, sensitive %s, password %s', (actor, target, ...allowed) => {
    const decided = (['properties', 'sensitive', 'password'] as const).map((change) =>
      mayManageAccount(actors[actor], { roleIds: ids(...target), inRoleAssignableGroup: false }, change) ? 'yes' : 'no',
    )
    expect(decided).toEqual(allowed)
  })

  it('of somebody with a role that is unknown here is left to Global Administrators', () => {
    const roleIds = ['00000000-0000-4000-8000-000000000000']
    const unknown = { roleIds, inRoleAssignableGroup: false }
    expect(directoryRoles.some(({ roleTemplateId: id }) => roleIds.includes(id))).toBe(false)
    expect(mayManageAccount(actors['user administrator'], unknown, 'password')).toBe(false)
    expect(mayManageAccount(actors['global administrator'], unknown, 'password')).toBe(true)
  })

  it('of somebody in a group that roles can be given to is left to Global Administrators, but for what opens nothing', () => {
    const guarded = { roleIds: [], inRoleAssignableGroup: true }
    for (const change of ['password', 'sensitive'] as const) {
      expect(mayManageAccount(actors['helpdesk administrator'], guarded, change)).toBe(false)
      expect(mayManageAccount(actors['user administrator'], guarded, change)).toBe(false)
      expect(mayManageAccount(actors['global administrator'], guarded, change)).toBe(true)
      expect(mayManageAccountByPermission(guarded, change)).toBe(false)
    }
    expect(mayManageAccount(actors['user administrator'], guarded, 'properties')).toBe(true)
    expect(mayManageAccountByPermission(guarded, 'properties')).toBe(true)
  })

  it('by the permission of an application alone ends at whoever holds a role', () => {
    const reader = { roleIds: ids('Directory Readers'), inRoleAssignableGroup: false }
    const nobody = { roleIds: [], inRoleAssignableGroup: false }
    expect(mayManageAccountByPermission(reader, 'password')).toBe(false)
    expect(mayManageAccountByPermission(reader, 'sensitive')).toBe(false)
    expect(mayManageAccountByPermission(nobody, 'password')).toBe(true)
  })
})
