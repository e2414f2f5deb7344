import { sql } from 'kysely'
import type { OwnedObject, OwnedObjectQuery, OwnedObjectStore } from '../directory/owned-object.ts'
import { applicationOf } from './applications.ts'
import type { Database } from './database/database.ts'
import { folded, type ObjectRow } from './directory-object.ts'
import { servicePrincipalOf } from './service-principals.ts'

type Row = ObjectRow & { readonly id: string; readonly kind: OwnedObject['kind'] }

const tables = { application: 'application', servicePrincipal: 'service_principal' } as const

export function ownedObjectStore(database: Database): OwnedObjectStore {
  return {
    list: async (query) => {
      const kinds = query.kind === undefined ? (['application', 'servicePrincipal'] as const) : [query.kind]
      const found = sql.join(
        kinds.map((kind) => objectsOfKind(kind, query)),
        sql` union all `,
      )
      const rows = await database.query(sql<Row>`${found} order by id limit ${query.top + 1}`.compile(database.builder))
      const items = rows.slice(0, query.top).map(ownedObject)
      return { items, next: rows.length > query.top ? items.at(-1)?.object.id : undefined }
    },
  }
}

function objectsOfKind(kind: OwnedObject['kind'], { tenantId, principalId, relation, after }: OwnedObjectQuery) {
  const table = tables[kind]
  const column = (name: string) => sql.ref(`${table}.${name}`)
  return sql`
    select collection_value.object_id as id, ${sql.lit(kind)} as kind, ${column('record')}, ${column('version')}, ${column('deleted_at')}
    from collection_value join ${sql.table(table)} on ${column('id')} = collection_value.object_id
    where collection_value.collection = ${relation} and collection_value.value = ${folded(principalId)}
    and ${column('tenant_id')} = ${folded(tenantId)} and ${column('deleted_at')} is null
    ${after === undefined ? sql`` : sql`and collection_value.object_id > ${folded(after)}`}`
}

function ownedObject(row: Row): OwnedObject {
  return row.kind === 'application'
    ? { kind: row.kind, object: applicationOf(row) }
    : { kind: row.kind, object: servicePrincipalOf(row) }
}
