import type { Application } from '../../directory/application.ts'
import type { DirectoryChange } from '../../directory/changes.ts'
import { decidedAgain } from '../../directory/decided-again.ts'
import type { ServicePrincipal } from '../../directory/service-principal.ts'
import { applicationToChange, foundApplication } from './applications.ts'
import { type GraphAnswer, type GraphCall, nothing, requiredParam } from './call.ts'
import { requestBadRequest, resourceNotFound } from './errors.ts'
import { requiredGuid } from './object-key.ts'
import { type ListedObjects, objectCount, objectList } from './object-list.ts'
import { referencedId } from './object-reference.ts'
import { foundServicePrincipal, servicePrincipalToChange } from './service-principals.ts'

/** What can have owners, and how they are changed. */
export interface Owned<Item extends Application | ServicePrincipal> {
  readonly find: (call: GraphCall) => Promise<Item>
  readonly findToChange: (call: GraphCall) => Promise<Item>
  readonly changed: (item: Item, owners: readonly string[]) => DirectoryChange
}

export const ownedApplication: Owned<Application> = {
  find: foundApplication,
  findToChange: applicationToChange,
  changed: (application, owners) => ({ change: 'updateApplication', application: { ...application, owners } }),
}
export const ownedServicePrincipal: Owned<ServicePrincipal> = {
  find: foundServicePrincipal,
  findToChange: servicePrincipalToChange,
  changed: (item, owners) => ({ change: 'updateServicePrincipal', servicePrincipal: { ...item, owners } }),
}

type OwnerKind = 'user' | 'servicePrincipal'

/** `GET …/owners`, of one kind only when the path has a cast. Owners that were deleted are not shown. */
export function listOwners<Item extends Application | ServicePrincipal>(owned: Owned<Item>, kind?: OwnerKind) {
  return async (call: GraphCall): Promise<GraphAnswer> => objectList(call, await ownersOf(owned, kind, call))
}

/** `GET …/owners/$count` and the like: a number as text. */
export function countOwners<Item extends Application | ServicePrincipal>(owned: Owned<Item>, kind?: OwnerKind) {
  return async (call: GraphCall): Promise<GraphAnswer> => objectCount(call, await ownersOf(owned, kind, call))
}

async function ownersOf<Item extends Application | ServicePrincipal>(
  { find }: Owned<Item>,
  kind: OwnerKind | undefined,
  call: GraphCall,
): Promise<ListedObjects> {
  return { ids: (await find(call)).owners, kinds: kind ? [kind] : ['user', 'servicePrincipal'] }
}

/** `POST …/owners/$ref`: a user or service principal of this tenant. */
export function addOwner<Item extends Application | ServicePrincipal>({ findToChange, changed }: Owned<Item>) {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    const id = referencedId(call.body)
    await decidedAgain(async () => {
      const item = await findToChange(call)
      await requireOwnerKind(id, call)
      if (item.owners.includes(id)) throw alreadyOwner()
      await call.parts.commit([changed(item, [...item.owners, id])])
    })
    return nothing
  }
}

/** `DELETE …/owners/{id}/$ref`: the last one too, as on the platform. */
export function removeOwner<Item extends Application | ServicePrincipal>({ findToChange, changed }: Owned<Item>) {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    const id = requiredGuid(requiredParam(call, 'id'))
    await decidedAgain(async () => {
      const item = await findToChange(call)
      if (!item.owners.includes(id)) throw resourceNotFound(id)
      await call.parts.commit([
        changed(
          item,
          item.owners.filter((owner) => owner !== id),
        ),
      ])
    })
    return nothing
  }
}

/** Of this tenant's objects only users and service principals can own. @throws {GraphError} 404, 400 */
async function requireOwnerKind(id: string, { parts, caller }: GraphCall): Promise<void> {
  const isHere = (found: { readonly tenantId: string } | undefined) => found?.tenantId === caller.tenantId
  if (isHere(await parts.users.byId(id)) || isHere(await parts.servicePrincipals.byId(id))) return
  const type = isHere(await parts.groups.byId(id))
    ? 'Group'
    : isHere(await parts.applications.byId(id))
      ? 'Application'
      : undefined
  if (type === undefined) throw resourceNotFound(id)
  throw requestBadRequest(
    `The reference target '${type}_${id}' of type '${type}' is invalid for the 'owners' reference.`,
  )
}

function alreadyOwner() {
  return requestBadRequest(
    "One or more added object references already exist for the following modified properties: 'owners'.",
  )
}
