import { describe, expect, it } from 'vitest'
import { newApplication } from '../directory/application.ts'
import type { AppRoleAssignment } from '../directory/permission.ts'
import { newServicePrincipal } from '../directory/service-principal.ts'
import { newUser } from '../directory/user.ts'
import { refuseUnassignedUser } from './user-assignment.ts'

const made = { tenantId: 't', createdDateTime: '' }
const application = newApplication({ displayName: 'App' }, { ...made, id: 'o', appId: 'app', publisherDomain: '' })
const user = newUser({ userPrincipalName: 'ada@contoso.example', displayName: 'Ada' }, { ...made, id: 'ada' })
const servicePrincipal = (appRoleAssignmentRequired: boolean) =>
  newServicePrincipal(application, { ...made, id: 'sp' }, { appRoleAssignmentRequired })
const assigned = (principalId: string, resourceId = 'sp'): AppRoleAssignment => ({
  ...made,
  id: 'a',
  appRoleId: 'r',
  principalId,
  principalType: 'User',
  resourceId,
})

describe('an application that demands assignment', () => {
  it('lets in whoever is assigned, in person or through a group', () => {
    expect(() => refuseUnassignedUser(servicePrincipal(true), user, [assigned('ada')], [])).not.toThrow()
    expect(() => refuseUnassignedUser(servicePrincipal(true), user, [assigned('team')], ['team'])).not.toThrow()
    expect(() => refuseUnassignedUser(servicePrincipal(false), user, [], [])).not.toThrow()
  })

  it.each([
    [[], ['team']],
    [[assigned('ben')], ['team']],
    [[assigned('ada', 'other')], []],
  ])('refuses everybody else with 50105', (assignments, groups) => {
    expect(() => refuseUnassignedUser(servicePrincipal(true), user, assignments, groups)).toThrow(
      "AADSTS50105: Your administrator has configured the application App ('app') to block users unless they are specifically granted ('assigned') access to the application. The signed in user 'ada@contoso.example' is blocked",
    )
  })
})
