import type { Application } from '../../directory/application.ts'
import { type DirectoryRole, findDirectoryRole } from '../../directory/directory-role.ts'
import type { Group } from '../../directory/group.ts'
import type { ServicePrincipal } from '../../directory/service-principal.ts'
import type { User } from '../../directory/user.ts'
import { applicationEntity, applicationType } from './application-representation.ts'
import type { Entity } from './call.ts'
import { groupEntity, groupType } from './group-representation.ts'
import type { EntityType } from './odata/known-properties.ts'
import { servicePrincipalEntity, servicePrincipalType } from './service-principal-representation.ts'
import { userEntity, userType } from './user-representation.ts'

/** Objects of different kinds in one list: each says what it is (Microsoft Graph `directoryObject`). */
function typed(type: string, entity: Entity): Entity {
  return { '@odata.type': `#microsoft.graph.${type}`, ...entity }
}

export function userObject(user: User): Entity {
  return typed('user', userEntity(user, undefined))
}

export function groupObject(group: Group): Entity {
  return typed('group', groupEntity(group))
}

export function applicationObject(application: Application): Entity {
  return typed('application', applicationEntity(application, { credentials: [], precision: 'read', withKeys: false }))
}

export function servicePrincipalObject(servicePrincipal: ServicePrincipal, application: Application | undefined) {
  const view = { application, credentials: [], precision: 'read' } as const
  return typed('servicePrincipal', servicePrincipalEntity(servicePrincipal, view))
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
