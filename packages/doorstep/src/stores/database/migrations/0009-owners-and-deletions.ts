import type { Migration } from './migrate.ts'
import { amongDeleted, createIndex, type SchemaWords } from './schema.ts'

const objectTables = ['application', 'service_principal', 'directory_user', 'directory_group']

/** Finds objects by their owners, and the deleted ones. Never edited: a change is a new file. */
export const ownersAndDeletionsMigration: Migration = {
  name: '0009-owners-and-deletions',
  statements: (words) => [
    `insert into collection_value (object_id, collection, value) ${owners(words)}`,
    ...objectTables.flatMap((table) => [
      amongDeleted(createIndex(table, ['tenant_id', 'deleted_at'])),
      amongDeleted(createIndex(table, ['deleted_at'])),
    ]),
  ],
}

function owners({ jsonTexts }: SchemaWords): string {
  return ['application', 'service_principal']
    .map((table) => ({ table, elements: jsonTexts(`${table}.record`, ['owners']) }))
    .map(({ table, elements }) => `select ${table}.id, 'owners', lower(element.value) from ${table}, ${elements}`)
    .join(' union ')
}
