import { describe, expect, it } from 'vitest'
import { type DirectoryRoleName, roleTemplateId } from '../../directory/directory-role.ts'
import type { UserRights } from '../../rbac/directory-roles.ts'
import { authorize, type Caller, type Operation } from './authorize.ts'

const app = (...permissions: string[]): Caller => ({ kind: 'app', tenantId: 't', objectId: 'o', permissions })
const user = (...permissions: string[]): Caller => ({ kind: 'user', tenantId: 't', objectId: 'o', permissions })
const rightsOf = (...roles: DirectoryRoleName[]): UserRights => ({
  directoryRoleIds: roles.map(roleTemplateId),
  userType: 'Member',
  usersCanRegisterApplications: true,
})

describe('authorize', () => {
  it.each<[Operation, Caller, string]>([
    ['readApplications', app('Application.Read.All'), 'all'],
    ['readApplications', app('Application.ReadWrite.OwnedBy'), 'all'],
    ['readApplications', app('User.Read.All'), 'none'],
    ['readApplications', app(), 'none'],
    ['readApplications', user('Application.Read.All'), 'all'],
    ['createApplication', app('Application.ReadWrite.OwnedBy'), 'owned'],
    ['createApplication', app('Application.Read.All'), 'none'],
    ['changeApplication', app('Application.ReadWrite.All'), 'all'],
    ['changeApplication', app('Application.ReadWrite.OwnedBy'), 'owned'],
    ['changeApplication', app('Directory.ReadWrite.All'), 'none'],
    ['readApplications', user('Directory.AccessAsUser.All'), 'all'],
    ['readPermissionGrants', user('DelegatedPermissionGrant.ReadWrite.All'), 'all'],
    ['changeApplicationSecrets', app('Directory.ReadWrite.All'), 'all'],
    ['changePermissionGrants', app('DelegatedPermissionGrant.ReadWrite.All'), 'all'],
    ['changePermissionGrants', app('DelegatedPermissionGrant.Read.All'), 'none'],
    ['readOrganization', user('User.Read'), 'all'],
    ['readOrganization', app('User.Read'), 'none'],
    ['createGroup', app('Group.Create'), 'all'],
    ['createGroup', user('Group.Create'), 'none'],
    ['changeGroup', app('Group.Create'), 'none'],
    ['changeGroup', app('Group.ReadWrite.All'), 'all'],
    ['changeGroup', app('GroupMember.ReadWrite.All'), 'none'],
    ['changeGroup', user('Group.ReadWrite.All'), 'owned'],
    ['deleteGroup', app('Directory.ReadWrite.All'), 'none'],
    ['changeGroupMembers', app('GroupMember.ReadWrite.All'), 'all'],
    ['changeGroupMembers', app('GroupMember.Read.All'), 'none'],
    ['readDirectoryRoles', app('RoleManagement.Read.Directory'), 'all'],
    ['readDirectoryRoles', app('Group.Read.All'), 'none'],
    ['changeDirectoryRoles', app('RoleManagement.ReadWrite.Directory'), 'all'],
    ['changeDirectoryRoles', app('RoleManagement.Read.Directory', 'Directory.ReadWrite.All'), 'none'],
    ['changeDirectoryRoles', user('RoleManagement.ReadWrite.Directory'), 'none'],
    ['readPolicies', app('Policy.Read.All'), 'all'],
    ['changeAuthorizationPolicy', app('Policy.Read.All'), 'none'],
    ['changeAuthorizationPolicy', app('Policy.ReadWrite.Authorization'), 'all'],
    ['inviteGuest', app('User.Invite.All'), 'all'],
    ['inviteGuest', app('User.Read.All'), 'none'],
    ['deleteUser', app('User.DeleteRestore.All'), 'all'],
    ['changeOwnPassword', user('User.ReadWrite.All', 'Directory.ReadWrite.All'), 'none'],
    ['changeOwnPassword', user('Directory.AccessAsUser.All'), 'all'],
    ['readServicePrincipalMemberships', app('Application.Read.All'), 'all'],
    ['readDirectoryObjects', app('Directory.Read.All'), 'all'],
    ['readDirectoryObjects', app('User.Read.All'), 'none'],
    ['readDirectoryObjects', user('Directory.AccessAsUser.All'), 'all'],
    ['readMe', app(), 'all'],
    ['readMe', user('User.Read'), 'all'],
    ['readMe', user('Mail.Read'), 'none'],
    ['readMe', user('Application.Read.All'), 'none'],
    ['readMe', user('Directory.Read.All'), 'all'],
  ])('%s by %o: %s', (operation, caller, reach) => {
    expect(authorize(operation, caller, caller.kind === 'user' ? rightsOf() : undefined)).toBe(reach)
  })

  it('asks for both permissions where Graph does', () => {
    expect(authorize('createAppRoleAssignment', app('AppRoleAssignment.ReadWrite.All'), undefined)).toBe('none')
    expect(authorize('createAppRoleAssignment', app('Application.Read.All'), undefined)).toBe('none')
    const both = app('AppRoleAssignment.ReadWrite.All', 'Application.Read.All')
    expect(authorize('createAppRoleAssignment', both, undefined)).toBe('all')
  })

  it.each<[Operation, DirectoryRoleName[], string[], string]>([
    ['createApplication', [], ['Application.ReadWrite.All'], 'all'],
    ['createApplication', [], ['Application.Read.All'], 'none'],
    ['createApplication', ['Global Administrator'], [], 'none'],
    ['changeApplication', [], ['Application.ReadWrite.All'], 'owned'],
    ['changeApplication', ['Cloud Application Administrator'], ['Application.ReadWrite.All'], 'all'],
    ['changeApplication', ['Cloud Application Administrator'], ['Application.Read.All'], 'none'],
    ['changeApplication', ['Application Administrator'], ['Directory.AccessAsUser.All'], 'all'],
    ['changePermissionGrants', [], ['DelegatedPermissionGrant.ReadWrite.All'], 'none'],
    ['changePermissionGrants', ['Application Administrator'], ['DelegatedPermissionGrant.ReadWrite.All'], 'all'],
    ['createUser', [], ['User.ReadWrite.All'], 'none'],
    ['createUser', ['User Administrator'], ['User.ReadWrite.All'], 'all'],
    ['readUser', ['Global Administrator'], ['User.Read'], 'owned'],
    ['revokeSessions', [], ['User.Read'], 'none'],
    ['revokeSessions', [], ['User.ReadWrite'], 'owned'],
    ['revokeSessions', [], ['User.ReadWrite.All'], 'owned'],
    ['revokeSessions', ['Helpdesk Administrator'], ['User.ReadWrite.All'], 'all'],
    ['readSignIns', [], ['AuditLog.Read.All'], 'none'],
    ['readSignIns', ['Global Reader'], ['AuditLog.Read.All'], 'all'],
    ['readSignIns', ['Global Administrator'], ['Directory.AccessAsUser.All'], 'none'],
  ])('%s for a user with %o through an application with %o: %s', (operation, roles, permissions, reach) => {
    expect(authorize(operation, user(...permissions), rightsOf(...roles))).toBe(reach)
  })

  it('lets nobody act for an account that is gone', () => {
    expect(authorize('readMe', user('User.Read'), undefined)).toBe('none')
  })

  it('does not take an application permission as a delegated one', () => {
    expect(authorize('readApplications', user('Application.ReadWrite.OwnedBy'), rightsOf('Global Administrator'))).toBe(
      'none',
    )
    expect(authorize('changeApplication', app('Directory.AccessAsUser.All'), undefined)).toBe('none')
  })
})
