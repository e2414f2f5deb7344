import { ConcurrentChange } from '../directory/changes.ts'
import type { PermissionGrant, PermissionGrantStore } from '../directory/permission.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { folded, mustBeLive, unlessMissing } from './directory-object.ts'

export const uniquePermissionGrantValues: UniqueValues = {
  permission_grant__id: ['permissionGrant', 'id'],
  permission_grant__client_id__resource_id__principal_id: ['permissionGrant', 'principalId'],
}

export function permissionGrantStore(database: Database): PermissionGrantStore {
  const grants = () => database.builder.selectFrom('permission_grant').select('record')
  return {
    byId: async (id) => {
      const rows = await database.query(grants().where('id', '=', id).compile())
      return rows[0] && grantOf(rows[0])
    },
    byClient: async (clientId) => {
      const ofClient = grants().where('client_id', '=', folded(clientId)).orderBy('id')
      return (await database.query(ofClient.compile())).map(grantOf)
    },
    byPrincipal: async (principalId) => {
      const ofPrincipal = grants().where('principal_id', '=', folded(principalId)).orderBy('id')
      return (await database.query(ofPrincipal.compile())).map(grantOf)
    },
  }
}

function grantOf(row: { record: string }): PermissionGrant {
  return JSON.parse(row.record)
}

export function statementsForPermissionGrants(
  builder: StatementBuilder,
): StatementsFor<'createPermissionGrant' | 'updatePermissionGrant' | 'deletePermissionGrant'> {
  return {
    createPermissionGrant: ({ grant }) => [
      ...mustBeLive(builder, ['service_principal'], 'client', grant.clientId),
      ...mustBeLive(builder, ['service_principal'], 'resource', grant.resourceId),
      ...(grant.principalId === null ? [] : mustBeLive(builder, ['directory_user'], 'user', grant.principalId)),
      { query: builder.insertInto('permission_grant').values(columnsOf(grant)).compile() },
    ],
    updatePermissionGrant: ({ grant, before }) => [
      {
        query: builder.selectFrom('permission_grant').select('id').where('id', '=', grant.id).compile(),
        refusal: unlessMissing('permissionGrant', grant.id),
      },
      {
        query: builder
          .updateTable('permission_grant')
          .set(columnsOf(grant))
          .where('id', '=', grant.id)
          .where('record', '=', JSON.stringify(before))
          .returning('id')
          .compile(),
        refusal: (row) =>
          row ? undefined : new ConcurrentChange(`The permissionGrant ${grant.id} has been changed since it was read.`),
      },
    ],
    deletePermissionGrant: ({ id }) => [
      {
        query: builder.deleteFrom('permission_grant').where('id', '=', id).returning('id').compile(),
        refusal: unlessMissing('permissionGrant', id),
      },
    ],
  }
}

/** Graph's ids of grants are no GUIDs but base64url, where the case counts. */
function columnsOf(grant: PermissionGrant) {
  return {
    id: grant.id,
    client_id: folded(grant.clientId),
    resource_id: folded(grant.resourceId),
    principal_id: folded(grant.principalId ?? ''),
    record: JSON.stringify(grant),
  }
}
