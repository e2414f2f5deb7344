import { isDeepStrictEqual } from 'node:util'
import type { BootstrapCredential } from './data-folder.ts'
import { guidFrom } from './derived-id.ts'
import { type Application, type ApplicationStore, newApplication } from './directory/application.ts'
import type { DirectoryChange } from './directory/changes.ts'
import { roleTemplateId } from './directory/directory-role.ts'
import { initialFirstPartyApplications } from './directory/first-party.ts'
import {
  bootstrapAppId,
  firstPartyAppIds,
  microsoftServicesDomain,
  microsoftServicesTenantId,
} from './directory/first-party-ids.ts'
import { graphAppRoles } from './directory/graph-permissions.ts'
import { yearsAfter } from './directory/password-credential.ts'
import { appRoleAssignmentId } from './directory/permission-id.ts'
import { personalAccountsTenantId } from './directory/personal-accounts.ts'
import { newServicePrincipal, type ServicePrincipal } from './directory/service-principal.ts'
import { defaultDomain, type Tenant, type TenantStore } from './directory/tenant.ts'
import { newUser } from './directory/user.ts'
import { type NewObjectParts, newPersonalAccountsTenant, newTenant, timestamp } from './new-tenant.ts'
import type { RoleAssignment, Subscription } from './rbac/role-assignment.ts'
import { roleDefinitionByName } from './rbac/role-definition.ts'
import type { Change } from './stores/stores.ts'

export interface FirstStartParts extends NewObjectParts {
  hashPassword(password: string): Promise<string>
  newSecret(): { readonly secretText: string; readonly secretHash: string; readonly hint: string }
  newPassword(): string
}

/** What an empty store begins with, and the two secrets that are shown once. */
export interface FirstStart {
  readonly changes: readonly Change[]
  readonly tenant: Tenant
  readonly subscription: Subscription
  readonly administrator: { readonly userPrincipalName: string; readonly password: string }
  readonly bootstrap: BootstrapCredential
}

/** The domain of the tenant that every local cloud begins with. */
export const defaultTenantDomain = 'doorstep.example'

/** What the command line needs on Microsoft Graph to administer the local cloud. */
const bootstrapAppRoles = [
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'Directory.ReadWrite.All',
  'User.ReadWrite.All',
  'Group.ReadWrite.All',
  'RoleManagement.ReadWrite.Directory',
  'Organization.Read.All',
  'Domain.Read.All',
]

/** Longer than any clock is advanced: an expired bootstrap secret would lock the command line out. */
const bootstrapSecretYears = 100

/**
 * Decides what the first start of a local cloud writes: Microsoft's services tenant with the first-party
 * applications, the tenant of personal accounts, the tenant "Doorstep" with its subscription, its administrator and the bootstrap application.
 */
export async function firstStart(parts: FirstStartParts): Promise<FirstStart> {
  const firstParty = initialFirstPartyApplications(guidFrom)
  const services = newTenant(
    { id: microsoftServicesTenantId, displayName: 'Microsoft Services', domain: microsoftServicesDomain },
    [],
    parts,
  )
  const home = newTenant({ displayName: 'Doorstep', domain: defaultTenantDomain }, firstParty, parts)
  const subscription: Subscription = {
    id: parts.newId(),
    tenantId: home.tenant.id,
    displayName: 'Doorstep',
    state: 'Enabled',
  }
  const administrator = await newAdministrator(home.tenant, subscription, parts)
  const graph = home.servicePrincipals.find(({ appId }) => appId === firstPartyAppIds.microsoftGraph)
  if (!graph) throw new Error('Microsoft Graph is missing among the first-party applications.')
  const bootstrap = newBootstrapApplication(home.tenant, subscription, graph, parts)
  return {
    tenant: home.tenant,
    subscription,
    administrator: administrator.credential,
    bootstrap: bootstrap.credential,
    changes: [
      ...services.changes,
      ...firstParty.map((application) => ({ change: 'createApplication' as const, application })),
      ...newPersonalAccountsTenant(firstParty, parts).changes,
      ...home.changes,
      { change: 'createSubscription', subscription },
      ...administrator.changes,
      ...bootstrap.changes,
    ],
  }
}

async function newAdministrator(tenant: Tenant, subscription: Subscription, parts: FirstStartParts) {
  const createdDateTime = timestamp(parts.clock)
  const userPrincipalName = `admin@${defaultDomain(tenant)}`
  const user = newUser(
    { userPrincipalName, displayName: 'Administrator' },
    { id: parts.newId(), tenantId: tenant.id, createdDateTime },
  )
  const password = parts.newPassword()
  const passwordHash = await parts.hashPassword(password)
  const changes: Change[] = [
    { change: 'createUser', user },
    {
      change: 'setUserPassword',
      password: { userId: user.id, passwordHash, changedDateTime: createdDateTime, mustChange: false },
    },
    {
      change: 'addDirectoryRole',
      assignment: {
        tenantId: tenant.id,
        principalId: user.id,
        roleTemplateId: roleTemplateId('Global Administrator'),
      },
    },
    { change: 'createRoleAssignment', assignment: ownerOf(subscription, user.id, 'User', parts) },
  ]
  return { credential: { userPrincipalName, password }, changes }
}

/** The application by which the command line works; also made anew where somebody deleted it. */
export function newBootstrapApplication(
  tenant: Tenant,
  subscription: Subscription,
  graph: Pick<ServicePrincipal, 'id' | 'appId'>,
  parts: FirstStartParts,
): { readonly credential: BootstrapCredential; readonly changes: readonly Change[] } {
  const createdDateTime = timestamp(parts.clock)
  const application = newApplication(
    {
      displayName: 'Doorstep bootstrap',
      // The tenants of a seed file are administered by it too.
      signInAudience: 'AzureADMultipleOrgs',
      notes: 'With this application the command line administers its own local cloud.',
      requiredResourceAccess: [
        {
          resourceAppId: graph.appId,
          resourceAccess: bootstrapRoles().map(({ id }) => ({ id, type: 'Role' as const })),
        },
      ],
    },
    {
      id: parts.newId(),
      appId: bootstrapAppId,
      tenantId: tenant.id,
      publisherDomain: defaultDomain(tenant),
      createdDateTime,
    },
  )
  const presence = bootstrapPresence(application, tenant, graph, parts)
  const secret = newBootstrapCredential(application, parts)
  const changes: Change[] = [
    { change: 'createApplication', application },
    ...presence.changes,
    ...secret.changes,
    {
      change: 'createRoleAssignment',
      assignment: ownerOf(subscription, presence.servicePrincipal.id, 'ServicePrincipal', parts),
    },
  ]
  return { credential: secret.bootstrap, changes }
}

/** The bootstrap application in a tenant, with all that it may do there. */
export function bootstrapPresence(
  application: Application,
  tenant: Pick<Tenant, 'id'>,
  graph: Pick<ServicePrincipal, 'id'>,
  { clock, newId }: NewObjectParts,
): { readonly servicePrincipal: ServicePrincipal; readonly changes: readonly DirectoryChange[] } {
  const createdDateTime = timestamp(clock)
  const servicePrincipal = newServicePrincipal(application, { id: newId(), tenantId: tenant.id, createdDateTime })
  const assignments = bootstrapRoles().map(({ id: appRoleId }) => ({
    change: 'createAppRoleAssignment' as const,
    assignment: {
      id: appRoleAssignmentId(servicePrincipal.id, newId()),
      tenantId: tenant.id,
      appRoleId,
      principalId: servicePrincipal.id,
      principalType: 'ServicePrincipal' as const,
      resourceId: graph.id,
      createdDateTime,
    },
  }))
  return { servicePrincipal, changes: [{ change: 'createServicePrincipal', servicePrincipal }, ...assignments] }
}

function bootstrapRoles() {
  return graphAppRoles.filter(({ value }) => value !== null && bootstrapAppRoles.includes(value))
}

function ownerOf(
  subscription: Subscription,
  principalId: string,
  principalType: RoleAssignment['principalType'],
  { clock, newId }: NewObjectParts,
): RoleAssignment {
  const owner = roleDefinitionByName('Owner')
  if (!owner) throw new Error('The role Owner is missing among the built-in roles.')
  return {
    id: newId(),
    tenantId: subscription.tenantId,
    resourceScope: `/subscriptions/${subscription.id}`,
    roleDefinitionId: owner.id,
    principalId,
    principalType,
    createdOn: timestamp(clock),
  }
}

/**
 * One more secret for the bootstrap application: each replica on a shared database has a credential of its own.
 * `application` is the one whose client id is `bootstrapAppId`.
 */
export function newBootstrapCredential(
  application: Pick<Application, 'id' | 'appId' | 'tenantId'>,
  { clock, newId, newSecret }: Pick<FirstStartParts, 'clock' | 'newId' | 'newSecret'>,
): { readonly changes: readonly DirectoryChange[]; readonly bootstrap: BootstrapCredential } {
  const { secretText, secretHash, hint } = newSecret()
  const startDateTime = timestamp(clock)
  const credential = {
    keyId: newId(),
    ownerId: application.id,
    displayName: 'bootstrap',
    hint,
    secretHash,
    startDateTime,
    endDateTime: yearsAfter(startDateTime, bootstrapSecretYears),
  }
  return {
    changes: [{ change: 'addPasswordCredential', credential }],
    bootstrap: { tenantId: application.tenantId, clientId: application.appId, clientSecret: secretText },
  }
}

/** What an upgrade reads. */
export interface FirstPartyReads {
  readonly tenants: TenantStore
  readonly applications: ApplicationStore
}

/**
 * Decides what a start with a newer Doorstep adds: first-party applications it knows and the store does not, with
 * their service principals in every tenant, new definitions of the known ones, and the tenant of personal accounts.
 * Usually nothing. A service principal that somebody deleted stays deleted.
 */
export async function firstPartyUpgrade(
  { tenants, applications }: FirstPartyReads,
  parts: NewObjectParts,
): Promise<readonly DirectoryChange[]> {
  const page = await applications.list({ tenantId: microsoftServicesTenantId, top: 999 })
  const kept = new Map(page.items.map((application) => [application.appId, application]))
  const known = initialFirstPartyApplications(guidFrom)
  const missing = known.filter(({ appId }) => !kept.has(appId))
  const updates = known.flatMap((application) => {
    const existing = kept.get(application.appId)
    if (!existing || isDeepStrictEqual(definitionOf(application), definitionOf(existing))) return []
    return [{ change: 'updateApplication' as const, application: { ...application, version: existing.version } }]
  })
  const added = missing.length === 0 ? [] : await addEverywhere(missing, tenants, parts)
  const hasPersonalAccounts = (await tenants.byId(personalAccountsTenantId)) !== undefined
  const personalAccounts = hasPersonalAccounts ? [] : newPersonalAccountsTenant(known, parts).changes
  return [...added, ...updates, ...personalAccounts]
}

/** The part of a first-party application that a newer Doorstep may define otherwise. */
function definitionOf(application: Application) {
  const { displayName, identifierUris, api, appRoles, spa, publicClient, groupMembershipClaims } = application
  const redirectUris = [...spa.redirectUris, ...publicClient.redirectUris]
  const definition = { displayName, identifierUris, api, appRoles, redirectUris, groupMembershipClaims }
  return JSON.parse(JSON.stringify(definition)) as typeof definition
}

/** Tenants that new first-party applications do not come to. */
const withoutFirstParty: readonly string[] = [microsoftServicesTenantId, personalAccountsTenantId]

/** New first-party applications with a service principal in every organization there is. */
export async function addEverywhere(
  applications: readonly Application[],
  tenants: TenantStore,
  { clock, newId }: NewObjectParts,
): Promise<readonly DirectoryChange[]> {
  const createdDateTime = timestamp(clock)
  const organizations = (await tenants.list()).filter(({ id }) => !withoutFirstParty.includes(id))
  return applications.flatMap((application) => [
    { change: 'createApplication' as const, application },
    ...organizations.map((tenant) => ({
      change: 'createServicePrincipal' as const,
      servicePrincipal: newServicePrincipal(application, { id: newId(), tenantId: tenant.id, createdDateTime }),
    })),
  ])
}
