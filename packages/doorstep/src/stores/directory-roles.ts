import { sql } from 'kysely'
import type { DirectoryRoleAssignment, DirectoryRoleAssignmentStore } from '../directory/permission.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { folded, unlessMissing } from './directory-object.ts'
import { unlessLastAssignment } from './last-administrator.ts'

export const uniqueDirectoryRoleValues: UniqueValues = {
  directory_role__tenant_id__principal_id__role_template_id: ['directoryRoleAssignment', 'roleTemplateId'],
}

export function directoryRoleStore(database: Database): DirectoryRoleAssignmentStore {
  const inTenant = (tenantId: string) =>
    database.builder
      .selectFrom('directory_role')
      .select('record')
      .where('tenant_id', '=', folded(tenantId))
      .orderBy('role_template_id')
      .orderBy('principal_id')
  return {
    assignedTo: async (tenantId, principalId) => {
      const query = inTenant(tenantId).where('principal_id', '=', folded(principalId))
      return (await database.query(query.compile())).map(assignmentOf)
    },
    heldBy: async (tenantId, principalId) => {
      const id = folded(principalId)
      const query = sql<{ record: string }>`
        select record from directory_role where tenant_id = ${folded(tenantId)} and principal_id in (
          select ${id} union all select group_member.group_id from group_member
          join directory_group on directory_group.id = group_member.group_id and directory_group.deleted_at is null
          where group_member.member_id = ${id})
        order by role_template_id, principal_id`
      return (await database.query(query.compile(database.builder))).map(assignmentOf)
    },
    byRole: async (tenantId, roleTemplateId) => {
      const query = inTenant(tenantId).where('role_template_id', '=', folded(roleTemplateId))
      return (await database.query(query.compile())).map(assignmentOf)
    },
    byTenant: async (tenantId) => (await database.query(inTenant(tenantId).compile())).map(assignmentOf),
    activated: async (tenantId) => {
      const query = sql<{ role_template_id: string }>`
        select role_template_id from activated_directory_role where tenant_id = ${folded(tenantId)}
        union select role_template_id from directory_role where tenant_id = ${folded(tenantId)}
        order by role_template_id`
      return (await database.query(query.compile(database.builder))).map((row) => row.role_template_id)
    },
    assignedToEach: async (tenantId, principalIds) => {
      if (principalIds.length === 0) return []
      const query = inTenant(tenantId).where('principal_id', 'in', principalIds.map(folded))
      return (await database.query(query.compile())).map(assignmentOf)
    },
  }
}

function assignmentOf(row: { record: string }): DirectoryRoleAssignment {
  return JSON.parse(row.record)
}

export function statementsForDirectoryRoles(
  builder: StatementBuilder,
): StatementsFor<'addDirectoryRole' | 'removeDirectoryRole' | 'activateDirectoryRole'> {
  return {
    addDirectoryRole: ({ assignment }) => [
      {
        query: builder
          .insertInto('directory_role')
          .values({
            tenant_id: folded(assignment.tenantId),
            principal_id: folded(assignment.principalId),
            role_template_id: folded(assignment.roleTemplateId),
            record: JSON.stringify(assignment),
          })
          .compile(),
      },
    ],
    removeDirectoryRole: ({ assignment }) => [
      {
        query: builder
          .deleteFrom('directory_role')
          .where('tenant_id', '=', folded(assignment.tenantId))
          .where('principal_id', '=', folded(assignment.principalId))
          .where('role_template_id', '=', folded(assignment.roleTemplateId))
          .returning('role_template_id')
          .compile(),
        refusal: unlessMissing('directoryRoleAssignment', assignment.roleTemplateId),
      },
      ...unlessLastAssignment(builder, assignment),
    ],
    activateDirectoryRole: ({ tenantId, roleTemplateId }) => [
      {
        query: builder
          .insertInto('activated_directory_role')
          .values({ tenant_id: folded(tenantId), role_template_id: folded(roleTemplateId) })
          .onConflict((conflict) => conflict.doNothing())
          .compile(),
      },
    ],
  }
}
