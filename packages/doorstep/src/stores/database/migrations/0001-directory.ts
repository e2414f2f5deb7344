import type { Migration } from './migrate.ts'
import { amongLive, type ColumnType, createIndex, createTable, createUniqueIndex } from './schema.ts'

const objectColumns = {
  id: 'text',
  tenant_id: 'text',
  created_at: 'integer',
  deleted_at: 'text?',
  version: 'integer',
  record: 'text',
} as const satisfies Record<string, ColumnType>

/** Tenants, what they hold, who may do what in Azure, signing keys and settings. Never edited: a change is a new file. */
export const directoryMigration: Migration = {
  name: '0001-directory',
  statements: (words) => [
    createTable(words, 'tenant', {
      columns: { id: 'text', created_at: 'integer', record: 'text' },
      primaryKey: ['id'],
    }),
    createTable(words, 'tenant_domain', {
      columns: { name: 'text', tenant_id: 'text' },
      primaryKey: ['name'],
      references: { tenant_id: 'tenant' },
    }),
    createIndex('tenant_domain', ['tenant_id']),

    createTable(words, 'application', {
      columns: {
        ...objectColumns,
        app_id: 'text',
        display_name: 'text',
        unique_name: 'text?',
        description: 'text?',
        sign_in_audience: 'text',
        publisher_domain: 'text',
      },
      primaryKey: ['id'],
    }),
    amongLive(createUniqueIndex('application', ['app_id'])),
    amongLive(createUniqueIndex('application', ['tenant_id', 'unique_name'])),
    ...['id', 'display_name'].map((column) => amongLive(createIndex('application', ['tenant_id', column]))),
    createTable(words, 'application_identifier_uri', {
      columns: { tenant_id: 'text', uri: 'text', application_id: 'text', app_id: 'text' },
      primaryKey: ['tenant_id', 'uri'],
      references: { application_id: 'application' },
    }),
    ...['uri', 'application_id', 'app_id'].map((column) => createIndex('application_identifier_uri', [column])),

    createTable(words, 'service_principal', {
      columns: {
        ...objectColumns,
        app_id: 'text',
        app_owner_organization_id: 'text',
        display_name: 'text',
        service_principal_type: 'text',
        account_enabled: 'integer',
      },
      primaryKey: ['id'],
    }),
    amongLive(createUniqueIndex('service_principal', ['tenant_id', 'app_id'])),
    ...['id', 'display_name'].map((column) => amongLive(createIndex('service_principal', ['tenant_id', column]))),

    createTable(words, 'directory_user', {
      columns: {
        ...objectColumns,
        user_principal_name: 'text',
        display_name: 'text',
        mail: 'text?',
        mail_nickname: 'text',
        given_name: 'text?',
        surname: 'text?',
        user_type: 'text',
        account_enabled: 'integer',
      },
      primaryKey: ['id'],
    }),
    amongLive(createUniqueIndex('directory_user', ['tenant_id', 'user_principal_name'])),
    ...['id', 'display_name', 'mail', 'mail_nickname', 'given_name', 'surname'].map((column) =>
      amongLive(createIndex('directory_user', ['tenant_id', column])),
    ),
    createTable(words, 'user_password', {
      columns: { user_id: 'text', record: 'text' },
      primaryKey: ['user_id'],
      references: { user_id: 'directory_user' },
    }),

    createTable(words, 'directory_group', {
      columns: {
        ...objectColumns,
        display_name: 'text',
        mail_nickname: 'text',
        description: 'text?',
        mail_enabled: 'integer',
        security_enabled: 'integer',
      },
      primaryKey: ['id'],
    }),
    ...['id', 'display_name', 'mail_nickname'].map((column) =>
      amongLive(createIndex('directory_group', ['tenant_id', column])),
    ),
    createTable(words, 'group_member', {
      columns: { group_id: 'text', member_id: 'text', record: 'text' },
      primaryKey: ['group_id', 'member_id'],
      references: { group_id: 'directory_group' },
    }),
    createIndex('group_member', ['member_id']),

    // Tags, group types and the like, so that `any(…)` finds them.
    createTable(words, 'collection_value', {
      columns: { object_id: 'text', collection: 'text', value: 'text' },
      primaryKey: ['object_id', 'collection', 'value'],
    }),

    createTable(words, 'password_credential', {
      columns: { owner_id: 'text', key_id: 'text', start_at: 'integer', record: 'text' },
      primaryKey: ['owner_id', 'key_id'],
    }),
    createTable(words, 'permission_grant', {
      columns: { id: 'text', client_id: 'text', resource_id: 'text', principal_id: 'text', record: 'text' },
      primaryKey: ['id'],
    }),
    createUniqueIndex('permission_grant', ['client_id', 'resource_id', 'principal_id']),
    createTable(words, 'app_role_assignment', {
      columns: {
        id: 'text',
        principal_id: 'text',
        resource_id: 'text',
        app_role_id: 'text',
        created_at: 'integer',
        record: 'text',
      },
      primaryKey: ['id'],
    }),
    createUniqueIndex('app_role_assignment', ['principal_id', 'resource_id', 'app_role_id']),
    createIndex('app_role_assignment', ['resource_id']),
    createTable(words, 'directory_role', {
      columns: { tenant_id: 'text', principal_id: 'text', role_template_id: 'text', record: 'text' },
      primaryKey: ['tenant_id', 'principal_id', 'role_template_id'],
    }),

    createTable(words, 'subscription', {
      columns: { id: 'text', tenant_id: 'text', record: 'text' },
      primaryKey: ['id'],
    }),
    createIndex('subscription', ['tenant_id']),
    createTable(words, 'resource_group', {
      columns: { subscription_id: 'text', name: 'text', record: 'text' },
      primaryKey: ['subscription_id', 'name'],
      references: { subscription_id: 'subscription' },
    }),
    createTable(words, 'role_assignment', {
      columns: {
        id: 'text',
        tenant_id: 'text',
        principal_id: 'text',
        role_definition_id: 'text',
        scope: 'text',
        created_at: 'integer',
        record: 'text',
      },
      primaryKey: ['id'],
    }),
    createUniqueIndex('role_assignment', ['principal_id', 'role_definition_id', 'scope']),
    createIndex('role_assignment', ['tenant_id']),

    createTable(words, 'signing_key', {
      columns: { key_id: 'text', created_at: 'integer', record: 'text' },
      primaryKey: ['key_id'],
    }),
    createTable(words, 'cloud_settings', {
      columns: { id: 'integer', record: 'text', version: 'integer' },
      primaryKey: ['id'],
    }),
  ],
}
