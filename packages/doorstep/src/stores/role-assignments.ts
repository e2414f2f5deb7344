import type { RoleAssignment, RoleAssignmentStore } from '../rbac/role-assignment.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { folded, instant, unlessMissing } from './directory-object.ts'

export const uniqueRoleAssignmentValues: UniqueValues = {
  role_assignment__id: ['roleAssignment', 'id'],
  role_assignment__principal_id__role_definition_id__scope: ['roleAssignment', 'principalId'],
}

export function roleAssignmentStore(database: Database): RoleAssignmentStore {
  const oldestFirst = () =>
    database.builder.selectFrom('role_assignment').select('record').orderBy('created_at').orderBy('id')
  const byPrincipals = async (principalIds: readonly string[]) => {
    if (principalIds.length === 0) return []
    const ofPrincipals = oldestFirst().where('principal_id', 'in', principalIds.map(folded))
    return (await database.query(ofPrincipals.compile())).map(assignmentOf)
  }
  return {
    byPrincipal: (principalId) => byPrincipals([principalId]),
    byPrincipals,
    byTenant: async (tenantId) =>
      (await database.query(oldestFirst().where('tenant_id', '=', folded(tenantId)).compile())).map(assignmentOf),
  }
}

function assignmentOf(row: { record: string }): RoleAssignment {
  return JSON.parse(row.record)
}

export function statementsForRoleAssignments(
  builder: StatementBuilder,
): StatementsFor<'createRoleAssignment' | 'deleteRoleAssignment'> {
  return {
    createRoleAssignment: ({ assignment }) => [
      {
        query: builder
          .insertInto('role_assignment')
          .values({
            id: folded(assignment.id),
            tenant_id: folded(assignment.tenantId),
            principal_id: folded(assignment.principalId),
            role_definition_id: folded(assignment.roleDefinitionId),
            scope: folded(assignment.resourceScope),
            created_at: instant(assignment.createdOn),
            record: JSON.stringify(assignment),
          })
          .compile(),
      },
    ],
    deleteRoleAssignment: ({ id }) => [
      {
        query: builder.deleteFrom('role_assignment').where('id', '=', folded(id)).returning('id').compile(),
        refusal: unlessMissing('roleAssignment', id),
      },
    ],
  }
}
