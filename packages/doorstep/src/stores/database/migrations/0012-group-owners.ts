import type { Migration } from './migrate.ts'

/** Finds groups by their owners, too. Never edited: a change is a new file. */
export const groupOwnersMigration: Migration = {
  name: '0012-group-owners',
  statements: ({ jsonTexts }) => [
    `insert into collection_value (object_id, collection, value)
      select distinct directory_group.id, 'owners', lower(element.value)
      from directory_group, ${jsonTexts('directory_group.record', ['owners'])}`,
  ],
}
