import type { Migration } from './migrate.ts'
import { createIndex, type SchemaWords } from './schema.ts'

/** Finds applications by a redirect URI, which sign-out needs. Never edited: a change is a new file. */
export const redirectUriMigration: Migration = {
  name: '0005-redirect-uris',
  statements: (words) => [
    createIndex('collection_value', ['collection', 'value']),
    `insert into collection_value (object_id, collection, value) ${registeredUris(words)}`,
  ],
}

/** Of applications that are there already, as they were registered; the next change of one writes the keys. */
function registeredUris(words: SchemaWords): string {
  return ['web', 'spa', 'publicClient']
    .map((platform) => words.jsonTexts('application.record', [platform, 'redirectUris']))
    .map((elements) => `select application.id, 'redirectUris', lower(element.value) from application, ${elements}`)
    .join(' union ')
}
