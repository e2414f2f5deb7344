import { type Application, newApplication } from '../../directory/application.ts'
import {
  changedApplication,
  parseApplicationProperties,
  parseApplicationPropertiesPatch,
} from '../../directory/application-properties.ts'
import { applicationProblem } from '../../directory/application-rules.ts'
import type { DirectoryChange } from '../../directory/changes.ts'
import { decidedAgain } from '../../directory/decided-again.ts'
import { reservedApplicationProblem } from '../../directory/indispensable-applications.ts'
import { isRecord } from '../../directory/property-problem.ts'
import { defaultDomain } from '../../directory/tenant.ts'
import { applicationEntity, applicationType } from './application-representation.ts'
import { type GraphAnswer, type GraphCall, nothing, requiredParam, requireOwnership } from './call.ts'
import { callAs } from './call-as.ts'
import { directoryCount, directoryList } from './directory-list.ts'
import { insufficientPrivileges, resourceNotFound } from './errors.ts'
import { expansionOf, withExpansion } from './expanded.ts'
import { requireValidKeys, withCertificateDetails } from './key-credentials.ts'
import { type ObjectKey, parseObjectKey } from './object-key.ts'
import { callersTenant } from './organization.ts'
import { propertyRefusal, requireProperties } from './parsed-properties.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

const resource = 'Application'

/** `GET /applications` */
export function listApplications(call: GraphCall): Promise<GraphAnswer> {
  return directoryList(call, applicationType, call.parts.applications, async (application, selected) => {
    const withSecrets = !selected || selected.includes('passwordCredentials')
    const credentials = withSecrets ? await call.parts.passwordCredentials.byOwner(application.id) : []
    return applicationEntity(application, { credentials, precision: 'read', withKeys: false })
  })
}

/** `GET /applications/$count` */
export function countApplications(call: GraphCall): Promise<GraphAnswer> {
  return directoryCount(call, applicationType, call.parts.applications)
}

/** `GET /applications/{id}` */
export async function getApplication(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, applicationType)
  const expansion = expansionOf(call, applicationType)
  const application = await foundApplication(call)
  const credentials = await call.parts.passwordCredentials.byOwner(application.id)
  const withKeys = selected?.includes('keyCredentials') ?? false
  const entity = projection(applicationEntity(application, { credentials, precision: 'read', withKeys }), selected)
  return {
    kind: 'entity',
    context: `${collectionContext('applications', selected, expansion)}/$entity`,
    entity: await withExpansion(entity, application, expansion),
  }
}

/** `POST /applications`: the caller becomes its owner, which is what `Application.ReadWrite.OwnedBy` goes by. */
export async function createApplication(call: GraphCall): Promise<GraphAnswer> {
  return register(call, call.body)
}

async function register(call: GraphCall, sent: unknown): Promise<GraphAnswer> {
  const { parts, caller, now } = call
  const body = withCertificateDetails(sent, [], parts.newId)
  const properties = requireProperties(parseApplicationProperties(body), resource)
  const tenant = await callersTenant(call)
  requireValidKeys(properties.keyCredentials ?? [], [], call, resource)
  const application = newApplication(
    { ...properties, owners: [caller.objectId], createdBy: caller.objectId },
    {
      id: parts.newId(),
      appId: parts.newId(),
      tenantId: tenant.id,
      publisherDomain: defaultDomain(tenant),
      createdDateTime: now,
    },
  )
  const problem = applicationProblem(application, { tenant })
  if (problem) throw propertyRefusal(problem, resource)
  await parts.commit([{ change: 'createApplication', application }])
  return {
    kind: 'entity',
    context: 'applications/$entity',
    entity: applicationEntity(application, { credentials: [], precision: 'created', withKeys: false }),
    created: resource,
  }
}

/**
 * `PATCH /applications/{id}`. With a unique name and `Prefer: create-if-missing` it makes the application that is not
 * there ("Create or update application").
 */
export async function updateApplication(call: GraphCall): Promise<GraphAnswer> {
  const key = parseObjectKey(requiredParam(call, 'key'))
  if (key.by === 'uniqueName' && call.createIfMissing && !(await applicationBy(key, call))) {
    const body = isRecord(call.body) ? call.body : {}
    return register(callAs('createApplication', call), { ...body, uniqueName: key.value })
  }
  const tenant = await callersTenant(call)
  return decidedAgain(async () => {
    const before = await applicationToChange(call)
    const body = withCertificateDetails(call.body, before.keyCredentials, call.parts.newId)
    const after = changedApplication(before, requireProperties(parseApplicationPropertiesPatch(body), resource))
    const problem = applicationProblem(after, { tenant, before })
    if (problem) throw propertyRefusal(problem, resource)
    requireValidKeys(after.keyCredentials, before.keyCredentials, call, resource)
    await call.parts.commit([
      { change: 'updateApplication', application: after },
      ...(await presenceFollowing(before, after, call)),
    ])
    return nothing
  })
}

/** `DELETE /applications/{id}`: soft, and its service principal in the home tenant goes with it. */
export async function deleteApplication(call: GraphCall): Promise<GraphAnswer> {
  const { id } = await applicationToChange(call)
  await call.parts.commit([{ change: 'deleteApplication', id, deletedDateTime: call.now }])
  return nothing
}

/** The application that the path names, in the caller's tenant. @throws {GraphError} 404 */
export async function foundApplication(call: GraphCall): Promise<Application> {
  const key = parseObjectKey(requiredParam(call, 'key'))
  const application = await applicationBy(key, call)
  if (application?.tenantId !== call.caller.tenantId) throw resourceNotFound(key.value)
  return application
}

function applicationBy({ by, value }: ObjectKey, { parts, caller }: GraphCall): Promise<Application | undefined> {
  const { applications } = parts
  if (by === 'uniqueName') return applications.byUniqueName(caller.tenantId, value)
  return by === 'id' ? applications.byId(value) : applications.byAppId(value)
}

/** The same, when the caller may change it. @throws {GraphError} 404, 403 */
export async function applicationToChange(call: GraphCall): Promise<Application> {
  const application = await foundApplication(call)
  requireOwnership(call, application.owners)
  const problem = reservedApplicationProblem(application.appId)
  if (problem) throw insufficientPrivileges(problem)
  return application
}

/** The service principal in the home tenant bears the application's name and home page for as long as they agree. */
async function presenceFollowing(
  before: Application,
  after: Application,
  { parts }: GraphCall,
): Promise<readonly DirectoryChange[]> {
  const renamed = before.displayName !== after.displayName
  const moved = before.web.homePageUrl !== after.web.homePageUrl
  if (!renamed && !moved) return []
  const presence = await parts.servicePrincipals.byAppId(before.tenantId, before.appId)
  if (!presence) return []
  const displayName = presence.displayName === before.displayName ? after.displayName : presence.displayName
  const homepage = presence.homepage === before.web.homePageUrl ? after.web.homePageUrl : presence.homepage
  if (displayName === presence.displayName && homepage === presence.homepage) return []
  return [{ change: 'updateServicePrincipal', servicePrincipal: { ...presence, displayName, homepage } }]
}
