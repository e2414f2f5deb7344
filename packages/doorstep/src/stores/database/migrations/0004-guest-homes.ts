import type { Migration } from './migrate.ts'
import { addColumn, amongLive, createIndex } from './schema.ts'

/** Guests are found by the account they are at home. Never edited: a change is a new file. */
export const guestHomesMigration: Migration = {
  name: '0004-guest-homes',
  statements: (words) => [
    addColumn(words, 'directory_user', 'home_user_id', 'text?'),
    `update directory_user set home_user_id = lower(${words.jsonText('record', ['home', 'userId'])})`,
    amongLive(createIndex('directory_user', ['home_user_id'])),
  ],
}
