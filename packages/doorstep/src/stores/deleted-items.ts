import { sql } from 'kysely'
import type { DeletableKind, DeletableObjects, DeletedItem, DeletedItemStore } from '../directory/deleted-item.ts'
import { applicationOf, filterableApplications } from './applications.ts'
import type { StatementsFor } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { removeDeletedObject, tableOfKind } from './deleted-objects.ts'
import { countOf, folded, objectColumns, pageOf } from './directory-object.ts'
import { type FilterableProperties, isoInstant } from './filter.ts'
import { filterableGroups, groupOf } from './groups.ts'
import { filterableServicePrincipals, servicePrincipalOf } from './service-principals.ts'
import { filterableUsers, userColumns, userOf } from './users.ts'

/** The columns of any of the kinds; `sign_ins_valid_from` is there for users only. */
type Row = Parameters<typeof userOf>[0]

interface Kept<Kind extends DeletableKind> {
  readonly columns: readonly (keyof Row & string)[]
  readonly filterable: FilterableProperties
  readonly read: (row: Row) => DeletableObjects[Kind]
}

const keptAs: { readonly [Kind in DeletableKind]: Kept<Kind> } = {
  application: { columns: objectColumns, filterable: amongDeleted(filterableApplications), read: applicationOf },
  servicePrincipal: {
    columns: objectColumns,
    filterable: amongDeleted(filterableServicePrincipals),
    read: servicePrincipalOf,
  },
  user: { columns: userColumns, filterable: amongDeleted(filterableUsers), read: userOf },
  group: { columns: objectColumns, filterable: amongDeleted(filterableGroups), read: groupOf },
}

/** Here the moment of the deletion has a value, and it is by these moments that an index leads. */
function amongDeleted(filterable: FilterableProperties): FilterableProperties {
  const properties = new Map([...filterable.properties, ['deletedDateTime', isoInstant('deleted_at')]])
  return { ...filterable, properties, sortable: ['deletedDateTime'] }
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
    list: (kind, query, since) => {
      const { columns, read, filterable } = keptAs[kind]
      const orderBy = [{ property: 'deletedDateTime', direction: 'asc' }] as const
      const kept = { table: tableOfKind[kind], columns, objectOf: read }
      return pageOf(database, kept, filterable, { ...query, orderBy }, deletedSince(since))
    },
    count: (kind, query, since) =>
      countOf(database, tableOfKind[kind], keptAs[kind].filterable, query, deletedSince(since)),
  }
}

const deletedSince = (since: string) => sql`deleted_at >= ${since}`

async function foundAs<Kind extends DeletableKind>(kind: Kind, id: string, since: string, database: Database) {
  const { read, columns } = keptAs[kind]
  const rows = await database.query(
    sql<Row>`
      select ${sql.join(columns.map((column) => sql.ref(column)))} from ${sql.table(tableOfKind[kind])}
      where id = ${folded(id)} and ${deletedSince(since)}`.compile(database.builder),
  )
  // The compiler does not see that a kind and its object belong together.
  return rows[0] && ({ kind, object: read(rows[0]) } as DeletedItem)
}

export function statementsForDeletedItems(builder: StatementBuilder): StatementsFor<'removeDeletedItem'> {
  return { removeDeletedItem: ({ kind, id }) => removeDeletedObject(builder, kind, id) }
}
