import type { Application } from '../../directory/application.ts'
import { findDirectoryRole } from '../../directory/directory-role.ts'
import type { Group } from '../../directory/group.ts'
import type { ServicePrincipal } from '../../directory/service-principal.ts'
import type { User } from '../../directory/user.ts'
import { applicationEntity, applicationType } from './application-representation.ts'
import type { Entity, GraphCall } from './call.ts'
import { directoryRoleEntity, directoryRoleType } from './directory-role-representation.ts'
import { groupEntity, groupType } from './group-representation.ts'
import type { EntityType } from './odata/known-properties.ts'
import { servicePrincipalEntity, servicePrincipalType } from './service-principal-representation.ts'
import { userEntity, userType } from './user-representation.ts'

/** Objects of different kinds in one list: each says what it is (Microsoft Graph `directoryObject`). */
function typed(type: string, entity: Entity): Entity {
  return { '@odata.type': `#microsoft.graph.${type}`, ...entity }
}

function userObject(user: User, selected?: readonly string[]): Entity {
  return typed('user', userEntity(user, selected))
}

function groupObject(group: Group): Entity {
  return typed('group', groupEntity(group))
}

function servicePrincipalObject(servicePrincipal: ServicePrincipal, application: Application | undefined) {
  const view = { application, credentials: [], precision: 'read' } as const
  return typed('servicePrincipal', servicePrincipalEntity(servicePrincipal, view))
}

/** What directory objects may be. */
export type DirectoryObjectKind = 'user' | 'group' | 'servicePrincipal' | 'application' | 'directoryRole'

/** What is found among all objects: directory roles are the same in every tenant, and asked for by their own path. */
export const tenantObjectKinds = ['user', 'group', 'servicePrincipal', 'application'] as const

/** What can belong to a group, own one or hold a role. */
export const principalKinds = ['user', 'group', 'servicePrincipal'] as const

/** So many ids are asked for at once: databases limit the values of a statement. */
const idsAtOnce = 1000

/**
 * The objects of the caller's tenant that have one of these ids, by id; read at once, one question for each kind.
 * @param selected - properties that are shown of users besides those that Graph shows unasked
 */
export async function directoryObjects(
  ids: readonly string[],
  call: Pick<GraphCall, 'parts' | 'caller'>,
  { kinds = tenantObjectKinds, selected }: ObjectsAsked = {},
): Promise<ReadonlyMap<string, Entity>> {
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))]
  const found: Entity[] = []
  for (let first = 0; first < wanted.length; first += idsAtOnce) {
    found.push(...(await objectsById(wanted.slice(first, first + idsAtOnce), call, { kinds, selected })))
  }
  return new Map(found.map((entity) => [String(entity.id).toLowerCase(), entity]))
}

/** Those of the ids that were found, in the order of the ids. */
export function inOrder(ids: readonly string[], found: ReadonlyMap<string, Entity>): readonly Entity[] {
  return ids.flatMap((id) => {
    const entity = found.get(id.toLowerCase())
    return entity ? [entity] : []
  })
}

interface ObjectsAsked {
  readonly kinds?: readonly DirectoryObjectKind[]
  readonly selected?: readonly string[] | undefined
}

async function objectsById(
  wanted: readonly string[],
  { parts, caller }: Pick<GraphCall, 'parts' | 'caller'>,
  { kinds, selected }: ObjectsAsked & Required<Pick<ObjectsAsked, 'kinds'>>,
): Promise<readonly Entity[]> {
  const isHere = ({ tenantId }: { readonly tenantId: string }) => tenantId === caller.tenantId
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
  return [
    ...users.filter(isHere).map((user) => userObject(user, selected && ['id', ...selected])),
    ...groups.filter(isHere).map(groupObject),
    ...local.map((one) => servicePrincipalObject(one, registrations.get(one.appId))),
    ...applications.filter(isHere).map(applicationObject),
    ...of('directoryRole').flatMap(directoryRoleObjects),
  ]
}

/** Without its secrets: who is shown objects of all kinds may not be one who reads those. */
function applicationObject(application: Application): Entity {
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

/** The directory role with this id, if there is one. */
export function directoryRoleObjects(roleTemplateId: string): readonly Entity[] {
  const role = findDirectoryRole(roleTemplateId)
  return role ? [typed('directoryRole', directoryRoleEntity(role))] : []
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
      ...directoryRoleType.properties,
    ]),
  ],
}
