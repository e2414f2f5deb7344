import { sql } from 'kysely'
import type { DeletableKind, DeletableObjects, DeletedItem, DeletedItemStore } from '../directory/deleted-item.ts'
import type { CountQuery, DirectoryQuery, Page } from '../directory/query.ts'
import { applicationOf, filterableApplications } from './applications.ts'
import type { StatementsFor } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { removeDeletedObject, tableOfKind } from './deleted-objects.ts'
import { folded, objectColumns } from './directory-object.ts'
import { type FilterableProperties, isoInstant, whereFilter } from './filter.ts'
import { filterableGroups, groupOf } from './groups.ts'
import { filterableServicePrincipals, servicePrincipalOf } from './service-principals.ts'
import { filterableUsers, userColumns, userOf } from './users.ts'

/** The columns of any of the kinds; `sign_ins_valid_from` is there for users only. */
type Row = Parameters<typeof userOf>[0]

interface Kept<Kind extends DeletableKind> {
  readonly columns: readonly string[]
  readonly filterable: FilterableProperties
  readonly read: (row: Row) => DeletableObjects[Kind]
}

const keptAs: { readonly [Kind in DeletableKind]: Kept<Kind> } = {
  application: { columns: objectColumns, filterable: filterableApplications, read: applicationOf },
  servicePrincipal: { columns: objectColumns, filterable: filterableServicePrincipals, read: servicePrincipalOf },
  user: { columns: userColumns, filterable: filterableUsers, read: userOf },
  group: { columns: objectColumns, filterable: filterableGroups, read: groupOf },
}

export function deletedItemStore(database: Database): DeletedItemStore {
  return {
    byId: async (id, since) => {
      const found = await Promise.all([
        foundAs('application', id, since, database),
        foundAs('servicePrincipal', id, since, database),
        foundAs('user', id, since, database),
        foundAs('group', id, since, database),
      ])
      return found.find((item) => item !== undefined)
    },
    list: (kind, query, since) => pageOfDeleted(kind, query, since, database),
    count: async (kind, query, since) => {
      const counting = sql<{ found: number }>`select count(*) as found ${deletedOf(kind, query, since)}`
      return (await database.query(counting.compile(database.builder)))[0]?.found ?? 0
    },
  }
}

async function foundAs<Kind extends DeletableKind>(kind: Kind, id: string, since: string, database: Database) {
  const { read, columns } = keptAs[kind]
  const rows = await database.query(
    sql<Row>`
      select ${sql.join(columns.map((column) => sql.ref(column)))} from ${sql.table(tableOfKind[kind])}
      where id = ${folded(id)} and deleted_at >= ${since}`.compile(database.builder),
  )
  // The compiler does not see that a kind and its object belong together.
  return rows[0] && ({ kind, object: read(rows[0]) } as DeletedItem)
}

async function pageOfDeleted<Kind extends DeletableKind>(
  kind: Kind,
  query: DirectoryQuery,
  since: string,
  database: Database,
): Promise<Page<DeletableObjects[Kind]>> {
  const { read, columns } = keptAs[kind]
  const { top, after } = query
  const rows = await database.query(
    sql<Row>`
      select ${sql.join(columns.map((column) => sql.ref(column)))} ${deletedOf(kind, query, since)}
      ${after === undefined ? sql`` : sql`and id > ${folded(after)}`}
      order by id limit ${top + 1}`.compile(database.builder),
  )
  const items = rows.slice(0, top).map(read)
  return { items, next: rows.length > top ? items.at(-1)?.id : undefined }
}

function deletedOf(kind: DeletableKind, { tenantId, filter }: CountQuery, since: string) {
  const matching = filter === undefined ? sql`` : sql`and ${whereFilter(filter, filterableDeleted(kind))}`
  return sql`from ${sql.table(tableOfKind[kind])}
    where tenant_id = ${folded(tenantId)} and deleted_at >= ${since} ${matching}`
}

/** Here the moment of the deletion has a value. */
function filterableDeleted(kind: DeletableKind): FilterableProperties {
  const { filterable } = keptAs[kind]
  return {
    ...filterable,
    properties: new Map([...filterable.properties, ['deletedDateTime', isoInstant('deleted_at')]]),
  }
}

export function statementsForDeletedItems(builder: StatementBuilder): StatementsFor<'removeDeletedItem'> {
  return { removeDeletedItem: ({ kind, id }) => removeDeletedObject(builder, kind, id) }
}
