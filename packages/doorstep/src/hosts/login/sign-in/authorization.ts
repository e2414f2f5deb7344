import type { Application } from '../../../directory/application.ts'
import { firstPartyAppIds } from '../../../directory/first-party-ids.ts'
import type { Tenant } from '../../../directory/tenant.ts'
import type { User } from '../../../directory/user.ts'
import { type AskedResource, type ConsentDecision, decideConsent, type NextHop } from '../../../protocol/consent.ts'
import { entraError } from '../../../protocol/errors.ts'
import type { ResourceInTenant } from '../../../protocol/granted-scopes.ts'
import { assignmentsAt } from '../../../protocol/grants/memberships.ts'
import { refuseSelfByIdentifierUri } from '../../../protocol/grants/resource.ts'
import { firstResource } from '../../../protocol/requested-scopes.ts'
import { refuseUnassignedUser } from '../../../protocol/user-assignment.ts'
import type { LoginParts } from '../login-parts.ts'
import { madeApi, type Presence } from './presence.ts'
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

/** @throws {EntraError} 50105 when the application demands assignment and the user has none. */
export async function refuseWithoutAssignment(
  { user }: Asking,
  { servicePrincipal }: Presence,
  parts: LoginParts,
): Promise<void> {
  if (!servicePrincipal.appRoleAssignmentRequired) return
  const directGroupIds = await parts.groups.directGroupsOf(user.id)
  const assignments = await assignmentsAt(servicePrincipal, user, directGroupIds, parts)
  refuseUnassignedUser(servicePrincipal, user, assignments, directGroupIds)
}

/**
 * What consent says of this request. @throws {EntraError} 500011 for an unknown API, 90009 when a v1.0 request names
 * the application itself by its identifier URI, else as `decideConsent` says.
 */
export async function consentFor(asking: Asking, presence: Presence, parts: LoginParts): Promise<ConsentDecision> {
  const { servicePrincipal } = presence
  const { application, tenant, user, request, consentAnswered } = asking
  const [directoryRoles, permissionGrants, settings] = await Promise.all([
    parts.directoryRoles.heldBy(tenant.id, user.id),
    parts.permissionGrants.byClient(servicePrincipal.id),
    parts.settings.read(),
  ])
  const asked = await Promise.all(
    askedResources(request).map(async ({ identifier, scopes }) => ({
      identifier,
      scopes,
      resource: await resourceNamed(identifier, tenant, presence, parts),
    })),
  )
  for (const { identifier, resource } of asked) {
    refuseSelfByIdentifierUri(request.endpoint, { application }, { application: resource.application, identifier })
  }
  const listed = await listedApis(application, tenant, presence, parts)
  return decideConsent({
    application,
    servicePrincipalId: servicePrincipal.id,
    tenant,
    user: { id: user.id, directoryRoleIds: directoryRoles.map(({ roleTemplateId }) => roleTemplateId) },
    openId: request.requested.openId,
    asked,
    apis: listed.present,
    absentApis: listed.absent,
    nextHops: await nextHops(application, asked, tenant, presence, parts),
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

async function resourceNamed(
  identifier: string,
  tenant: Tenant,
  presence: Presence,
  parts: LoginParts,
): Promise<ResourceInTenant> {
  const made = madeApi(presence, identifier)
  if (made) return made
  const servicePrincipal = await parts.servicePrincipals.byResourceIdentifier(tenant.id, identifier)
  const application = servicePrincipal && (await parts.applications.byAppId(servicePrincipal.appId))
  if (!application) throw entraError('resourceNotFound', { resource: identifier, tenant: tenant.displayName })
  return { application, servicePrincipalId: servicePrincipal.id }
}

interface ListedApis {
  /** Microsoft Graph, and every API of the registration's list that the tenant has. */
  readonly present: readonly ResourceInTenant[]
  /** Display names of the others. An API that nobody has registered here counts as none. */
  readonly absent: readonly string[]
}

async function listedApis(
  { requiredResourceAccess }: Application,
  tenant: Tenant,
  presence: Presence,
  parts: LoginParts,
): Promise<ListedApis> {
  const appIds = new Set([
    firstPartyAppIds.microsoftGraph,
    ...requiredResourceAccess.map(({ resourceAppId }) => resourceAppId),
  ])
  const found = await Promise.all(
    [...appIds].map(async (appId) => ({
      application: await parts.applications.byAppId(appId),
      servicePrincipalId:
        (await parts.servicePrincipals.byAppId(tenant.id, appId))?.id ?? madeApi(presence, appId)?.servicePrincipalId,
    })),
  )
  return {
    present: found.flatMap(({ application, servicePrincipalId }) =>
      application && servicePrincipalId !== undefined ? [{ application, servicePrincipalId }] : [],
    ),
    absent: found.flatMap(({ application, servicePrincipalId }) =>
      application && servicePrincipalId === undefined ? [application.displayName] : [],
    ),
  }
}

/** What the APIs call that are asked for whole and know the client as theirs. */
async function nextHops(
  { appId }: Application,
  asked: readonly AskedResource[],
  tenant: Tenant,
  presence: Presence,
  parts: LoginParts,
): Promise<readonly NextHop[]> {
  const apis = asked
    .filter(({ scopes }) => scopes === 'default')
    .map(({ resource }) => resource)
    .filter(({ application }) => application.api.knownClientApplications.includes(appId))
  return Promise.all(
    apis.map(async (api) => ({
      api,
      apis: (await listedApis(api.application, tenant, presence, parts)).present,
      permissionGrants: await parts.permissionGrants.byClient(api.servicePrincipalId),
    })),
  )
}
