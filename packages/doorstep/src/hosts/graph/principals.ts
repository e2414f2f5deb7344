import type { Group } from '../../directory/group.ts'
import type { ServicePrincipal } from '../../directory/service-principal.ts'
import type { User } from '../../directory/user.ts'
import type { GraphCall } from './call.ts'
import { resourceNotFound } from './errors.ts'

/** Who can belong to a group, own one or hold a role. */
export type Principal =
  | { readonly type: 'User'; readonly object: User }
  | { readonly type: 'Group'; readonly object: Group }
  | { readonly type: 'ServicePrincipal'; readonly object: ServicePrincipal }

/** The principal with this id in the caller's tenant. @throws {GraphError} 404 */
export async function foundPrincipal(id: string, call: GraphCall): Promise<Principal> {
  const { parts, caller } = call
  const [user, group, servicePrincipal] = await Promise.all([
    parts.users.byId(id),
    parts.groups.byId(id),
    parts.servicePrincipals.byId(id),
  ])
  if (user?.tenantId === caller.tenantId) return { type: 'User', object: user }
  if (group?.tenantId === caller.tenantId) return { type: 'Group', object: group }
  if (servicePrincipal?.tenantId === caller.tenantId) return { type: 'ServicePrincipal', object: servicePrincipal }
  throw resourceNotFound(id)
}
