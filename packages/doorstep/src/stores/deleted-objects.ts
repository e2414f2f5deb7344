import { type RawBuilder, sql } from 'kysely'
import { type DeletableKind, restorableSince } from '../directory/deleted-item.ts'
import type { Statement, StatementBuilder } from './database/database.ts'
import type { ObjectTable } from './database/tables.ts'
import { folded, unlessMissing } from './directory-object.ts'

export const tableOfKind: Readonly<Record<DeletableKind, ObjectTable>> = {
  application: 'application',
  servicePrincipal: 'service_principal',
  user: 'directory_user',
  group: 'directory_group',
}

/** Brings a deleted object back as it was. What was unique and is taken meanwhile refuses it. */
export function restoreObject(builder: StatementBuilder, kind: DeletableKind, id: string): Statement {
  const query = sql`
    update ${sql.table(tableOfKind[kind])} set deleted_at = null, version = version + 1
    where id = ${folded(id)} and deleted_at is not null returning id`
  return { query: query.compile(builder), refusal: unlessMissing(kind, id) }
}

/** Removes a deleted object for ever, with all that refers to it. */
export function removeDeletedObject(builder: StatementBuilder, kind: DeletableKind, id: string): readonly Statement[] {
  const table = sql.table(tableOfKind[kind])
  const query = sql`select id from ${table} where id = ${folded(id)} and deleted_at is not null`
  return [
    { query: query.compile(builder), refusal: unlessMissing(kind, id) },
    ...(kind === 'application' ? removals(builder, 'servicePrincipal', deletedHomeServicePrincipal(id)) : []),
    ...removals(builder, kind, sql`select id from ${table} where id = ${folded(id)} and deleted_at is not null`),
  ]
}

/** Without its application, the deleted service principal of the application's own tenant stands for nothing. */
function deletedHomeServicePrincipal(applicationId: string): RawBuilder<unknown> {
  return sql`select service_principal.id from service_principal
    join application on application.app_id = service_principal.app_id
    and application.tenant_id = service_principal.tenant_id and application.deleted_at is not null
    where application.id = ${folded(applicationId)} and service_principal.deleted_at is not null`
}

/** So many go at once: more than come, and few enough to cost nothing. */
const removedAtMost = 20

/**
 * Removes for ever what nobody can restore any more. It comes with every deletion of the same kind, so such objects
 * do not pile up and no timer is needed.
 *
 * @param deletedDateTime - of the deletion that it comes with; there is no other clock here
 */
export function removeExpiredItems(
  builder: StatementBuilder,
  kind: DeletableKind,
  deletedDateTime: string,
): readonly Statement[] {
  const expired = sql`select id from ${sql.table(tableOfKind[kind])}
    where deleted_at < ${restorableSince(deletedDateTime)} order by deleted_at, id limit ${removedAtMost}`
  return removals(builder, kind, expired)
}

/** The columns that name an object of a kind. */
const references: Readonly<Record<DeletableKind, readonly (readonly [table: string, column: string])[]>> = {
  application: [
    ['application_identifier_uri', 'application_id'],
    ['password_credential', 'owner_id'],
  ],
  servicePrincipal: [
    ['password_credential', 'owner_id'],
    ['permission_grant', 'client_id'],
    ['permission_grant', 'resource_id'],
    ['app_role_assignment', 'principal_id'],
    ['app_role_assignment', 'resource_id'],
    ['group_member', 'member_id'],
    ['directory_role', 'principal_id'],
  ],
  user: [
    ['user_password', 'user_id'],
    ['permission_grant', 'principal_id'],
    ['app_role_assignment', 'principal_id'],
    ['group_member', 'member_id'],
    ['directory_role', 'principal_id'],
  ],
  group: [
    ['group_member', 'group_id'],
    ['group_member', 'member_id'],
    ['app_role_assignment', 'principal_id'],
    ['directory_role', 'principal_id'],
  ],
}

/** @param ids - a query of the ids to remove, which answers the same until the objects themselves are gone */
function removals(builder: StatementBuilder, kind: DeletableKind, ids: RawBuilder<unknown>): readonly Statement[] {
  const all = [...references[kind], ['collection_value', 'object_id'] as const, [tableOfKind[kind], 'id'] as const]
  return all.map(([table, column]) => ({
    query: sql`delete from ${sql.table(table)} where ${sql.ref(column)} in (${ids})`.compile(builder),
  }))
}
