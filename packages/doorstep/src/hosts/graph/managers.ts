import { decidedAgain } from '../../directory/decided-again.ts'
import { addressedUser } from './addressed-user.ts'
import { type GraphAnswer, type GraphCall, nothing } from './call.ts'
import { directoryObjects, directoryObjectType } from './directory-objects.ts'
import { requestBadRequest, resourceNotFound } from './errors.ts'
import { type ListedObjects, objectCount, objectList } from './object-list.ts'
import { referencedId } from './object-reference.ts'
import { foundPrincipal } from './principals.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

/** `GET …/manager`: 404 when the user has none. */
export async function getManager(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, directoryObjectType)
  const { managerId } = await addressedUser(call)
  const found = await directoryObjects(managerId === null ? [] : [managerId], call, { kinds: ['user'], selected })
  const [manager] = found.values()
  if (!manager) throw resourceNotFound('manager')
  const context = `${collectionContext('directoryObjects', selected)}/$entity`
  return { kind: 'entity', context, entity: projection(manager, selected) }
}

/** `PUT /users/{id}/manager/$ref` */
export async function setManager(call: GraphCall): Promise<GraphAnswer> {
  const id = referencedId(call.body)
  await addressedUser(call)
  const { type, object } = await foundPrincipal(id, call)
  if (type !== 'User') throw requestBadRequest(`A ${type} cannot be a manager; expected a user.`)
  return changeManager(object.id, call)
}

/** `DELETE /users/{id}/manager/$ref` */
export function removeManager(call: GraphCall): Promise<GraphAnswer> {
  return changeManager(null, call)
}

/** `GET …/directReports` */
export async function listDirectReports(call: GraphCall): Promise<GraphAnswer> {
  return objectList(call, await reportsOf(call))
}

/** `GET …/directReports/$count`: a number as text. */
export async function countDirectReports(call: GraphCall): Promise<GraphAnswer> {
  return objectCount(call, await reportsOf(call))
}

async function reportsOf(call: GraphCall): Promise<ListedObjects> {
  const { id } = await addressedUser(call)
  const reports = await call.parts.users.byManager(id)
  return { ids: reports.map((user) => user.id), kinds: ['user'] }
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
