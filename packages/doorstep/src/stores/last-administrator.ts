import { sql } from 'kysely'
import { LastAdministrator } from '../directory/changes.ts'
import { roleTemplateId } from '../directory/directory-role.ts'
import type { Row, Statement, StatementBuilder } from './database/database.ts'
import { folded } from './directory-object.ts'

const globalAdministrator = roleTemplateId('Global Administrator')

const liveAdministrator = sql`select 1 from directory_role as other
  join directory_user on directory_user.id = other.principal_id and directory_user.deleted_at is null
  where other.role_template_id = ${globalAdministrator}`

/** Refuses the end of an assignment, which was just removed, when nobody else is Global Administrator of the tenant. */
export function unlessLastAssignment(
  builder: StatementBuilder,
  assignment: { readonly tenantId: string; readonly roleTemplateId: string },
): readonly Statement[] {
  if (folded(assignment.roleTemplateId) !== globalAdministrator) return []
  const query = sql`${liveAdministrator} and other.tenant_id = ${folded(assignment.tenantId)} limit 1`
  return [{ query: query.compile(builder), refusal: unlessSomebodyIsLeft }]
}

/** Refuses the deletion of a user, who was just deleted, when nobody else is Global Administrator of the tenant. */
export function unlessLastAccount(builder: StatementBuilder, userId: string): Statement {
  const held = sql`select tenant_id from directory_role
    where principal_id = ${folded(userId)} and role_template_id = ${globalAdministrator}`
  const query = sql`select 1 as administrator where not exists (${held})
    or exists (${liveAdministrator} and other.tenant_id in (${held}))`
  return { query: query.compile(builder), refusal: unlessSomebodyIsLeft }
}

function unlessSomebodyIsLeft(row: Row | undefined): Error | undefined {
  return row ? undefined : new LastAdministrator('A tenant needs a Global Administrator.')
}
