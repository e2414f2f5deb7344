import { sql } from 'kysely'
import { LastAdministrator } from '../directory/changes.ts'
import { roleTemplateId } from '../directory/directory-role.ts'
import type { Row, Statement, StatementBuilder } from './database/database.ts'
import { folded } from './directory-object.ts'

const globalAdministrator = roleTemplateId('Global Administrator')

/** Who can sign in and administrate; an account that is disabled or deleted helps nobody. */
const fromAdministrators = sql`from directory_role as other
  join directory_user on directory_user.id = other.principal_id and directory_user.deleted_at is null
    and directory_user.account_enabled = 1
  where other.role_template_id = ${globalAdministrator}`

const liveAdministrator = sql`select 1 ${fromAdministrators}`

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

/** Refuses to disable a user, who is not disabled yet, when nobody else is Global Administrator of the tenant. */
export function unlessLastEnabled(builder: StatementBuilder, userId: string): Statement {
  const id = folded(userId)
  const own = sql`select other.tenant_id ${fromAdministrators} and other.principal_id = ${id}`
  const query = sql`select 1 as administrator where not exists (${own})
    or exists (${liveAdministrator} and other.principal_id <> ${id} and other.tenant_id in (${own}))`
  return { query: query.compile(builder), refusal: unlessSomebodyIsLeft }
}

function unlessSomebodyIsLeft(row: Row | undefined): Error | undefined {
  return row ? undefined : new LastAdministrator('A tenant needs a Global Administrator.')
}
