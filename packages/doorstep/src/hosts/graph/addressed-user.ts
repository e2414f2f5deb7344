import { isGuid } from '../../directory/guid.ts'
import type { User } from '../../directory/user.ts'
import type { GraphCall } from './call.ts'
import { badRequest, insufficientPrivileges, resourceNotFound } from './errors.ts'

/**
 * The user that the path names, in the caller's tenant: `/users/{id or user principal name}`, or `/me`.
 * @throws {GraphError} 404; 400 for `/me` of an application; 403 for another when the caller may see only himself
 */
export async function addressedUser(call: GraphCall): Promise<User> {
  const { key } = call.params
  const user = await (key === undefined ? ownAccount(call) : userNamed(keyText(key), call))
  if (call.reach === 'owned' && user?.id !== call.caller.objectId) throw insufficientPrivileges()
  if (user?.tenantId !== call.caller.tenantId) throw resourceNotFound(key ?? call.caller.objectId)
  return user
}

function ownAccount({ parts, caller }: GraphCall): Promise<User | undefined> {
  if (caller.kind === 'app') throw badRequest('/me request is only valid with delegated authentication flow.')
  return parts.users.byId(caller.objectId)
}

function userNamed(name: string, { parts, caller }: GraphCall): Promise<User | undefined> {
  return isGuid(name) ? parts.users.byId(name.toLowerCase()) : parts.users.byPrincipalName(caller.tenantId, name)
}

/** `alice@contoso.example`, or `('alice@contoso.example')`, where quotes in the name are doubled. */
function keyText(segment: string): string {
  const quoted = /^\((?:(?:id|userPrincipalName)=)?'(.*)'\)$/i.exec(segment)?.[1]
  return quoted === undefined ? segment : quoted.replaceAll("''", "'")
}
