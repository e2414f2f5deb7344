import { decidedAgain } from '../../directory/decided-again.ts'
import { addressedUser } from './addressed-user.ts'
import { type GraphAnswer, type GraphCall, nothing } from './call.ts'
import { filterOf } from './directory-list.ts'
import { directoryObjectType, userObject } from './directory-objects.ts'
import { requestBadRequest, resourceNotFound } from './errors.ts'
import { referencedId } from './object-reference.ts'
import { ownedList } from './owned-list.ts'
import { foundPrincipal } from './principals.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

/** `GET …/manager`: 404 when the user has none. */
export async function getManager(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, directoryObjectType)
  const { managerId } = await addressedUser(call)
  const manager = managerId === null ? undefined : await call.parts.users.byId(managerId)
  if (!manager) throw resourceNotFound('manager')
  const context = `${collectionContext('directoryObjects', selected)}/$entity`
  return { kind: 'entity', context, entity: projection(userObject(manager), selected) }
}

/** `PUT /users/{id}/manager/$ref` */
export async function setManager(call: GraphCall): Promise<GraphAnswer> {
  const { type, object } = await foundPrincipal(referencedId(call.body), call)
  if (type !== 'User') throw requestBadRequest(`A ${type} cannot be a manager; expected a user.`)
  return changeManager(object.id, call)
}

/** `DELETE /users/{id}/manager/$ref` */
export function removeManager(call: GraphCall): Promise<GraphAnswer> {
  return changeManager(null, call)
}

/** `GET …/directReports` */
export async function listDirectReports(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, directoryObjectType)
  const { id, tenantId } = await addressedUser(call)
  const reports = (await call.parts.users.byManager(id)).filter((user) => user.tenantId === tenantId)
  return ownedList(
    call,
    directoryObjectType,
    'directoryObjects',
    reports.map((user) => userObject(user)),
    filter,
  )
}

function changeManager(managerId: string | null, call: GraphCall): Promise<GraphAnswer> {
  return decidedAgain(async () => {
    const user = await addressedUser(call)
    if (user.id === managerId) throw requestBadRequest('A user cannot be his own manager.')
    if (managerId === null && user.managerId === null) throw resourceNotFound('manager')
    await call.parts.commit([{ change: 'updateUser', user: { ...user, managerId } }])
    return nothing
  })
}
