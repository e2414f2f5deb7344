import type { Application } from '../../../directory/application.ts'
import type { DirectoryChange } from '../../../directory/changes.ts'
import { isGuid } from '../../../directory/guid.ts'
import { personalAccountsTenantId } from '../../../directory/personal-accounts.ts'
import {
  foldedIdentifier,
  newServicePrincipal,
  type ServicePrincipal,
  servicePrincipalNames,
} from '../../../directory/service-principal.ts'
import type { Tenant } from '../../../directory/tenant.ts'
import type { AuthorizationRequest } from '../../../protocol/authorization-request.ts'
import { entraError } from '../../../protocol/errors.ts'
import type { ResourceInTenant } from '../../../protocol/granted-scopes.ts'
import { canBeIn, refuseVersion } from '../../../protocol/sign-in-audience.ts'
import type { LoginParts } from '../login-parts.ts'

/** The client in the tenant, made when an application for several tenants is used here for the first time. */
export interface Presence {
  readonly servicePrincipal: ServicePrincipal
  /** To be written with whatever the sign-in leads to. */
  readonly changes: readonly DirectoryChange[]
  /** What `changes` makes, as APIs: no store knows them yet. */
  readonly made: readonly ResourceInTenant[]
}

export interface Arriving {
  readonly application: Application
  readonly tenant: Tenant
  readonly request: Pick<AuthorizationRequest, 'endpoint' | 'requested'>
}

/**
 * The application's service principal in the tenant, with those of the APIs that come with it where they are missing:
 * APIs that know it as their client, and with personal accounts, who have no administrator, all that it lists or asks
 * for.
 * @throws {EntraError} 90027 over v1.0 for personal accounts, 7000112 when the application is disabled in the tenant.
 */
export async function presenceOf(arriving: Arriving, parts: LoginParts): Promise<Presence> {
  const { application, tenant, request } = arriving
  refuseVersion(request.endpoint, tenant.id)
  const known = await parts.servicePrincipals.byAppId(tenant.id, application.appId)
  if (known?.accountEnabled === false) {
    throw entraError('applicationDisabled', { appId: application.appId, name: application.displayName })
  }
  const companions = await missingCompanions(arriving, parts)
  const arrivals = (known ? companions : [application, ...companions]).map((arrival) => madeIn(tenant, arrival, parts))
  return {
    servicePrincipal: known ?? madeFor(application, arrivals),
    changes: arrivals.map(({ servicePrincipal }) => ({ change: 'createServicePrincipal', servicePrincipal })),
    made: arrivals.map((arrival) => ({
      application: arrival.application,
      servicePrincipalId: arrival.servicePrincipal.id,
    })),
  }
}

interface Arrival {
  readonly application: Application
  readonly servicePrincipal: ServicePrincipal
}

function madeIn(tenant: Tenant, application: Application, { clock, newId }: LoginParts): Arrival {
  const createdDateTime = new Date(clock.now()).toISOString()
  const identity = { id: newId(), tenantId: tenant.id, createdDateTime }
  return { application, servicePrincipal: newServicePrincipal(application, identity) }
}

function madeFor({ appId }: Application, arrivals: readonly Arrival[]): ServicePrincipal {
  const found = arrivals.find(({ application }) => application.appId === appId)
  if (!found) throw new Error('A service principal is either there or made.')
  return found.servicePrincipal
}

async function missingCompanions(arriving: Arriving, parts: LoginParts): Promise<readonly Application[]> {
  const { application, tenant, request } = arriving
  const listed = application.requiredResourceAccess.map(({ resourceAppId }) => resourceAppId)
  const asked = request.requested.resources.map(({ identifier }) => identifier)
  const found = await Promise.all([...new Set([...listed, ...asked])].map((name) => foreignApi(name, arriving, parts)))
  const byAppId = new Map(found.flatMap((api) => (api ? [[api.appId, api] as const] : [])))
  const missing = [...byAppId.values()].map(async (api) => {
    const isThere = (await parts.servicePrincipals.byAppId(tenant.id, api.appId)) !== undefined
    return isThere ? [] : [api]
  })
  return (await Promise.all(missing)).flat()
}

/** An API that is named by client id or identifier URI and may come to the tenant with the application. */
async function foreignApi(
  name: string,
  { application, tenant }: Arriving,
  parts: LoginParts,
): Promise<Application | undefined> {
  const api = isGuid(name)
    ? await parts.applications.byAppId(name.toLowerCase())
    : await apiOfSameHome(name, application, parts)
  if (!api || api.appId === application.appId || api.tenantId === tenant.id || !canBeIn(api, tenant.id))
    return undefined
  const isKnown = api.api.knownClientApplications.includes(application.appId)
  return isKnown || tenant.id === personalAccountsTenantId ? api : undefined
}

async function apiOfSameHome(
  identifierUri: string,
  { tenantId }: Application,
  { applications, servicePrincipals }: LoginParts,
): Promise<Application | undefined> {
  const atHome = await servicePrincipals.byResourceIdentifier(tenantId, identifierUri)
  return atHome && applications.byAppId(atHome.appId)
}

/** The API of `made` that answers to a resource identifier. */
export function madeApi({ made }: Pick<Presence, 'made'>, identifier: string): ResourceInTenant | undefined {
  const wanted = foldedIdentifier(identifier)
  return made.find(({ application }) =>
    servicePrincipalNames(application).some((name) => foldedIdentifier(name) === wanted),
  )
}
