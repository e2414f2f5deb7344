import type { Migration } from './migrate.ts'
import { addColumn, createIndex } from './schema.ts'

/** From when on a user's sign-ins count; consent by the user it is for. Never edited: a change is a new file. */
export const revocationMigration: Migration = {
  name: '0003-revocation',
  statements: (words) => [
    addColumn(words, 'directory_user', 'sign_ins_valid_from', 'text?'),
    createIndex('permission_grant', ['principal_id']),
  ],
}
