import type { Application } from '../../directory/application.ts'
import { type DirectoryRole, findDirectoryRole } from '../../directory/directory-role.ts'
import type { Group } from '../../directory/group.ts'
import type { ServicePrincipal } from '../../directory/service-principal.ts'
import type { User } from '../../directory/user.ts'
import { applicationEntity, applicationType } from './application-representation.ts'
import type { Entity, GraphCall } from './call.ts'
import { groupEntity, groupType } from './group-representation.ts'
import type { EntityType } from './odata/known-properties.ts'
import { servicePrincipalEntity, servicePrincipalType } from './service-principal-representation.ts'
import { userEntity, userType } from './user-representation.ts'

/** Objects of different kinds in one list: each says what it is (Microsoft Graph `directoryObject`). */
function typed(type: string, entity: Entity): Entity {
  return { '@odata.type': `#microsoft.graph.${type}`, ...entity }
}

export function userObject(user: User, selected?: readonly string[]): Entity {
  return typed('user', userEntity(user, selected))
}

export function groupObject(group: Group): Entity {
  return typed('group', groupEntity(group))
}

export function servicePrincipalObject(servicePrincipal: ServicePrincipal, application: Application | undefined) {
  const view = { application, credentials: [], precision: 'read' } as const
  return typed('servicePrincipal', servicePrincipalEntity(servicePrincipal, view))
}

/** What directory objects may be; all but applications can hold rights. */
export type DirectoryObjectKind = 'user' | 'group' | 'servicePrincipal' | 'application'

const everyKind: readonly DirectoryObjectKind[] = ['user', 'group', 'servicePrincipal', 'application']

/**
 * The objects of the caller's tenant that have one of these ids, by id; read at once, one question for each kind.
 * @param selected - properties that are shown of users besides those that Graph shows unasked
 */
export async function directoryObjects(
  ids: readonly string[],
  { parts, caller }: Pick<GraphCall, 'parts' | 'caller'>,
  { kinds = everyKind, selected }: { kinds?: readonly DirectoryObjectKind[]; selected?: readonly string[] } = {},
): Promise<ReadonlyMap<string, Entity>> {
  const isHere = ({ tenantId }: { readonly tenantId: string }) => tenantId === caller.tenantId
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))]
  const of = (kind: DirectoryObjectKind) => (kinds.includes(kind) ? wanted : [])
  const [users, groups, servicePrincipals, applications] = await Promise.all([
    parts.users.byIds(of('user')),
    parts.groups.byIds(of('group')),
    parts.servicePrincipals.byIds(of('servicePrincipal')),
    parts.applications.byIds(of('application')),
  ])
  const local = servicePrincipals.filter(isHere)
  const registered = await parts.applications.byAppIds(local.map(({ appId }) => appId))
  const registrations = new Map(registered.map((application) => [application.appId, application]))
  const entities = [
    ...users.filter(isHere).map((user) => userObject(user, selected && ['id', ...selected])),
    ...groups.filter(isHere).map(groupObject),
    ...local.map((one) => servicePrincipalObject(one, registrations.get(one.appId))),
    ...applications.filter(isHere).map(applicationObject),
  ]
  return new Map(entities.map((entity) => [String(entity.id).toLowerCase(), entity]))
}

/** Without its secrets: who is shown objects of all kinds may not be one who reads those. */
export function applicationObject(application: Application): Entity {
  const {
    passwordCredentials: _left,
    keyCredentials: _out,
    ...shown
  } = applicationEntity(application, {
    credentials: [],
    precision: 'read',
    withKeys: false,
  })
  return typed('application', shown)
}

/** A directory role; its id here is that of its template. */
export function directoryRoleObject(roleTemplateId: string): Entity {
  const role: DirectoryRole | undefined = findDirectoryRole(roleTemplateId)
  const displayName = role?.displayName ?? null
  return typed('directoryRole', {
    id: roleTemplateId,
    deletedDateTime: null,
    description: null,
    displayName,
    roleTemplateId,
  })
}

export const directoryObjectType: EntityType = {
  name: 'directoryObject',
  collection: 'directoryObjects',
  properties: [
    ...new Set([
      ...groupType.properties,
      ...userType.properties,
      ...servicePrincipalType.properties,
      ...applicationType.properties,
      'roleTemplateId',
    ]),
  ],
}
