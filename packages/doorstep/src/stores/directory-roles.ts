import type { DirectoryRoleAssignment, DirectoryRoleAssignmentStore } from '../directory/permission.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { folded, unlessMissing } from './directory-object.ts'

export const uniqueDirectoryRoleValues: UniqueValues = {
  directory_role__tenant_id__principal_id__role_template_id: ['directoryRoleAssignment', 'roleTemplateId'],
}

export function directoryRoleStore(database: Database): DirectoryRoleAssignmentStore {
  return {
    byPrincipal: async (tenantId, principalId) => {
      const query = database.builder
        .selectFrom('directory_role')
        .select('record')
        .where('tenant_id', '=', folded(tenantId))
        .where('principal_id', '=', folded(principalId))
        .orderBy('role_template_id')
      return (await database.query(query.compile())).map(assignmentOf)
    },
    byPrincipals: async (tenantId, principalIds) => {
      if (principalIds.length === 0) return []
      const query = database.builder
        .selectFrom('directory_role')
        .select('record')
        .where('tenant_id', '=', folded(tenantId))
        .where('principal_id', 'in', principalIds.map(folded))
        .orderBy('role_template_id')
      return (await database.query(query.compile())).map(assignmentOf)
    },
  }
}

function assignmentOf(row: { record: string }): DirectoryRoleAssignment {
  return JSON.parse(row.record)
}

export function statementsForDirectoryRoles(
  builder: StatementBuilder,
): StatementsFor<'addDirectoryRole' | 'removeDirectoryRole'> {
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
    ],
  }
}
