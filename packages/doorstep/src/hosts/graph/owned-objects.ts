import type { OwnedObject } from '../../directory/owned-object.ts'
import { addressedUser } from './addressed-user.ts'
import type { GraphAnswer, GraphCall } from './call.ts'
import { directoryObjects, directoryObjectType, inOrder } from './directory-objects.ts'
import { unsupportedQuery } from './errors.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'
import { foundServicePrincipal } from './service-principals.ts'

interface OwnedObjects {
  readonly of: 'user' | 'servicePrincipal'
  readonly relation: 'owners' | 'createdBy'
  /** The cast at the end of the path. */
  readonly kind?: OwnedObject['kind']
}

/** `GET …/ownedObjects` and `…/createdObjects` of a user, of `/me` and of a service principal, page by page. */
export function listOwnedObjects({ of, relation, kind }: OwnedObjects) {
  return async (call: GraphCall): Promise<GraphAnswer> => {
    const { query, parts, caller } = call
    if (query.filter !== undefined) {
      throw unsupportedQuery("'$filter' is not supported for this resource; end the path with a cast for one kind.")
    }
    const selected = selectedProperties(query.select, directoryObjectType)
    const principal = await (of === 'user' ? addressedUser(call) : foundServicePrincipal(call))
    const page = await parts.ownedObjects.list({
      tenantId: caller.tenantId,
      principalId: principal.id,
      relation,
      kind,
      top: query.top,
      after: query.after,
    })
    const ids = page.items.map(({ object }) => object.id)
    const found = await directoryObjects(ids, call, { kinds: ['application', 'servicePrincipal'] })
    return {
      kind: 'collection',
      context: collectionContext(kind === undefined ? 'directoryObjects' : `${kind}s`, selected),
      value: inOrder(ids, found).map((entity) => projection(entity, selected)),
      count: undefined,
      nextLink: page.next === undefined ? undefined : call.nextLink(page.next),
    }
  }
}
