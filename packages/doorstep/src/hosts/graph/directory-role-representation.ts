import { type DirectoryRole, directoryRoles } from '../../directory/directory-role.ts'
import type { Entity } from './call.ts'
import type { EntityType } from './odata/known-properties.ts'

/** A directory role as Graph shows it; it has here the id of its template. */
export function directoryRoleEntity({ displayName, roleTemplateId: id }: DirectoryRole): Entity {
  return { id, deletedDateTime: null, description: `Members hold ${displayName}.`, displayName, roleTemplateId: id }
}

export const directoryRoleType: EntityType = {
  name: 'directoryRole',
  collection: 'directoryRoles',
  properties: Object.keys(directoryRoleEntity(directoryRoles[0])),
}
