import { AlreadyExists, type DirectoryChange, LastAdministrator } from '../../directory/changes.ts'
import { decidedAgain } from '../../directory/decided-again.ts'
import { newUser, type User } from '../../directory/user.ts'
import {
  type NewPassword,
  parseUserProperties,
  parseUserPropertiesPatch,
  type UserPatch,
} from '../../directory/user-properties.ts'
import { type AccountChange, mayChangeOwnAccount } from '../../rbac/directory-roles.ts'
import { requireManageable } from './account-protection.ts'
import { addressedUser } from './addressed-user.ts'
import { type GraphAnswer, type GraphCall, nothing } from './call.ts'
import { directoryCount, directoryList } from './directory-list.ts'
import { GraphError, requestBadRequest } from './errors.ts'
import { expansionOf, withExpansion } from './expanded.ts'
import { callersTenant } from './organization.ts'
import { requireProperties } from './parsed-properties.ts'
import { collectionContext, selectedProperties } from './representation.ts'
import { lastAdministrator } from './role-assignments.ts'
import { userEntity, userType } from './user-representation.ts'

const resource = 'User'

/** `GET /users` */
export function listUsers(call: GraphCall): Promise<GraphAnswer> {
  return directoryList(call, userType, call.parts.users, (user, selected) => readEntity(user, selected, call))
}

/** `GET /users/$count` */
export function countUsers(call: GraphCall): Promise<GraphAnswer> {
  return directoryCount(call, userType, call.parts.users)
}

/** `GET /users/{id or user principal name}` and `GET /me` */
export async function getUser(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, userType)
  const expansion = expansionOf(call, userType)
  const user = await addressedUser(call)
  const entity = await withExpansion(await readEntity(user, selected, call), user, expansion)
  return { kind: 'entity', context: `${collectionContext('users', selected, expansion)}/$entity`, entity }
}

/** `POST /users`: an account that can sign in with the password it is given. */
export async function createUser(call: GraphCall): Promise<GraphAnswer> {
  const { parts, now } = call
  const tenant = await callersTenant(call)
  const { passwordProfile, ...properties } = requireProperties(parseUserProperties(call.body, tenant), resource)
  const user = newUser(properties, { id: parts.newId(), tenantId: tenant.id, createdDateTime: now })
  await commitUser([{ change: 'createUser', user }, await passwordChange(user, passwordProfile, call)], call)
  return { kind: 'entity', context: 'users/$entity', entity: userEntity(user, undefined), created: resource }
}

/** `PATCH /users/{id}` and `PATCH /me`: a new password ends all sessions that began with the old one. */
export async function updateUser(call: GraphCall): Promise<GraphAnswer> {
  const tenant = await callersTenant(call)
  const { passwordProfile, ...patch } = requireProperties(parseUserPropertiesPatch(call.body, tenant), resource)
  const user = await requireChangeable({ passwordProfile, ...patch }, call)
  const password = passwordProfile ? await passwordPatch(user, passwordProfile, call) : []
  return decidedAgain(async () => {
    const user = { ...(await addressedUser(call)), ...patch }
    const changed: readonly DirectoryChange[] = Object.keys(patch).length > 0 ? [{ change: 'updateUser', user }] : []
    await commitUser([...changed, ...password], call)
    return nothing
  })
}

/** `DELETE /users/{id}`: soft. */
export async function deleteUser(call: GraphCall): Promise<GraphAnswer> {
  const { id } = await userToChange(call, ['sensitive'])
  await commitUser([{ change: 'deleteUser', id, deletedDateTime: call.now }], call)
  return nothing
}

/**
 * `POST /me/revokeSignInSessions` and the same of a user: refresh tokens and browser sessions from before count no
 * more. The platform answers 200 with `true`, though its reference says 204.
 */
export async function revokeSignInSessions(call: GraphCall): Promise<GraphAnswer> {
  const addressed = await addressedUser(call)
  const isOwn = addressed.id === call.caller.objectId
  const { id } = isOwn ? addressed : await userToChange(call, ['password'])
  await call.parts.commit([{ change: 'revokeSignInSessions', userId: id, validFrom: call.now }])
  return { kind: 'value', context: 'Edm.Boolean', value: true }
}

/** A person may change a little of his own account; the rest is for those whose role allows it. @throws {GraphError} */
async function requireChangeable(patch: UserPatch, call: GraphCall): Promise<User> {
  const user = await addressedUser(call)
  const changed = Object.entries(patch).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const isOwn = call.rights !== undefined && user.id === call.caller.objectId
  return isOwn && mayChangeOwnAccount(changed) ? user : userToChange(call, kindsOfChange(patch))
}

/** The user that the path names, when the caller may change him so. @throws {GraphError} 404, 403 */
async function userToChange(call: GraphCall, changes: readonly AccountChange[]): Promise<User> {
  const user = await addressedUser(call)
  await requireManageable(user.id, changes, call)
  return user
}

/** "Update user", the permissions for specific scenarios. */
const sensitive: readonly (keyof UserPatch)[] = [
  'accountEnabled',
  'businessPhones',
  'mobilePhone',
  'onPremisesImmutableId',
  'otherMails',
  'userPrincipalName',
]

function kindsOfChange({ passwordProfile, ...patch }: UserPatch): readonly AccountChange[] {
  const isSensitive = sensitive.some((property) => Object.hasOwn(patch, property))
  const others = isSensitive ? 'sensitive' : 'properties'
  if (!passwordProfile) return [others]
  return Object.keys(patch).length === 0 ? ['password'] : ['password', others]
}

/** Without a password only says whether the one there is must be changed. */
async function passwordPatch(
  user: User,
  { password, forceChangePasswordNextSignIn: mustChange }: NonNullable<UserPatch['passwordProfile']>,
  call: GraphCall,
): Promise<readonly DirectoryChange[]> {
  if (password !== undefined) {
    return [await passwordChange(user, { password, forceChangePasswordNextSignIn: mustChange }, call)]
  }
  const kept = await call.parts.users.passwordOf(user.id)
  return kept ? [{ change: 'setUserPassword', password: { ...kept, mustChange } }] : []
}

async function passwordChange({ id }: User, profile: NewPassword, { parts, now }: GraphCall): Promise<DirectoryChange> {
  const passwordHash = await parts.hashPassword(profile.password)
  const mustChange = profile.forceChangePasswordNextSignIn
  return { change: 'setUserPassword', password: { userId: id, passwordHash, changedDateTime: now, mustChange } }
}

/** For a taken name Graph answers 400 here, and not 409 as elsewhere. @throws {GraphError} 400, for the last administrator too */
async function commitUser(changes: readonly DirectoryChange[], { parts }: GraphCall): Promise<void> {
  try {
    await parts.commit(changes)
  } catch (error) {
    if (error instanceof LastAdministrator) throw lastAdministrator()
    if (!(error instanceof AlreadyExists)) throw error
    const { property } = error
    const { status, code, message } = requestBadRequest(
      `Another object with the same value for property ${property} already exists.`,
    )
    throw new GraphError(status, code, message, [{ code: 'ObjectConflict', message, target: property }])
  }
}

/** When a password was changed is looked up only where it is shown. */
async function readEntity(user: User, selected: readonly string[] | undefined, { parts }: GraphCall) {
  const shown = selected?.includes('lastPasswordChangeDateTime') ?? false
  return userEntity(user, selected, shown ? await parts.users.passwordOf(user.id) : undefined)
}
