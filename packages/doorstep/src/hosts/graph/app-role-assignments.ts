import { z } from 'zod'
import type { Application } from '../../directory/application.ts'
import { AlreadyExists } from '../../directory/changes.ts'
import { reservedApplicationProblem } from '../../directory/indispensable-applications.ts'
import type { AppRoleAssignment } from '../../directory/permission.ts'
import { appRoleAssignmentId } from '../../directory/permission-id.ts'
import { firstProblem } from '../../directory/property-problem.ts'
import type { ServicePrincipal } from '../../directory/service-principal.ts'
import { mayAssignAppRole } from '../../rbac/directory-roles.ts'
import { foundGroup } from './addressed-group.ts'
import { addressedUser } from './addressed-user.ts'
import { assignmentEntities, assignmentType, principalsNamed } from './app-role-assignment-representation.ts'
import { type GraphAnswer, type GraphCall, nothing, requiredParam } from './call.ts'
import { filterOf } from './directory-list.ts'
import { insufficientPrivileges, requestBadRequest, resourceNotFound } from './errors.ts'
import { parseOpaqueId } from './object-key.ts'
import { ownedList } from './owned-list.ts'
import { propertyRefusal } from './parsed-properties.ts'
import { foundServicePrincipal } from './service-principals.ts'

const resource = 'AppRoleAssignment'
const defaultAccess = '00000000-0000-0000-0000-000000000000'

/** From where assignments are seen: what a principal holds, or who holds roles of an API. */
export interface AssignmentPlace {
  readonly collection: 'users' | 'groups' | 'servicePrincipals'
  readonly side: 'appRoleAssignments' | 'appRoleAssignedTo'
  /** The object that the path names. */
  readonly find: (call: GraphCall) => Promise<{ readonly id: string }>
}

const heldByPrincipal = 'appRoleAssignments'
export const heldByUser: AssignmentPlace = { collection: 'users', side: heldByPrincipal, find: addressedUser }
export const heldByGroup: AssignmentPlace = { collection: 'groups', side: heldByPrincipal, find: foundGroup }
const ofServicePrincipal = { collection: 'servicePrincipals', find: foundServicePrincipal } as const
export const heldByServicePrincipal: AssignmentPlace = { ...ofServicePrincipal, side: heldByPrincipal }
export const rolesOfServicePrincipal: AssignmentPlace = { ...ofServicePrincipal, side: 'appRoleAssignedTo' }

/** `GET …/appRoleAssignments` and `…/appRoleAssignedTo` */
export function listAppRoleAssignments(place: AssignmentPlace) {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    const filter = filterOf(call.query.filter, assignmentType)
    const { id } = await place.find(call)
    const kept = await assignmentsAt(place, id, call)
    const entities = await assignmentEntities(kept, 'read', call)
    return ownedList(call, assignmentType, contextOf(id, place), entities, filter)
  }
}

/** A user is shown what his groups hold too, as far as he is a direct member of them. */
async function assignmentsAt({ collection, side }: AssignmentPlace, id: string, { parts }: GraphCall) {
  const { appRoleAssignments, groups } = parts
  if (side === 'appRoleAssignedTo') return appRoleAssignments.byResource(id)
  const principals = collection === 'users' ? [id, ...(await groups.directGroupsOf(id))] : [id]
  return (await Promise.all(principals.map((principal) => appRoleAssignments.byPrincipal(principal)))).flat()
}

/** `POST` on either side: for a service principal this is admin consent to an application permission. */
export function createAppRoleAssignment(place: AssignmentPlace) {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    const wanted = parseAssignment(call.body)
    const addressed = await place.find(call)
    requireAddressed(wanted, addressed, place)
    const principalType = await principalTypeOf(wanted.principalId, call)
    const api = await apiOf(wanted.resourceId, call)
    requireRight(principalType, api, call)
    await requireRole(wanted.appRoleId, api, principalType, call)
    const { parts, caller, now } = call
    if (await isAssigned(wanted, call)) throw alreadyAssigned()
    const id = appRoleAssignmentId(wanted.principalId, parts.newId())
    const assignment = { ...wanted, id, principalType, tenantId: caller.tenantId, createdDateTime: now }
    try {
      await parts.commit([{ change: 'createAppRoleAssignment', assignment }])
    } catch (error) {
      throw error instanceof AlreadyExists ? alreadyAssigned() : error
    }
    const [entity = {}] = await assignmentEntities([assignment], 'created', call)
    return { kind: 'entity', context: `${contextOf(addressed.id, place)}/$entity`, entity, created: '' }
  }
}

/** `DELETE` on either side */
export function deleteAppRoleAssignment(place: AssignmentPlace) {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    const { id: addressed } = await place.find(call)
    const id = parseOpaqueId(requiredParam(call, 'id'))
    const assignment = await call.parts.appRoleAssignments.byId(id)
    const end = place.side === 'appRoleAssignments' ? assignment?.principalId : assignment?.resourceId
    if (end !== addressed || assignment?.tenantId !== call.caller.tenantId) throw resourceNotFound(id)
    requireRight(assignment.principalType, await call.parts.servicePrincipals.byId(assignment.resourceId), call)
    await requireChangeable(assignment.principalId, call)
    await call.parts.commit([{ change: 'deleteAppRoleAssignment', id }])
    return nothing
  }
}

/** @throws {GraphError} 403 for the permissions of the application by which the local cloud is administered */
async function requireChangeable(principalId: string, { parts }: GraphCall): Promise<void> {
  const principal = await parts.servicePrincipals.byId(principalId)
  const problem = principal && reservedApplicationProblem(principal.appId)
  if (problem) throw insufficientPrivileges(problem)
}

type WantedAssignment = Pick<AppRoleAssignment, 'principalId' | 'resourceId' | 'appRoleId'>

function parseAssignment(body: unknown): WantedAssignment {
  const guid = z.guid({ error: 'Expected a GUID' }).toLowerCase()
  const parsed = z.strictObject({ principalId: guid, resourceId: guid, appRoleId: guid }).safeParse(body)
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), resource)
  return parsed.data
}

/** One end of the assignment is in the path already; the body must not name another. */
function requireAddressed(wanted: WantedAssignment, { id }: { readonly id: string }, place: AssignmentPlace): void {
  const path = place.side === 'appRoleAssignments' ? 'principalId' : 'resourceId'
  if (wanted[path] === id) return
  const message = `It is '${wanted[path]}', but the address names '${id}'; expected the same.`
  throw propertyRefusal({ path, kind: 'invalid', message }, resource)
}

async function principalTypeOf(id: string, call: GraphCall): Promise<AppRoleAssignment['principalType']> {
  const found = (await principalsNamed([id], call)).get(id)
  if (found) return found.type
  throw requestBadRequest(
    `Not a valid reference update. The principalId '${id}' is no user, group or service principal of this tenant.`,
  )
}

async function apiOf(resourceId: string, { parts, caller }: GraphCall): Promise<ServicePrincipal> {
  const api = await parts.servicePrincipals.byId(resourceId)
  if (api?.tenantId === caller.tenantId) return api
  throw requestBadRequest(`Not a valid reference update. The resourceId '${resourceId}' is no service principal here.`)
}

/** The permission of an application is enough; else it needs the directory role that a user needs. @throws {GraphError} 403 */
function requireRight(
  principalType: AppRoleAssignment['principalType'],
  api: ServicePrincipal | undefined,
  { isPermitted, directoryRoleIds, caller }: GraphCall,
): void {
  if (isPermitted) return
  const role = {
    principalType,
    resourceAppId: api?.appId ?? '',
    ownsResource: caller.kind === 'user' && (api?.owners.includes(caller.objectId) ?? false),
  }
  if (!mayAssignAppRole({ directoryRoleIds }, role)) throw insufficientPrivileges()
}

async function requireRole(
  appRoleId: string,
  api: ServicePrincipal,
  principalType: AppRoleAssignment['principalType'],
  { parts }: GraphCall,
): Promise<void> {
  const application = await parts.applications.byAppId(api.appId)
  if (roleIsOffered(appRoleId, application, principalType === 'ServicePrincipal' ? 'Application' : 'User')) return
  const found = `Permission being assigned was not found on application '${api.appId}'`
  throw requestBadRequest(`Not a valid reference update. ${found}, or is disabled, or is not for ${principalType}s.`)
}

/** The all-zero id gives access to an API that declares no role for this kind of member. */
function roleIsOffered(appRoleId: string, application: Application | undefined, member: 'User' | 'Application') {
  const offered = (application?.appRoles ?? []).filter(
    ({ isEnabled, allowedMemberTypes }) => isEnabled && allowedMemberTypes.includes(member),
  )
  return appRoleId === defaultAccess ? offered.length === 0 : offered.some(({ id }) => id === appRoleId)
}

async function isAssigned(wanted: WantedAssignment, { parts }: GraphCall): Promise<boolean> {
  const held = await parts.appRoleAssignments.byPrincipal(wanted.principalId)
  return held.some(({ resourceId, appRoleId }) => resourceId === wanted.resourceId && appRoleId === wanted.appRoleId)
}

function alreadyAssigned() {
  return requestBadRequest('Permission being assigned already exists on the object')
}

function contextOf(id: string, { collection, side }: AssignmentPlace): string {
  return `${collection}('${id}')/${side}`
}
