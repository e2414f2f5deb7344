import type { User } from '../../directory/user.ts'
import type { Entity, GraphAnswer, GraphCall } from './call.ts'
import { badRequest, resourceNotFound } from './errors.ts'

/** `GET /me`: the signed-in user, in the set of properties that Graph shows unasked. */
export async function getMe({ parts, caller }: GraphCall): Promise<GraphAnswer> {
  if (caller.kind === 'app') throw badRequest('/me request is only valid with delegated authentication flow.')
  const user = await parts.users.byId(caller.objectId)
  if (user?.tenantId !== caller.tenantId) throw resourceNotFound(caller.objectId)
  return { kind: 'entity', context: 'users/$entity', entity: userEntity(user) }
}

function userEntity(user: User): Entity {
  return {
    businessPhones: user.businessPhones,
    displayName: user.displayName,
    givenName: user.givenName,
    jobTitle: user.jobTitle,
    mail: user.mail,
    mobilePhone: user.mobilePhone,
    officeLocation: user.officeLocation,
    preferredLanguage: user.preferredLanguage,
    surname: user.surname,
    userPrincipalName: user.userPrincipalName,
    id: user.id,
  }
}
