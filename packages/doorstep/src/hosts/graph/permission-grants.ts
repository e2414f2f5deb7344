import { z } from 'zod'
import { AlreadyExists } from '../../directory/changes.ts'
import { decidedAgain } from '../../directory/decided-again.ts'
import type { PermissionGrant } from '../../directory/permission.ts'
import { permissionGrantId } from '../../directory/permission-id.ts'
import { firstProblem } from '../../directory/property-problem.ts'
import type { Filter } from '../../directory/query.ts'
import { addressedUser } from './addressed-user.ts'
import { type Entity, type GraphAnswer, type GraphCall, nothing, requiredParam } from './call.ts'
import { directoryList, filterOf } from './directory-list.ts'
import { alreadyTaken, requestBadRequest, resourceNotFound } from './errors.ts'
import { parseOpaqueId, requiredGuid } from './object-key.ts'
import type { EntityType } from './odata/known-properties.ts'
import { ownedList } from './owned-list.ts'
import { propertyRefusal } from './parsed-properties.ts'
import { foundServicePrincipal } from './service-principals.ts'

const resource = 'OAuth2PermissionGrant'

const grantType: EntityType = {
  name: 'oAuth2PermissionGrant',
  collection: 'oauth2PermissionGrants',
  properties: ['clientId', 'consentType', 'id', 'principalId', 'resourceId', 'scope'],
}

/** `GET /oauth2PermissionGrants`, of the whole tenant; of one client or user the few that there are. */
export async function listPermissionGrants(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, grantType)
  const clientId = filter && wantedId(filter, 'clientId')
  const principalId = filter && wantedId(filter, 'principalId')
  if (clientId === undefined && principalId === undefined) {
    return directoryList(call, grantType, call.parts.permissionGrants, async (grant) => grantEntity(grant))
  }
  const grants = await (clientId === undefined
    ? grantsOfUser(requiredGuid(principalId ?? ''), call)
    : grantsOfClient(requiredGuid(clientId), call))
  return ownedList(call, grantType, grantType.collection, grants, filter)
}

/** The id that every grant of the answer has in a property, when the filter is of a form that says so. */
function wantedId(filter: Filter, property: string): string | undefined {
  if (filter.kind === 'and') return wantedId(filter.left, property) ?? wantedId(filter.right, property)
  const isEquality = filter.kind === 'compare' && filter.operator === 'eq' && filter.property === property
  return isEquality && typeof filter.value === 'string' ? filter.value : undefined
}

/** `GET /users/{id}/oauth2PermissionGrants` and `GET /me/oauth2PermissionGrants`: consent for this user alone. */
export async function listGrantsOfUser(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, grantType)
  const { id } = await addressedUser(call)
  return ownedList(call, grantType, grantType.collection, await grantsOfUser(id, call), filter)
}

/** `GET /servicePrincipals/{id}/oauth2PermissionGrants` */
export async function listGrantsOfServicePrincipal(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, grantType)
  const { id } = await foundServicePrincipal(call)
  return ownedList(call, grantType, grantType.collection, await grantsOfClient(id, call), filter)
}

/** `GET /oauth2PermissionGrants/{id}` */
export async function getPermissionGrant(call: GraphCall): Promise<GraphAnswer> {
  const entity = grantEntity(await foundGrant(call))
  return { kind: 'entity', context: 'oauth2PermissionGrants/$entity', entity }
}

/** `POST /oauth2PermissionGrants`: consent to delegated permissions, for one user or for everybody. */
export async function createPermissionGrant(call: GraphCall): Promise<GraphAnswer> {
  const { parts, caller } = call
  const wanted = parseGrant(call.body)
  await requireServicePrincipal(wanted.clientId, 'clientId', call)
  await requireServicePrincipal(wanted.resourceId, 'resourceId', call)
  if (wanted.principalId !== null) await requireUser(wanted.principalId, call)
  const id = permissionGrantId(wanted.clientId, wanted.resourceId, wanted.principalId)
  const grant: PermissionGrant = { ...wanted, id, tenantId: caller.tenantId }
  try {
    await parts.commit([{ change: 'createPermissionGrant', grant }])
  } catch (error) {
    throw error instanceof AlreadyExists ? alreadyTaken('id', 'Permission entry already exists.') : error
  }
  return { kind: 'entity', context: 'oauth2PermissionGrants/$entity', entity: grantEntity(grant), created: '' }
}

/** `PATCH /oauth2PermissionGrants/{id}`: replaces the scopes. */
export async function updatePermissionGrant(call: GraphCall): Promise<GraphAnswer> {
  const parsed = z.strictObject({ scope: scopeText.optional() }).safeParse(call.body)
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), resource)
  await decidedAgain(async () => {
    const before = await foundGrant(call)
    await call.parts.commit([{ change: 'updatePermissionGrant', grant: { ...before, ...parsed.data }, before }])
  })
  return nothing
}

/** `DELETE /oauth2PermissionGrants/{id}` */
export async function deletePermissionGrant(call: GraphCall): Promise<GraphAnswer> {
  const { id } = await foundGrant(call)
  await call.parts.commit([{ change: 'deletePermissionGrant', id }])
  return nothing
}

async function foundGrant(call: GraphCall): Promise<PermissionGrant> {
  const id = parseOpaqueId(requiredParam(call, 'id'))
  const grant = await call.parts.permissionGrants.byId(id)
  if (grant?.tenantId !== call.caller.tenantId) throw resourceNotFound(id)
  return grant
}

async function grantsOfClient(clientId: string, call: GraphCall): Promise<readonly Entity[]> {
  return grantsHere(await call.parts.permissionGrants.byClient(clientId), call)
}

async function grantsOfUser(userId: string, call: GraphCall): Promise<readonly Entity[]> {
  return grantsHere(await call.parts.permissionGrants.byPrincipal(userId), call)
}

function grantsHere(grants: readonly PermissionGrant[], { caller }: GraphCall): readonly Entity[] {
  return grants.filter(({ tenantId }) => tenantId === caller.tenantId).map(grantEntity)
}

/** Blanks around and between the scopes are tolerated. */
const scopeText = z
  .string()
  .max(3850, 'Expected at most 3850 characters')
  .transform((scope) => scope.trim().split(/\s+/).join(' '))

const legacyDate = z.string().nullish()

function parseGrant(body: unknown): Omit<PermissionGrant, 'id' | 'tenantId'> {
  const guid = z.guid({ error: 'Expected the object id (a GUID) of a service principal' }).toLowerCase()
  const parsed = z
    .strictObject({
      clientId: guid,
      consentType: z.enum(['AllPrincipals', 'Principal']),
      principalId: z.guid({ error: 'Expected the object id of a user' }).toLowerCase().nullish(),
      resourceId: guid,
      scope: scopeText.nullish(),
      startTime: legacyDate,
      expiryTime: legacyDate,
    })
    .safeParse(body)
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), resource)
  const { clientId, consentType, resourceId, scope, principalId = null } = parsed.data
  if ((consentType === 'Principal') !== (principalId !== null)) {
    const message = `With consentType '${consentType}' it must ${consentType === 'Principal' ? 'name a user' : 'be null'}.`
    throw propertyRefusal({ path: 'principalId', kind: 'invalid', message }, resource)
  }
  return { clientId, consentType, principalId, resourceId, scope: scope ?? '' }
}

/** These fields hold object ids whatever their names say: an appId is the commonest mistake. */
async function requireServicePrincipal(id: string, path: string, { parts, caller }: GraphCall): Promise<void> {
  const found = await parts.servicePrincipals.byId(id)
  if (found?.tenantId === caller.tenantId) return
  const isAppId = await parts.servicePrincipals.byAppId(caller.tenantId, id)
  const hint = isAppId ? ` It is an appId; the object id is '${isAppId.id}'.` : ''
  throw requestBadRequest(`The ${path} '${id}' is not the object id of a service principal in this tenant.${hint}`)
}

async function requireUser(id: string, { parts, caller }: GraphCall): Promise<void> {
  const user = await parts.users.byId(id)
  if (user?.tenantId === caller.tenantId) return
  throw requestBadRequest(`The principalId '${id}' is not the object id of a user in this tenant.`)
}

function grantEntity({ clientId, consentType, id, principalId, resourceId, scope }: PermissionGrant): Entity {
  return { clientId, consentType, id, principalId, resourceId, scope }
}
