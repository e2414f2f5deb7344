import type { Application } from '../../../directory/application.ts'
import type { DirectoryChange } from '../../../directory/changes.ts'
import { firstPartyAppIds } from '../../../directory/first-party-ids.ts'
import { newServicePrincipal, type ServicePrincipal } from '../../../directory/service-principal.ts'
import type { Tenant } from '../../../directory/tenant.ts'
import type { User } from '../../../directory/user.ts'
import { type ConsentDecision, decideConsent } from '../../../protocol/consent.ts'
import { entraError } from '../../../protocol/errors.ts'
import type { ResourceInTenant } from '../../../protocol/granted-scopes.ts'
import { firstResource } from '../../../protocol/requested-scopes.ts'
import { refuseUnassignedUser } from '../../../protocol/user-assignment.ts'
import type { LoginParts } from '../login-parts.ts'
import type { AskedOfPerson } from './purpose.ts'

/** Who asks, in the tenant that the tokens will be issued for, and for whom. */
export interface Asking {
  readonly application: Application
  readonly tenant: Tenant
  readonly user: User
  readonly request: AskedOfPerson
  /** Whether the person has answered the consent page of this request. */
  readonly consentAnswered: boolean
}

/** The client in the tenant, made when an application for several tenants is used here for the first time. */
export interface Presence {
  readonly servicePrincipal: ServicePrincipal
  readonly changes: readonly DirectoryChange[]
}

export async function presenceOf({ application, tenant }: Asking, parts: LoginParts): Promise<Presence> {
  const known = await parts.servicePrincipals.byAppId(tenant.id, application.appId)
  if (known) return { servicePrincipal: known, changes: [] }
  const createdDateTime = new Date(parts.clock.now()).toISOString()
  const servicePrincipal = newServicePrincipal(application, { id: parts.newId(), tenantId: tenant.id, createdDateTime })
  return { servicePrincipal, changes: [{ change: 'createServicePrincipal', servicePrincipal }] }
}

/** @throws {EntraError} 50105 when the application demands assignment and the user has none. */
export async function refuseWithoutAssignment(
  { user }: Asking,
  { servicePrincipal }: Presence,
  parts: LoginParts,
): Promise<void> {
  if (!servicePrincipal.appRoleAssignmentRequired) return
  const assignments = await parts.appRoleAssignments.byResource(servicePrincipal.id)
  refuseUnassignedUser(servicePrincipal, user, assignments, await parts.groups.transitiveGroupsOf(user.id))
}

/** What consent says of this request. @throws {EntraError} 500011 for an unknown API, else as `decideConsent` says. */
export async function consentFor(
  asking: Asking,
  { servicePrincipal }: Presence,
  parts: LoginParts,
): Promise<ConsentDecision> {
  const { application, tenant, user, request, consentAnswered } = asking
  const [directoryRoles, permissionGrants, settings] = await Promise.all([
    parts.directoryRoles.byPrincipal(tenant.id, user.id),
    parts.permissionGrants.byClient(servicePrincipal.id),
    parts.settings.read(),
  ])
  const asked = await Promise.all(
    askedResources(request).map(async ({ identifier, scopes }) => ({
      identifier,
      scopes,
      resource: await resourceNamed(identifier, tenant, parts),
    })),
  )
  return decideConsent({
    application,
    servicePrincipalId: servicePrincipal.id,
    tenant,
    user: { id: user.id, directoryRoleIds: directoryRoles.map(({ roleTemplateId }) => roleTemplateId) },
    openId: request.requested.openId,
    asked,
    apis: await listedApis(application, tenant, parts),
    permissionGrants,
    prompt: consentAnswered && request.prompt !== 'none' ? undefined : request.prompt,
    consent: settings.consent,
  })
}

/** A request for OpenID Connect scopes alone is one for Microsoft Graph; on v1.0 the API may be named later. */
function askedResources({ endpoint, requested }: AskedOfPerson) {
  if (requested.resources.length > 0) return requested.resources
  return endpoint === 'v1' ? [] : [firstResource(requested)]
}

async function resourceNamed(identifier: string, tenant: Tenant, parts: LoginParts): Promise<ResourceInTenant> {
  const servicePrincipal = await parts.servicePrincipals.byResourceIdentifier(tenant.id, identifier)
  const application = servicePrincipal && (await parts.applications.byAppId(servicePrincipal.appId))
  if (!application) throw entraError('resourceNotFound', { resource: identifier, tenant: tenant.displayName })
  return { application, servicePrincipalId: servicePrincipal.id }
}

/** Microsoft Graph, and every API of the registration's list that the tenant has. */
async function listedApis(
  { requiredResourceAccess }: Application,
  tenant: Tenant,
  parts: LoginParts,
): Promise<readonly ResourceInTenant[]> {
  const appIds = new Set([
    firstPartyAppIds.microsoftGraph,
    ...requiredResourceAccess.map(({ resourceAppId }) => resourceAppId),
  ])
  const found = [...appIds].map(async (appId): Promise<readonly ResourceInTenant[]> => {
    const [servicePrincipal, application] = await Promise.all([
      parts.servicePrincipals.byAppId(tenant.id, appId),
      parts.applications.byAppId(appId),
    ])
    return servicePrincipal && application ? [{ application, servicePrincipalId: servicePrincipal.id }] : []
  })
  return (await Promise.all(found)).flat()
}
