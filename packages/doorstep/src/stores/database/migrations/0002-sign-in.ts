import type { Migration } from './migrate.ts'
import { createIndex, createTable, createUniqueIndex } from './schema.ts'

/** What people's sign-ins leave behind. Never edited: a change is a new file. */
export const signInMigration: Migration = {
  name: '0002-sign-in',
  statements: (words) => [
    createTable(words, 'authorization_code', {
      columns: { id: 'text', consumed: 'integer', expires_at: 'integer', record: 'text' },
      primaryKey: ['id'],
    }),
    createIndex('authorization_code', ['expires_at']),

    createTable(words, 'refresh_token', {
      columns: { id: 'text', expires_at: 'integer', record: 'text' },
      primaryKey: ['id'],
    }),
    createIndex('refresh_token', ['expires_at']),

    createTable(words, 'device_code', {
      columns: {
        id: 'text',
        user_code: 'text',
        run_id: 'text?',
        expires_at: 'integer',
        answer: 'text?',
        record: 'text',
      },
      primaryKey: ['id'],
    }),
    createUniqueIndex('device_code', ['user_code']),
    createIndex('device_code', ['run_id']),
    createIndex('device_code', ['expires_at']),

    createTable(words, 'browser_session', {
      columns: { id: 'text', expires_at: 'integer', record: 'text' },
      primaryKey: ['id'],
    }),
    createIndex('browser_session', ['expires_at']),

    createTable(words, 'sign_in_record', {
      columns: { id: 'text', tenant_id: 'text', created_at: 'integer', record: 'text' },
      primaryKey: ['id'],
    }),
    createIndex('sign_in_record', ['tenant_id', 'created_at', 'id']),
    createIndex('sign_in_record', ['created_at']),
  ],
}
