import type { Migration } from './migrate.ts'
import { addColumn, type SchemaWords } from './schema.ts'

const texts = {
  user_id: 'userId',
  user_principal_name: 'userPrincipalName',
  client_app_id: 'clientAppId',
  resource_app_id: 'resourceAppId',
  kind: 'kind',
  correlation_id: 'correlationId',
}

/** What the sign-in log is filtered by. Never edited: a change is a new file. */
export const signInLogMigration: Migration = {
  name: '0007-sign-in-log',
  statements: (words) => [
    ...Object.keys(texts).map((column) => addColumn(words, 'sign_in_record', column, 'text?')),
    addColumn(words, 'sign_in_record', 'error_code', 'integer?'),
    `update sign_in_record set ${keptAlready(words).join(', ')}`,
  ],
}

function keptAlready({ jsonText }: SchemaWords): readonly string[] {
  return [
    ...Object.entries(texts).map(([column, property]) => `${column} = lower(${jsonText('record', [property])})`),
    `error_code = cast(${jsonText('record', ['errorCode'])} as bigint)`,
  ]
}
