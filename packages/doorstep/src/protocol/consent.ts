import { createHash } from 'node:crypto'
import type { Application } from '../directory/application.ts'
import { mayConsentForAll } from '../directory/consent-administrators.ts'
import { firstPartyAppIds, microsoftServicesTenantId } from '../directory/first-party-ids.ts'
import type { PermissionGrant } from '../directory/permission.ts'
import type { Tenant } from '../directory/tenant.ts'
import type { Prompt } from './authorization-request.ts'
import { entraError } from './errors.ts'
import { consentedScopes, holdsFor, mayReadUser, type ResourceInTenant } from './granted-scopes.ts'
import { type ConsentPermission, delegatedPermission, listedPermissions, withoutRepeats } from './listed-permissions.ts'
import { needsPreAuthorization } from './pre-authorization.ts'
import type { OpenIdScope } from './requested-scopes.ts'

/** One API of a request, found in the tenant. */
export interface AskedResource {
  readonly resource: ResourceInTenant
  /** As the request wrote it. */
  readonly identifier: string
  readonly scopes: readonly string[] | 'default'
}

/** All that consent is decided on. */
export interface ConsentSituation {
  readonly application: Application
  /** Object id of the application's service principal in the tenant. */
  readonly servicePrincipalId: string
  readonly tenant: Pick<Tenant, 'usersCanConsent' | 'displayName'>
  readonly user: {
    /** Object id in the tenant. */
    readonly id: string
    /** Template ids of his directory roles there. */
    readonly directoryRoleIds: readonly string[]
  }
  readonly openId: ReadonlySet<OpenIdScope>
  readonly asked: readonly AskedResource[]
  /** Microsoft Graph, and the APIs that the registration lists and the tenant has. */
  readonly apis: readonly ResourceInTenant[]
  /** Display names of APIs that the registration lists and the tenant does not have. */
  readonly absentApis: readonly string[]
  /** APIs among those asked for that know the client as theirs (`knownClientApplications`), with what they call. */
  readonly nextHops: readonly NextHop[]
  /** All recorded consent of the client. */
  readonly permissionGrants: readonly PermissionGrant[]
  /** Undefined, whatever the request says, once the person has answered the page: `consent` asks again and again. */
  readonly prompt: Prompt | undefined
  /** The setting of the local cloud: `auto` asks nobody. */
  readonly consent: 'ask' | 'auto'
}

/** An API that calls others for its users, and is consented to together with its client. */
export interface NextHop {
  readonly api: ResourceInTenant
  /** Microsoft Graph, and the APIs that the API's registration lists and the tenant has. */
  readonly apis: readonly ResourceInTenant[]
  /** All recorded consent of the API as a client. */
  readonly permissionGrants: readonly PermissionGrant[]
}

/** For whom an answer counts: the person, the person or (his choice) everybody, or everybody. */
export type ConsentReach = 'user' | 'userOrOrganization' | 'organization'

export type ConsentDecision =
  /** `unrecorded` counts as consented without a page and is to be recorded; empty unless consent is `auto`. */
  | { readonly kind: 'granted'; readonly unrecorded: readonly ConsentPermission[] }
  | {
      readonly kind: 'ask'
      readonly permissions: readonly ConsentPermission[]
      readonly grantsFor: ConsentReach
    }
  /** Nothing the person could answer; 90094 where the client hears of it. */
  | { readonly kind: 'adminNeeded'; readonly permissions: readonly ConsentPermission[] }

/**
 * Whether the person who signed in must be asked, and what ("Permissions and consent overview"). Named scopes are
 * asked for as they come; `.default` only while nothing is granted at its API, then for all that the registration
 * lists. The first consent brings what every sign-in needs with it.
 * @throws {EntraError} 650053 for a scope the API does not have, 650057 for `.default` of an API that is not listed,
 * 650052 for a listed API that the tenant does not have, 65001 when consent is missing and prompt=none, 65002 when
 * nobody could give it, 90093 when prompt=admin_consent comes from no administrator.
 */
export function decideConsent(situation: ConsentSituation): ConsentDecision {
  const { prompt, consent, application } = situation
  const { appId, displayName: name } = application
  const isAdministrator = mayConsentForAll(situation.user.directoryRoleIds)
  if (prompt === 'admin_consent') {
    if (situation.asked.every(({ scopes }) => scopes === 'default')) refuseAbsentApis(situation)
    return askForOrganization(situation)
  }
  const wanted = withoutRepeats([...openIdPermissions(situation), ...askedPermissions(situation)])
  const missing = prompt === 'consent' && consent === 'ask' ? wanted : withoutConsented(wanted, situation)
  if (missing.length === 0) return { kind: 'granted', unrecorded: [] }
  const permissions = withoutRepeats([...firstConsent(situation), ...missing])
  if (consent === 'auto') return { kind: 'granted', unrecorded: permissions }
  const impossible = missing.find(({ resourceAppId }) => needsPreAuthorization(application, resourceAppId))
  if (impossible) {
    throw entraError('preAuthorizationRequired', { appId, resourceAppId: impossible.resourceAppId })
  }
  if (prompt === 'none') throw entraError('silentConsentRequired', { appId, name })
  if (isAdministrator) return { kind: 'ask', permissions, grantsFor: 'userOrOrganization' }
  const needsAdministrator = missing.some((permission) => permission.needsAdministrator)
  if (needsAdministrator || !situation.tenant.usersCanConsent) return { kind: 'adminNeeded', permissions }
  return { kind: 'ask', permissions, grantsFor: 'user' }
}

/**
 * What a consent page shows to whom, in one text: two pages that ask for the same have the same. By client ids, since
 * service principals that consent will make have no lasting object id yet.
 */
export function consentFingerprint(
  userId: string,
  decision: Exclude<ConsentDecision, { readonly kind: 'granted' }>,
): string {
  const reach = decision.kind === 'ask' ? decision.grantsFor : ''
  const permissions = decision.permissions.map(
    ({ holder, resourceAppId, id }) => `${holder?.appId ?? ''} ${resourceAppId} ${id}`,
  )
  const text = [userId, decision.kind, reach, ...permissions.toSorted()].join('\n')
  return createHash('sha256').update(text).digest('base64url')
}

/** An administrator is asked for everybody: for what is named, else for everything the registration lists. */
function askForOrganization(situation: ConsentSituation): ConsentDecision {
  const { application, apis, user, asked } = situation
  const named = askedPermissions(situation)
  const isNamed = asked.length > 0 && asked.every(({ scopes }) => scopes !== 'default')
  const listed = isNamed ? [] : listedPermissions(application, apis, ['delegated', 'application'])
  const wanted = [...listed, ...named]
  if (!mayConsentForAll(user.directoryRoleIds, wanted)) throw entraError('administratorOnly')
  const permissions = withoutRepeats([...baseline(situation), ...openIdPermissions(situation), ...wanted])
  return { kind: 'ask', permissions, grantsFor: 'organization' }
}

/**
 * OpenID Connect scopes are delegated permissions of Microsoft Graph that a first consent brings along. A client that
 * holds any consent is not asked about again for them alone: clients of an application that an administrator has
 * consented to add them to each request. Microsoft's own clients hold them anyway.
 */
function openIdPermissions(situation: ConsentSituation): readonly ConsentPermission[] {
  const { application, permissionGrants, user, prompt } = situation
  const isKnown = permissionGrants.some((grant) => holdsFor(grant, user.id))
  if (application.tenantId === microsoftServicesTenantId || (isKnown && prompt !== 'consent')) return []
  return graphPermissions(situation, [...situation.openId])
}

/** What every application gets with its first consent. */
function baseline(situation: ConsentSituation): readonly ConsentPermission[] {
  return graphPermissions(situation, ['User.Read', 'openid', 'profile', 'offline_access'])
}

function firstConsent(situation: ConsentSituation): readonly ConsentPermission[] {
  const graph = graphOf(situation)
  if (graph && consentedAt(graph, situation).length > 0) return []
  return baseline(situation)
}

function graphOf({ apis }: ConsentSituation): ResourceInTenant | undefined {
  return apis.find(({ application }) => application.appId === firstPartyAppIds.microsoftGraph)
}

function graphPermissions(situation: ConsentSituation, values: readonly string[]): readonly ConsentPermission[] {
  const graph = graphOf(situation)
  if (!graph) return []
  const scopes = graph.application.api.oauth2PermissionScopes.filter(({ value }) => values.includes(value))
  return scopes.map((scope) => delegatedPermission(graph, scope))
}

function consentedAt(resource: ResourceInTenant, situation: ConsentSituation) {
  const { application, servicePrincipalId, user, permissionGrants } = situation
  const client = { appId: application.appId, servicePrincipalId }
  return consentedScopes({ client, resource, userId: user.id, permissionGrants })
}

function askedPermissions(situation: ConsentSituation): readonly ConsentPermission[] {
  return situation.asked.flatMap((asked) =>
    asked.scopes === 'default'
      ? everythingListed(asked, situation)
      : asked.scopes.map((scope) => namedPermission(scope, asked.resource, situation)),
  )
}

function namedPermission(
  name: string,
  resource: ResourceInTenant,
  { application }: ConsentSituation,
): ConsentPermission {
  const { api, appId: resourceAppId } = resource.application
  const scope = api.oauth2PermissionScopes.find(
    ({ value, isEnabled }) => isEnabled && value.toLowerCase() === name.toLowerCase(),
  )
  if (!scope) throw entraError('scopeNotFound', { name: application.displayName, scope: name, resourceAppId })
  return delegatedPermission(resource, scope)
}

/**
 * What `.default` asks a person for. An application that asks for itself needs no scope of its own: that it may sign
 * the user in and read him is enough.
 */
function everythingListed(asked: AskedResource, situation: ConsentSituation): readonly ConsentPermission[] {
  const { application, apis, prompt, permissionGrants, user } = situation
  const { application: api } = asked.resource
  const isItself = api.appId === application.appId
  const isGranted = isItself
    ? mayReadUser(permissionGrants, user.id)
    : consentedAt(asked.resource, situation).length > 0
  if (isGranted && prompt !== 'consent') return []
  refuseAbsentApis(situation)
  const listed = [...listedPermissions(application, apis, ['delegated']), ...nextHopPermissions(asked, situation)]
  if (isItself || api.appId === firstPartyAppIds.microsoftGraph) return [...baseline(situation), ...listed]
  if (!isGranted && !application.requiredResourceAccess.some(({ resourceAppId }) => resourceAppId === api.appId)) {
    throw entraError('resourceNotListed', {
      appId: application.appId,
      name: application.displayName,
      resource: asked.identifier,
      resourceAppId: api.appId,
      listed: application.requiredResourceAccess.map(({ resourceAppId }) => resourceAppId).join(', '),
    })
  }
  return listed
}

/** @throws {EntraError} 650052 */
function refuseAbsentApis({ absentApis, tenant }: ConsentSituation): void {
  const [service] = absentApis
  if (service !== undefined) throw entraError('serviceNotEnabled', { service, organization: tenant.displayName })
}

/** What the API itself calls for its users, when it knows the client: one page asks for both hops. */
function nextHopPermissions(
  { resource }: AskedResource,
  { nextHops, user }: ConsentSituation,
): readonly ConsentPermission[] {
  const hop = nextHops.find(({ api }) => api.servicePrincipalId === resource.servicePrincipalId)
  if (!hop) return []
  const { api, apis, permissionGrants } = hop
  const client = { appId: api.application.appId, servicePrincipalId: api.servicePrincipalId }
  const holder = { appId: api.application.appId, servicePrincipalId: api.servicePrincipalId, permissionGrants }
  const held = (resourceId: string) => {
    const called = apis.find(({ servicePrincipalId }) => servicePrincipalId === resourceId)
    return called ? consentedScopes({ client, resource: called, userId: user.id, permissionGrants }) : []
  }
  return listedPermissions(api.application, apis, ['delegated'])
    .filter(({ resourceId, id }) => held(resourceId).every((scope) => scope.id !== id))
    .map((permission) => ({ ...permission, holder }))
}

function withoutConsented(
  wanted: readonly ConsentPermission[],
  situation: ConsentSituation,
): readonly ConsentPermission[] {
  const resources = [...situation.apis, ...situation.asked.map(({ resource }) => resource)]
  const consented = new Set(
    resources.flatMap((resource) =>
      consentedAt(resource, situation).map(({ id }) => `${resource.servicePrincipalId} ${id}`),
    ),
  )
  return wanted.filter(({ resourceId, id, holder }) => holder || !consented.has(`${resourceId} ${id}`))
}
