import { randomUUID } from 'node:crypto'
import { type Application, type ApplicationProperties, newApplication } from '../../directory/application.ts'
import { type Group, type GroupProperties, newGroup } from '../../directory/group.ts'
import type { StoredPasswordCredential } from '../../directory/password-credential.ts'
import type { AppRoleAssignment, PermissionGrant } from '../../directory/permission.ts'
import { newServicePrincipal, type ServicePrincipal } from '../../directory/service-principal.ts'
import type { Tenant } from '../../directory/tenant.ts'
import { newUser, type User, type UserProperties } from '../../directory/user.ts'
import type { RoleAssignment } from '../../rbac/role-assignment.ts'
import type { Change, Stores } from '../stores.ts'

/** The stores under test, opened and empty. */
export type StoresUnderTest = () => Stores

export const tenantId = '11111111-1111-4111-8111-111111111111'
export const otherTenantId = '22222222-2222-4222-8222-222222222222'
export const createdDateTime = '2026-01-02T03:04:05.000Z'
export const deletedDateTime = '2026-02-03T04:05:06.000Z'

export function aTenant(properties: Partial<Tenant> = {}): Tenant {
  return {
    id: tenantId,
    displayName: 'Contoso',
    verifiedDomains: [{ name: 'Contoso.example', isDefault: true, isInitial: true }],
    createdDateTime,
    countryLetterCode: null,
    usersCanRegisterApplications: true,
    usersCanConsent: true,
    ...properties,
  }
}

export function anApplication(
  properties: Partial<ApplicationProperties> = {},
  identity: Partial<Pick<Application, 'id' | 'appId' | 'tenantId' | 'createdDateTime'>> = {},
): Application {
  return newApplication(
    { displayName: 'extractor', ...properties },
    {
      id: randomUUID(),
      appId: randomUUID(),
      tenantId,
      publisherDomain: 'contoso.example',
      createdDateTime,
      ...identity,
    },
  )
}

export function aServicePrincipal(
  application: Application,
  properties: Partial<ServicePrincipal> = {},
): ServicePrincipal {
  const made = newServicePrincipal(application, { id: randomUUID(), tenantId: application.tenantId, createdDateTime })
  return { ...made, ...properties }
}

export function aUser(properties: Partial<UserProperties> & Partial<Pick<User, 'id' | 'tenantId'>> = {}): User {
  const { id = randomUUID(), tenantId: home = tenantId, ...rest } = properties
  const named = { userPrincipalName: `${id}@contoso.example`, displayName: 'Alice', ...rest }
  return newUser(named, { id, tenantId: home, createdDateTime })
}

export function aGroup(properties: Partial<GroupProperties> = {}): Group {
  return newGroup({ displayName: 'Readers', ...properties }, { id: randomUUID(), tenantId, createdDateTime })
}

export function aSecret(ownerId: string, properties: Partial<StoredPasswordCredential> = {}): StoredPasswordCredential {
  return {
    ownerId,
    keyId: randomUUID(),
    displayName: null,
    hint: 'abc',
    startDateTime: createdDateTime,
    endDateTime: '2028-01-02T03:04:05.000Z',
    secretHash: 'hash',
    ...properties,
  }
}

export function aGrant(properties: Partial<PermissionGrant> = {}): PermissionGrant {
  return {
    id: `Grant_${randomUUID()}`,
    tenantId,
    clientId: randomUUID(),
    consentType: 'AllPrincipals',
    principalId: null,
    resourceId: randomUUID(),
    scope: 'User.Read',
    ...properties,
  }
}

export function anAppRoleAssignment(properties: Partial<AppRoleAssignment> = {}): AppRoleAssignment {
  return {
    id: `Assignment_${randomUUID()}`,
    tenantId,
    appRoleId: randomUUID(),
    principalId: randomUUID(),
    principalType: 'ServicePrincipal',
    resourceId: randomUUID(),
    createdDateTime,
    ...properties,
  }
}

/** What makes the service principals, and the user, that a grant or an assignment names. */
export function namedBy(record: PermissionGrant | AppRoleAssignment): readonly Change[] {
  const servicePrincipal = (id: string): Change => ({
    change: 'createServicePrincipal',
    servicePrincipal: aServicePrincipal(anApplication(), { id }),
  })
  const user = (id: string): Change => ({ change: 'createUser', user: aUser({ id }) })
  const { principalId, resourceId } = record
  if (!('clientId' in record)) return [servicePrincipal(record.principalId), servicePrincipal(resourceId)]
  return [
    servicePrincipal(record.clientId),
    servicePrincipal(resourceId),
    ...(principalId === null ? [] : [user(principalId)]),
  ]
}

export function aRoleAssignment(properties: Partial<RoleAssignment> = {}): RoleAssignment {
  return {
    id: randomUUID(),
    tenantId,
    resourceScope: '/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/rg-001',
    roleDefinitionId: randomUUID(),
    principalId: randomUUID(),
    principalType: 'ServicePrincipal',
    createdOn: createdDateTime,
    ...properties,
  }
}
