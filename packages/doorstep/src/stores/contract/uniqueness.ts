import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Change } from '../stores.ts'
import {
  aGrant,
  aGroup,
  anApplication,
  anAppRoleAssignment,
  aRoleAssignment,
  aSecret,
  aServicePrincipal,
  aTenant,
  aUser,
  namedBy,
  otherTenantId,
  type StoresUnderTest,
  tenantId,
} from './records.ts'
import { aDeviceCode, anAuthorizationCode, aRefreshToken, aSignInRecord } from './sign-in-records.ts'

interface Rule {
  readonly rule: string
  readonly first: readonly Change[]
  readonly second: Change
  readonly record: string
  readonly property: string
}

const createApplication = (application = anApplication()): Change => ({ change: 'createApplication', application })
const createUser = (user = aUser()): Change => ({ change: 'createUser', user })

/** Each rule: what is there, what is refused, and what the refusal names. */
function uniqueRules(): readonly Rule[] {
  const tenant = aTenant()
  const application = anApplication({ identifierUris: ['api://x'], uniqueName: 'x' })
  const servicePrincipal = aServicePrincipal(application)
  const user = aUser({ userPrincipalName: 'alice@contoso.example' })
  const group = aGroup()
  const member = { groupId: group.id, memberId: user.id, memberType: 'User' } as const
  const credential = aSecret(application.id)
  const grant = aGrant()
  const otherGrant = aGrant({ id: grant.id })
  const personal = aGrant({ consentType: 'Principal', principalId: user.id })
  const appRole = anAppRoleAssignment()
  const otherAppRole = anAppRoleAssignment({ id: appRole.id })
  const role = { tenantId, principalId: user.id, roleTemplateId: randomUUID() }
  const subscription = { id: randomUUID(), tenantId, displayName: 'One', state: 'Enabled' } as const
  const assignment = aRoleAssignment()
  const key = { keyId: 'k', certificate: 'c', sealedPrivateKey: 's', createdDateTime: '2026-01-01T00:00:00Z' }
  const [code, token, deviceCode, record] = [anAuthorizationCode(), aRefreshToken(), aDeviceCode(), aSignInRecord()]
  const rule = (name: string, first: Change | readonly Change[], second: Change, record: string, property: string) => ({
    rule: name,
    first: 'change' in first ? [first] : first,
    second,
    record,
    property,
  })
  return [
    rule(
      'the id of a tenant',
      { change: 'createTenant', tenant },
      { change: 'createTenant', tenant: aTenant({ verifiedDomains: [] }) },
      'tenant',
      'id',
    ),
    rule(
      'a verified domain, in any tenant and any case',
      { change: 'createTenant', tenant },
      {
        change: 'createTenant',
        tenant: aTenant({
          id: otherTenantId,
          verifiedDomains: [{ name: 'CONTOSO.example', isDefault: true, isInitial: true }],
        }),
      },
      'tenant',
      'verifiedDomains',
    ),
    rule(
      'the object id of an application',
      createApplication(application),
      createApplication(anApplication({}, { id: application.id })),
      'application',
      'id',
    ),
    rule(
      'the client id of an application, in any tenant',
      createApplication(application),
      createApplication(anApplication({}, { appId: application.appId.toUpperCase(), tenantId: otherTenantId })),
      'application',
      'appId',
    ),
    rule(
      'an identifier URI within a tenant, whatever its case and trailing slash',
      createApplication(application),
      createApplication(anApplication({ identifierUris: ['API://X/'] })),
      'application',
      'identifierUris',
    ),
    rule(
      'the unique name of an application within a tenant',
      createApplication(application),
      createApplication(anApplication({ uniqueName: 'X' })),
      'application',
      'uniqueName',
    ),
    rule(
      'the id of a service principal',
      { change: 'createServicePrincipal', servicePrincipal },
      {
        change: 'createServicePrincipal',
        servicePrincipal: aServicePrincipal(anApplication(), { id: servicePrincipal.id }),
      },
      'servicePrincipal',
      'id',
    ),
    rule(
      'the service principal of an application in a tenant',
      { change: 'createServicePrincipal', servicePrincipal },
      { change: 'createServicePrincipal', servicePrincipal: aServicePrincipal(application) },
      'servicePrincipal',
      'appId',
    ),
    rule('the id of a user', createUser(user), createUser(aUser({ id: user.id })), 'user', 'id'),
    rule(
      'the principal name of a user within a tenant, in any case',
      createUser(user),
      createUser(aUser({ userPrincipalName: 'ALICE@contoso.example' })),
      'user',
      'userPrincipalName',
    ),
    rule('the id of a group', { change: 'createGroup', group }, { change: 'createGroup', group }, 'group', 'id'),
    rule(
      'the address of a group within a tenant, in any case',
      { change: 'createGroup', group: aGroup({ mail: 'team@contoso.example' }) },
      { change: 'createGroup', group: aGroup({ mail: 'Team@contoso.example' }) },
      'group',
      'mail',
    ),
    rule(
      'a membership',
      [
        { change: 'createGroup', group },
        { change: 'addGroupMember', member },
      ],
      { change: 'addGroupMember', member },
      'groupMember',
      'memberId',
    ),
    rule(
      'the key id of a secret within its owner',
      [createApplication(application), { change: 'addPasswordCredential', credential }],
      { change: 'addPasswordCredential', credential },
      'passwordCredential',
      'keyId',
    ),
    rule(
      'the id of a permission grant',
      [...namedBy(grant), ...namedBy(otherGrant), { change: 'createPermissionGrant', grant }],
      { change: 'createPermissionGrant', grant: otherGrant },
      'permissionGrant',
      'id',
    ),
    rule(
      "everybody's consent for a client and a resource",
      [...namedBy(grant), { change: 'createPermissionGrant', grant }],
      { change: 'createPermissionGrant', grant: { ...grant, id: 'another' } },
      'permissionGrant',
      'principalId',
    ),
    rule(
      "one person's consent for a client and a resource",
      [...namedBy(personal), { change: 'createPermissionGrant', grant: personal }],
      { change: 'createPermissionGrant', grant: { ...personal, id: 'another' } },
      'permissionGrant',
      'principalId',
    ),
    rule(
      'an app role of a resource for a principal',
      [...namedBy(appRole), { change: 'createAppRoleAssignment', assignment: appRole }],
      { change: 'createAppRoleAssignment', assignment: { ...appRole, id: 'another' } },
      'appRoleAssignment',
      'appRoleId',
    ),
    rule(
      'the id of an app role assignment',
      [...namedBy(appRole), ...namedBy(otherAppRole), { change: 'createAppRoleAssignment', assignment: appRole }],
      { change: 'createAppRoleAssignment', assignment: otherAppRole },
      'appRoleAssignment',
      'id',
    ),
    rule(
      'a directory role of a principal',
      { change: 'addDirectoryRole', assignment: role },
      { change: 'addDirectoryRole', assignment: role },
      'directoryRoleAssignment',
      'roleTemplateId',
    ),
    rule(
      'the id of a subscription',
      { change: 'createSubscription', subscription },
      { change: 'createSubscription', subscription: { ...subscription, tenantId: otherTenantId } },
      'subscription',
      'id',
    ),
    rule(
      'the id of a role assignment',
      { change: 'createRoleAssignment', assignment },
      { change: 'createRoleAssignment', assignment: aRoleAssignment({ id: assignment.id }) },
      'roleAssignment',
      'id',
    ),
    rule(
      'a role of a principal at a scope, in any case',
      { change: 'createRoleAssignment', assignment },
      {
        change: 'createRoleAssignment',
        assignment: { ...assignment, id: randomUUID(), resourceScope: assignment.resourceScope.toUpperCase() },
      },
      'roleAssignment',
      'principalId',
    ),
    rule(
      'the id of a signing key',
      { change: 'addSigningKey', key },
      { change: 'addSigningKey', key },
      'signingKey',
      'keyId',
    ),
    rule(
      'the hash of an authorization code',
      { change: 'addAuthorizationCode', code },
      { change: 'addAuthorizationCode', code: anAuthorizationCode({ id: code.id }) },
      'authorizationCode',
      'id',
    ),
    rule(
      'the hash of a refresh token',
      { change: 'addRefreshToken', token },
      { change: 'addRefreshToken', token: aRefreshToken({ id: token.id }) },
      'refreshToken',
      'id',
    ),
    rule(
      'the hash of a device code',
      { change: 'addDeviceCode', code: deviceCode },
      { change: 'addDeviceCode', code: aDeviceCode({ id: deviceCode.id }) },
      'deviceCode',
      'id',
    ),
    rule(
      'what a person types for a device code, in any case',
      { change: 'addDeviceCode', code: deviceCode },
      { change: 'addDeviceCode', code: aDeviceCode({ userCode: deviceCode.userCode.toLowerCase() }) },
      'deviceCode',
      'userCode',
    ),
    rule(
      'the id of a line of the sign-in log',
      { change: 'addSignInRecord', record },
      { change: 'addSignInRecord', record: aSignInRecord({ id: record.id }) },
      'signInRecord',
      'id',
    ),
  ]
}

/** What must be kept once is kept once, and a refusal says what was taken. */
export function uniquenessContract(stores: StoresUnderTest): void {
  describe('what is unique', () => {
    it.each(uniqueRules())('keeps once: $rule', async ({ first, second, record, property }) => {
      await stores().commit(first)
      await expect(stores().commit([second])).rejects.toMatchObject({ name: 'AlreadyExists', record, property })
    })

    it('lets different tenants use the same names', async () => {
      const application = anApplication({ identifierUris: ['api://x'], uniqueName: 'x' })
      const foreign = anApplication({ identifierUris: ['api://x'], uniqueName: 'x' }, { tenantId: otherTenantId })
      await stores().commit([
        createApplication(application),
        createApplication(foreign),
        { change: 'createServicePrincipal', servicePrincipal: aServicePrincipal(application) },
        {
          change: 'createServicePrincipal',
          servicePrincipal: aServicePrincipal(application, { tenantId: otherTenantId }),
        },
        createUser(aUser({ userPrincipalName: 'a@b.example' })),
        createUser(aUser({ userPrincipalName: 'a@b.example', tenantId: otherTenantId })),
      ])
      expect((await stores().applications.list({ tenantId: otherTenantId, top: 5 })).items).toEqual([foreign])
    })

    it('lets no other tenant use the identifier URI of an application that is open to others', async () => {
      const shared = { identifierUris: ['api://x'] }
      const refused = { name: 'AlreadyExists', record: 'application', property: 'identifierUris' }
      const open = anApplication({ ...shared, signInAudience: 'AzureADMultipleOrgs' })
      const closed = anApplication({ identifierUris: ['API://X/'] }, { tenantId: otherTenantId })

      await stores().commit([createApplication(closed)])
      await expect(stores().commit([createApplication(open)])).rejects.toMatchObject(refused)
      expect(await stores().applications.byId(open.id)).toBeUndefined()
      await stores().commit([createApplication({ ...open, signInAudience: 'AzureADMyOrg' })])
      await expect(stores().commit([{ change: 'updateApplication', application: open }])).rejects.toMatchObject(refused)

      const moved = { ...closed, identifierUris: ['api://y'] }
      await stores().commit([
        { change: 'updateApplication', application: moved },
        { change: 'updateApplication', application: open },
        { change: 'updateApplication', application: { ...open, description: 'still', version: 2 } },
      ])
      const back: Change = { change: 'updateApplication', application: { ...closed, version: 2 } }
      await expect(stores().commit([back])).rejects.toMatchObject(refused)
      await stores().commit([
        { change: 'deleteApplication', id: open.id, deletedDateTime: '2026-02-03T04:05:06.000Z' },
        back,
      ])
    })

    it('refuses an update that takes a taken name, and the record stays', async () => {
      const [taken, user] = [aUser({ userPrincipalName: 'taken@contoso.example' }), aUser()]
      await stores().commit([createUser(taken), createUser(user)])
      const renamed = { ...user, userPrincipalName: 'TAKEN@contoso.example' }
      await expect(stores().commit([{ change: 'updateUser', user: renamed }])).rejects.toMatchObject({
        record: 'user',
        property: 'userPrincipalName',
      })
      expect(await stores().users.byId(user.id)).toEqual(user)
    })
  })
}
