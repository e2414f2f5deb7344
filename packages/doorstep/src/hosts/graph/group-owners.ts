import { decidedAgain } from '../../directory/decided-again.ts'
import { foundGroup, groupToChange } from './addressed-group.ts'
import { type GraphAnswer, type GraphCall, nothing, requiredParam } from './call.ts'
import { requestBadRequest, resourceNotFound } from './errors.ts'
import { alreadyReferenced } from './group-members.ts'
import { requiredGuid } from './object-key.ts'
import { type ListedObjects, objectCount, objectList } from './object-list.ts'
import { referencedId } from './object-reference.ts'
import { foundPrincipal } from './principals.ts'

const mostOwners = 100

type OwnerKind = 'user' | 'servicePrincipal'

/** `GET /groups/{id}/owners`, of one kind only when the path has a cast. */
export function listGroupOwners(kind?: OwnerKind) {
  return async (call: GraphCall): Promise<GraphAnswer> => objectList(call, await ownersOf(kind, call))
}

/** `GET /groups/{id}/owners/$count` and the like: a number as text. */
export function countGroupOwners(kind?: OwnerKind) {
  return async (call: GraphCall): Promise<GraphAnswer> => objectCount(call, await ownersOf(kind, call))
}

async function ownersOf(kind: OwnerKind | undefined, call: GraphCall): Promise<ListedObjects> {
  return { ids: (await foundGroup(call)).owners, kinds: kind ? [kind] : ['user', 'servicePrincipal'] }
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
