import { describe, expect, it } from 'vitest'
import { authorize, type Caller, type Operation } from './authorize.ts'

const app = (...permissions: string[]): Caller => ({ kind: 'app', tenantId: 't', objectId: 'o', permissions })
const user = (...permissions: string[]): Caller => ({ kind: 'user', tenantId: 't', objectId: 'o', permissions })

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
    ['readMe', app(), 'all'],
    ['readMe', user('User.Read'), 'all'],
    ['readMe', user('Mail.Read'), 'none'],
  ])('%s by %o: %s', (operation, caller, reach) => {
    expect(authorize(operation, caller)).toBe(reach)
  })

  it('asks for both permissions where Graph does', () => {
    expect(authorize('createAppRoleAssignment', app('AppRoleAssignment.ReadWrite.All'))).toBe('none')
    expect(authorize('createAppRoleAssignment', app('Application.Read.All'))).toBe('none')
    const both = app('AppRoleAssignment.ReadWrite.All', 'Application.Read.All')
    expect(authorize('createAppRoleAssignment', both)).toBe('all')
  })

  it.each<Operation>([
    'createApplication',
    'changeApplication',
    'changeApplicationSecrets',
    'changeServicePrincipal',
    'changePermissionGrants',
    'createAppRoleAssignment',
    'deleteAppRoleAssignment',
  ])('%s is refused to users, whatever the application may do for them', (operation) => {
    const everything = user(
      'Directory.AccessAsUser.All',
      'AppRegistration.Create',
      'Application.ReadWrite.All',
      'AppRoleAssignment.ReadWrite.All',
      'DelegatedPermissionGrant.ReadWrite.All',
      'Directory.ReadWrite.All',
    )
    expect(authorize(operation, everything)).toBe('none')
    expect(authorize(operation, { ...everything, kind: 'app' })).toBe('all')
  })

  it('does not take an application permission as a delegated one', () => {
    expect(authorize('readApplications', user('Application.ReadWrite.OwnedBy'))).toBe('none')
    expect(authorize('changeApplication', app('Directory.AccessAsUser.All'))).toBe('none')
  })
})
