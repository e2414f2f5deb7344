import type { Migration } from './migrate.ts'
import { addColumn, amongLive, createIndex, createTable } from './schema.ts'

/** What people and groups newly have, and lists are filtered by. */
const filteredBy = {
  directory_user: [
    'city',
    'company_name',
    'country',
    'employee_id',
    'employee_type',
    'on_premises_immutable_id',
    'postal_code',
    'state',
  ],
  directory_group: ['mail'],
}

/** Who reports to whom; which directory roles are in use, and who holds one. Never edited: a change is a new file. */
export const peopleMigration: Migration = {
  name: '0010-people',
  statements: (words) => [
    addColumn(words, 'directory_user', 'manager_id', 'text?'),
    amongLive(createIndex('directory_user', ['manager_id'])),
    ...Object.entries(filteredBy).flatMap(([table, columns]) =>
      columns.map((column) => addColumn(words, table, column, 'text?')),
    ),
    createTable(words, 'activated_directory_role', {
      columns: { tenant_id: 'text', role_template_id: 'text' },
      primaryKey: ['tenant_id', 'role_template_id'],
    }),
    createIndex('directory_role', ['tenant_id', 'role_template_id']),
    createIndex('directory_role', ['principal_id']),
  ],
}
