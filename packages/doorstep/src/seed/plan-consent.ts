import type { Application, RequiredResourceAccess } from '../directory/application.ts'
import type { DirectoryChange } from '../directory/changes.ts'
import { appRoleAssignmentId, permissionGrantId } from '../directory/permission-id.ts'
import { newServicePrincipal, type ServicePrincipal } from '../directory/service-principal.ts'
import type { IdentifiedTenant } from './identities.ts'
import type { PlannedApplication } from './plan-applications.ts'
import type { Planning } from './plan-parts.ts'

export interface ConsentPlan {
  readonly changes: readonly DirectoryChange[]
  readonly notices: readonly string[]
}

/**
 * An administrator's consent, for the whole tenant, to what each application with `adminConsent` lists: delegated
 * permissions become a permission grant per API, application permissions an app role assignment each. An API of
 * another tenant gets its service principal here, as by consent in Entra.
 */
export async function planConsent(
  planned: readonly PlannedApplication[],
  firstParty: readonly Application[],
  planning: Planning,
): Promise<ConsentPlan> {
  const apis = new Map([...firstParty, ...planned.map(({ application }) => application)].map((api) => [api.appId, api]))
  const changes: DirectoryChange[] = []
  const notices: string[] = []
  const presences = presencesOf(planned, planning)
  for (const client of planned.filter(({ form }) => form.adminConsent)) {
    for (const access of client.application.requiredResourceAccess) {
      const api = apis.get(access.resourceAppId)
      if (!api) {
        const { displayName } = client.application
        notices.push(
          `${displayName} asks for permissions of the API ${access.resourceAppId}, which is not here: no consent is recorded for it.`,
        )
        continue
      }
      const resource = await presences(client.tenant, api)
      changes.push(...resource.changes)
      changes.push(...(await grantChanges(client, api, access, resource.id, planning)))
      changes.push(...(await roleChanges(client, access, resource.id, planning)))
    }
  }
  return { changes, notices }
}

interface Presence {
  readonly id: string
  readonly changes: readonly DirectoryChange[]
}

/** Finds an API's service principal in a tenant; where there is none the first one to ask gets the change that adds it. */
function presencesOf(planned: readonly PlannedApplication[], { reads, parts, now }: Planning) {
  const added = new Map<string, ServicePrincipal>()
  return async ({ tenant, made }: IdentifiedTenant, api: Application): Promise<Presence> => {
    const own = planned.find(({ application }) => application.appId === api.appId && application.tenantId === tenant.id)
    const known =
      own?.servicePrincipal.id ??
      made?.servicePrincipals.find(({ appId }) => appId === api.appId)?.id ??
      added.get(`${tenant.id} ${api.appId}`)?.id ??
      (made ? undefined : (await reads.servicePrincipals.byAppId(tenant.id, api.appId))?.id)
    if (known !== undefined) return { id: known, changes: [] }
    const identity = { id: parts.newId(), tenantId: tenant.id, createdDateTime: now }
    const servicePrincipal = newServicePrincipal(api, identity)
    added.set(`${tenant.id} ${api.appId}`, servicePrincipal)
    return { id: servicePrincipal.id, changes: [{ change: 'createServicePrincipal', servicePrincipal }] }
  }
}

async function grantChanges(
  { servicePrincipal, tenant }: PlannedApplication,
  { api }: Application,
  { resourceAccess }: RequiredResourceAccess,
  resourceId: string,
  { reads }: Planning,
): Promise<readonly DirectoryChange[]> {
  const wanted = api.oauth2PermissionScopes
    .filter(({ id }) => resourceAccess.some((access) => access.type === 'Scope' && access.id === id))
    .map(({ value }) => value)
  if (wanted.length === 0) return []
  const recorded = servicePrincipal.kept ? await reads.permissionGrants.byClient(servicePrincipal.id) : []
  const before = recorded.find((grant) => grant.resourceId === resourceId && grant.consentType === 'AllPrincipals')
  const had = before?.scope.split(' ').filter((value) => value !== '') ?? []
  const missing = wanted.filter((value) => !had.includes(value))
  if (missing.length === 0) return []
  const scope = [...had, ...missing].join(' ')
  if (before) return [{ change: 'updatePermissionGrant', grant: { ...before, scope }, before }]
  const grant = {
    id: permissionGrantId(servicePrincipal.id, resourceId, null),
    tenantId: tenant.tenant.id,
    clientId: servicePrincipal.id,
    consentType: 'AllPrincipals' as const,
    principalId: null,
    resourceId,
    scope,
  }
  return [{ change: 'createPermissionGrant', grant }]
}

async function roleChanges(
  { servicePrincipal, tenant }: PlannedApplication,
  { resourceAccess }: RequiredResourceAccess,
  resourceId: string,
  { reads, parts, now }: Planning,
): Promise<readonly DirectoryChange[]> {
  const wanted = resourceAccess.filter(({ type }) => type === 'Role')
  if (wanted.length === 0) return []
  const held = servicePrincipal.kept ? await reads.appRoleAssignments.byPrincipal(servicePrincipal.id) : []
  return wanted
    .filter(({ id }) => !held.some(({ appRoleId, resourceId: of }) => appRoleId === id && of === resourceId))
    .map(({ id }) => ({
      change: 'createAppRoleAssignment' as const,
      assignment: {
        id: appRoleAssignmentId(servicePrincipal.id, parts.newId()),
        tenantId: tenant.tenant.id,
        appRoleId: id,
        principalId: servicePrincipal.id,
        principalType: 'ServicePrincipal' as const,
        resourceId,
        createdDateTime: now,
      },
    }))
}
