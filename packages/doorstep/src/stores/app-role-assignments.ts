import { sql } from 'kysely'
import type { AppRoleAssignment, AppRoleAssignmentStore } from '../directory/permission.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import type { ObjectTable } from './database/tables.ts'
import { folded, instant, mustBeLive, unlessMissing } from './directory-object.ts'

export const uniqueAppRoleAssignmentValues: UniqueValues = {
  app_role_assignment__id: ['appRoleAssignment', 'id'],
  app_role_assignment__principal_id__resource_id__app_role_id: ['appRoleAssignment', 'appRoleId'],
}

const tableOfPrincipals: Readonly<Record<AppRoleAssignment['principalType'], ObjectTable>> = {
  User: 'directory_user',
  Group: 'directory_group',
  ServicePrincipal: 'service_principal',
}

export function appRoleAssignmentStore(database: Database): AppRoleAssignmentStore {
  const assignments = () => database.builder.selectFrom('app_role_assignment').select('record')
  const oldestFirst = () => assignments().orderBy('created_at').orderBy('id')
  return {
    byId: async (id) => {
      const rows = await database.query(assignments().where('id', '=', id).compile())
      return rows[0] && assignmentOf(rows[0])
    },
    byPrincipal: async (principalId) =>
      (await database.query(oldestFirst().where('principal_id', '=', folded(principalId)).compile())).map(assignmentOf),
    byResource: async (resourceId) =>
      (await database.query(oldestFirst().where('resource_id', '=', folded(resourceId)).compile())).map(assignmentOf),
    byPrincipals: (ids, atMost) => ofEach(database, 'principal_id', ids, atMost),
    byResources: (ids, atMost) => ofEach(database, 'resource_id', ids, atMost),
  }
}

async function ofEach(
  database: Database,
  end: 'principal_id' | 'resource_id',
  ids: readonly string[],
  atMost: number,
): Promise<readonly AppRoleAssignment[]> {
  if (ids.length === 0) return []
  const query = sql<{ record: string }>`
    select record from (
      select record, row_number() over (partition by ${sql.ref(end)} order by created_at, id) as place
      from app_role_assignment where ${sql.ref(end)} in (${sql.join(ids.map(folded))})
    ) as ranked where place <= ${atMost} order by place`
  return (await database.query(query.compile(database.builder))).map(assignmentOf)
}

function assignmentOf(row: { record: string }): AppRoleAssignment {
  return JSON.parse(row.record)
}

export function statementsForAppRoleAssignments(
  builder: StatementBuilder,
): StatementsFor<'createAppRoleAssignment' | 'deleteAppRoleAssignment'> {
  return {
    createAppRoleAssignment: ({ assignment }) => [
      ...mustBeLive(builder, [tableOfPrincipals[assignment.principalType]], 'principal', assignment.principalId),
      ...mustBeLive(builder, ['service_principal'], 'resource', assignment.resourceId),
      {
        query: builder
          .insertInto('app_role_assignment')
          .values({
            // Graph's ids of assignments are no GUIDs but base64url, where the case counts.
            id: assignment.id,
            principal_id: folded(assignment.principalId),
            resource_id: folded(assignment.resourceId),
            app_role_id: folded(assignment.appRoleId),
            created_at: instant(assignment.createdDateTime),
            record: JSON.stringify(assignment),
          })
          .compile(),
      },
    ],
    deleteAppRoleAssignment: ({ id }) => [
      {
        query: builder.deleteFrom('app_role_assignment').where('id', '=', id).returning('id').compile(),
        refusal: unlessMissing('appRoleAssignment', id),
      },
    ],
  }
}
