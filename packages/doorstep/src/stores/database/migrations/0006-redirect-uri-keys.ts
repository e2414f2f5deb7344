import { redirectUriKey } from '../../../directory/registered-redirect-uri.ts'
import type { Migration } from './migrate.ts'

/**
 * Writes the keys of the redirect URIs that the migration before kept as they were registered: SQL cannot make a key.
 * Whoever changes what the key of a URI is repeats this in a new file. Never edited: a change is a new file.
 */
export const redirectUriKeyMigration: Migration = {
  name: '0006-redirect-uri-keys',
  *steps({ parameter }) {
    const rows = yield { sql: "select object_id, value from collection_value where collection = 'redirectUris'" }
    for (const { object_id: objectId, value } of rows) {
      const key = redirectUriKey(String(value))
      if (key === value) continue
      yield {
        sql: `delete from collection_value
          where object_id = ${parameter(1)} and collection = 'redirectUris' and value = ${parameter(2)}`,
        values: [String(objectId), String(value)],
      }
      // URIs that differ in their port alone share a key.
      yield {
        sql: `insert into collection_value (object_id, collection, value)
          values (${parameter(1)}, 'redirectUris', ${parameter(2)}) on conflict do nothing`,
        values: [String(objectId), key],
      }
    }
  },
}
