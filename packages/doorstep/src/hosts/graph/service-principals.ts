import type { Application } from '../../directory/application.ts'
import { AlreadyExists } from '../../directory/changes.ts'
import { decidedAgain } from '../../directory/decided-again.ts'
import {
  deletionProblem,
  disablementProblem,
  reservedApplicationProblem,
} from '../../directory/indispensable-applications.ts'
import { isRecord } from '../../directory/property-problem.ts'
import { newServicePrincipal, type ServicePrincipal } from '../../directory/service-principal.ts'
import {
  parseServicePrincipalProperties,
  parseServicePrincipalPropertiesPatch,
  withoutMirroredUrls,
} from '../../directory/service-principal-properties.ts'
import { type GraphAnswer, type GraphCall, nothing, requiredParam, requireOwnership } from './call.ts'
import { callAs } from './call-as.ts'
import { directoryCount, directoryList } from './directory-list.ts'
import { alreadyTaken, type GraphError, insufficientPrivileges, requestBadRequest, resourceNotFound } from './errors.ts'
import { expansionOf, withExpansion } from './expanded.ts'
import { requireValidKeys, withCertificateDetails } from './key-credentials.ts'
import { parseObjectKey, requireIdOrAppId } from './object-key.ts'
import { requireProperties } from './parsed-properties.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'
import { replyUrls, servicePrincipalEntity, servicePrincipalType } from './service-principal-representation.ts'

const resource = 'ServicePrincipal'

/** `GET /servicePrincipals` */
export function listServicePrincipals(call: GraphCall): Promise<GraphAnswer> {
  return directoryList(call, servicePrincipalType, call.parts.servicePrincipals, (item) =>
    readEntity(item, call, false),
  )
}

/** `GET /servicePrincipals/$count` */
export function countServicePrincipals(call: GraphCall): Promise<GraphAnswer> {
  return directoryCount(call, servicePrincipalType, call.parts.servicePrincipals)
}

/** `GET /servicePrincipals/{id}` */
export async function getServicePrincipal(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, servicePrincipalType)
  const expansion = expansionOf(call, servicePrincipalType)
  const servicePrincipal = await foundServicePrincipal(call)
  const withKeys = selected?.includes('keyCredentials') ?? false
  const entity = projection(await readEntity(servicePrincipal, call, withKeys), selected)
  return {
    kind: 'entity',
    context: `${collectionContext('servicePrincipals', selected, expansion)}/$entity`,
    entity: await withExpansion(entity, servicePrincipal, expansion),
  }
}

/** `POST /servicePrincipals`: brings an application into the caller's tenant. */
export function createServicePrincipal(call: GraphCall): Promise<GraphAnswer> {
  return bringIn(call, call.body)
}

async function bringIn(call: GraphCall, sent: unknown): Promise<GraphAnswer> {
  const { parts, caller, now } = call
  const wanted =
    isRecord(sent) && typeof sent.appId === 'string' ? await parts.applications.byAppId(sent.appId) : undefined
  const body = withCertificateDetails(withoutMirroredUrls(sent, mirroredUrls(wanted)), [], parts.newId)
  const { appId, properties } = requireProperties(parseServicePrincipalProperties(body), resource)
  const application = await applicationFor(appId, call)
  requireValidKeys(properties.keyCredentials ?? [], [], call, resource)
  if (await parts.servicePrincipals.byAppId(caller.tenantId, appId)) throw nameInUse(appId)
  const servicePrincipal = newServicePrincipal(
    application,
    { id: parts.newId(), tenantId: caller.tenantId, createdDateTime: now },
    { ...properties, owners: [caller.objectId], createdBy: caller.objectId },
  )
  try {
    await parts.commit([{ change: 'createServicePrincipal', servicePrincipal }])
  } catch (error) {
    throw error instanceof AlreadyExists ? nameInUse(appId) : error
  }
  return {
    kind: 'entity',
    context: 'servicePrincipals/$entity',
    entity: servicePrincipalEntity(servicePrincipal, { application, credentials: [], precision: 'created' }),
    created: resource,
  }
}

/** `PATCH /servicePrincipals/{id}`. With a client id and `Prefer: create-if-missing` it makes what is not there. */
export async function updateServicePrincipal(call: GraphCall): Promise<GraphAnswer> {
  const { parts, caller } = call
  const key = parseObjectKey(requiredParam(call, 'key'))
  if (
    key.by === 'appId' &&
    call.createIfMissing &&
    !(await parts.servicePrincipals.byAppId(caller.tenantId, key.value))
  ) {
    const body = isRecord(call.body) ? call.body : {}
    return bringIn(callAs('createServicePrincipal', call), { ...body, appId: key.value })
  }
  return decidedAgain(async () => {
    const before = await servicePrincipalToChange(call)
    const application = await parts.applications.byAppId(before.appId)
    const sent = withoutMirroredUrls(call.body, mirroredUrls(application))
    const body = withCertificateDetails(sent, before.keyCredentials, parts.newId)
    const patch = requireProperties(parseServicePrincipalPropertiesPatch(body), resource)
    const servicePrincipal = { ...before, ...patch }
    if (!servicePrincipal.accountEnabled) refuseFor(disablementProblem(before))
    requireValidKeys(servicePrincipal.keyCredentials, before.keyCredentials, call, resource)
    await parts.commit([{ change: 'updateServicePrincipal', servicePrincipal }])
    return nothing
  })
}

function mirroredUrls(application: Application | undefined): readonly string[] {
  return application ? replyUrls(application) : []
}

/** `DELETE /servicePrincipals/{id}`: soft; the application stays. */
export async function deleteServicePrincipal(call: GraphCall): Promise<GraphAnswer> {
  const servicePrincipal = await servicePrincipalToChange(call)
  refuseFor(deletionProblem(servicePrincipal))
  const { id } = servicePrincipal
  await call.parts.commit([{ change: 'deleteServicePrincipal', id, deletedDateTime: call.now }])
  return nothing
}

/** The service principal that the path names, in the caller's tenant. @throws {GraphError} 404 */
export async function foundServicePrincipal(call: GraphCall): Promise<ServicePrincipal> {
  const key = requireIdOrAppId(parseObjectKey(requiredParam(call, 'key')))
  const { servicePrincipals } = call.parts
  const { tenantId } = call.caller
  const found = await (key.by === 'id'
    ? servicePrincipals.byId(key.value)
    : servicePrincipals.byAppId(tenantId, key.value))
  if (found?.tenantId !== tenantId) throw resourceNotFound(key.value)
  return found
}

/** The same, when the caller may change it. @throws {GraphError} 404, 403 */
export async function servicePrincipalToChange(call: GraphCall): Promise<ServicePrincipal> {
  const servicePrincipal = await foundServicePrincipal(call)
  requireOwnership(call, servicePrincipal.owners)
  refuseFor(reservedApplicationProblem(servicePrincipal.appId))
  return servicePrincipal
}

/** @throws {GraphError} 403 when there is a problem */
function refuseFor(problem: string | undefined): void {
  if (problem) throw insufficientPrivileges(problem)
}

/** The application to be brought in: one of this tenant, or one that other tenants may use. */
async function applicationFor(appId: string, call: GraphCall): Promise<Application> {
  const { parts, caller, reach } = call
  const application = await parts.applications.byAppId(appId)
  // A user brings in what he registered; an application with OwnedBy, anything of its tenant.
  if (caller.kind === 'user' && application) requireOwnership(call, application.owners)
  const isLocal = application?.tenantId === caller.tenantId
  // Azure CLI repeats the request when it reads this phrase, which is what the real platform sends.
  if (reach === 'owned' && application && !isLocal) {
    const rule = 'the backing application of the service principal being created must in the local tenant'
    throw insufficientPrivileges(`When using this permission, ${rule}`)
  }
  if (application && (isLocal || application.signInAudience !== 'AzureADMyOrg')) return application
  throw requestBadRequest(
    `The appId '${appId}' of the service principal does not reference a valid application object.`,
  )
}

/** Another service principal of the same application is there. */
export function nameInUse(appId: string): GraphError {
  const rule = 'The service principal cannot be created, updated, or restored because the service principal name'
  return alreadyTaken('servicePrincipalNames', `${rule} ${appId} is already in use.`)
}

async function readEntity(servicePrincipal: ServicePrincipal, { parts }: GraphCall, withKeys: boolean) {
  const [application, credentials] = await Promise.all([
    parts.applications.byAppId(servicePrincipal.appId),
    parts.passwordCredentials.byOwner(servicePrincipal.id),
  ])
  return servicePrincipalEntity(servicePrincipal, { application, credentials, precision: 'read', withKeys })
}
