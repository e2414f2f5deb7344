import { decidedAgain } from '../../directory/decided-again.ts'
import { foundGroup, groupToChange } from './addressed-group.ts'
import { type GraphAnswer, type GraphCall, nothing, requiredParam } from './call.ts'
import { filterOf } from './directory-list.ts'
import { directoryObjectType } from './directory-objects.ts'
import { requestBadRequest, resourceNotFound } from './errors.ts'
import { alreadyReferenced } from './group-members.ts'
import { requiredGuid } from './object-key.ts'
import { referencedId } from './object-reference.ts'
import { ownedList } from './owned-list.ts'
import { foundPrincipal, principalEntities } from './principals.ts'

const mostOwners = 100

/** `GET /groups/{id}/owners` */
export async function listGroupOwners(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, directoryObjectType)
  const { owners } = await foundGroup(call)
  const entities = await Promise.all(owners.map((id) => ownerEntities(id, call)))
  return ownedList(call, directoryObjectType, 'directoryObjects', entities.flat(), filter)
}

/** `POST /groups/{id}/owners/$ref` */
export async function addGroupOwner(call: GraphCall): Promise<GraphAnswer> {
  const [ownerId = ''] = await ownersToAdd([referencedId(call.body)], call)
  return decidedAgain(async () => {
    const group = await groupToChange(call)
    if (group.owners.includes(ownerId)) throw alreadyReferenced('owners')
    if (group.owners.length >= mostOwners) throw requestBadRequest(`A group has at most ${mostOwners} owners.`)
    await call.parts.commit([{ change: 'updateGroup', group: { ...group, owners: [...group.owners, ownerId] } }])
    return nothing
  })
}

/** `DELETE /groups/{id}/owners/{id}/$ref`: the last owner who is a user stays. */
export async function removeGroupOwner(call: GraphCall): Promise<GraphAnswer> {
  const ownerId = requiredGuid(requiredParam(call, 'id'))
  return decidedAgain(async () => {
    const group = await groupToChange(call)
    if (!group.owners.includes(ownerId)) throw resourceNotFound(ownerId)
    const owners = group.owners.filter((id) => id !== ownerId)
    if ((await isUser(ownerId, call)) && !(await someUser(owners, call))) {
      throw requestBadRequest('The group must have at least one owner, hence this owner cannot be removed.')
    }
    await call.parts.commit([{ change: 'updateGroup', group: { ...group, owners } }])
    return nothing
  })
}

/** The ids of objects that can own a group. @throws {GraphError} 404 when there is none, 400 for a group */
export async function ownersToAdd(ids: readonly string[], call: GraphCall): Promise<readonly string[]> {
  return Promise.all(
    ids.map(async (id) => {
      const { type, object } = await foundPrincipal(id, call)
      if (type === 'Group') throw requestBadRequest('A group cannot own a group; expected a user or service principal.')
      return object.id
    }),
  )
}

async function isUser(id: string, { parts }: GraphCall): Promise<boolean> {
  return (await parts.users.byId(id)) !== undefined
}

async function someUser(ids: readonly string[], call: GraphCall): Promise<boolean> {
  return (await Promise.all(ids.map((id) => isUser(id, call)))).includes(true)
}

async function ownerEntities(id: string, call: GraphCall) {
  const user = await principalEntities({ id, type: 'User' }, call)
  return user.length > 0 ? user : principalEntities({ id, type: 'ServicePrincipal' }, call)
}
