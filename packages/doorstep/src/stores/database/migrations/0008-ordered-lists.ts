import type { Migration } from './migrate.ts'
import { addColumn, amongLive, constraintName, createIndex, type SchemaWords } from './schema.ts'

/** Indexes that led to a value and now lead through its objects in their order too, page by page. */
const lengthened = {
  application: ['display_name'],
  service_principal: ['display_name'],
  directory_user: ['display_name', 'mail', 'mail_nickname', 'given_name', 'surname'],
  directory_group: ['display_name', 'mail_nickname'],
}

const addedOfUsers = {
  department: 'department',
  job_title: 'jobTitle',
  office_location: 'officeLocation',
  mobile_phone: 'mobilePhone',
  preferred_language: 'preferredLanguage',
  usage_location: 'usageLocation',
}

/** What lists are sorted by, and more that they are filtered by. Never edited: a change is a new file. */
export const orderedListsMigration: Migration = {
  name: '0008-ordered-lists',
  *steps(words) {
    for (const sql of statements(words)) yield { sql }
    const columns = Object.entries(addedOfUsers)
    const texts = columns.map(([column, property]) => `${words.jsonText('record', [property])} as ${column}`)
    const present = Object.values(addedOfUsers).map((property) => `${words.jsonText('record', [property])} is not null`)
    const rows = yield { sql: `select id, ${texts.join(', ')} from directory_user where ${present.join(' or ')}` }
    for (const row of rows) {
      // Databases fold differently, and some only the letters of English.
      const values = columns.flatMap(([column]) => {
        const text = row[column]
        return typeof text === 'string' ? [[column, text.toLowerCase()] as const] : []
      })
      const assignments = values.map(([column], index) => `${column} = ${words.parameter(index + 1)}`)
      yield {
        sql: `update directory_user set ${assignments.join(', ')} where id = ${words.parameter(values.length + 1)}`,
        values: [...values.map(([, value]) => value), String(row.id)],
      }
    }
  },
}

function statements(words: SchemaWords): readonly string[] {
  const isAssignable = words.jsonText('record', ['isAssignableToRole'])
  return [
    ...Object.entries(lengthened).flatMap(([table, columns]) =>
      columns.flatMap((column) => [
        `drop index ${constraintName(table, ['tenant_id', column])}`,
        amongLive(createIndex(table, ['tenant_id', column, 'id'])),
      ]),
    ),
    ...['application', 'service_principal', 'directory_user', 'directory_group'].map((table) =>
      amongLive(createIndex(table, ['tenant_id', 'created_at', 'id'])),
    ),
    ...Object.keys(addedOfUsers).map((column) => addColumn(words, 'directory_user', column, 'text?')),
    addColumn(words, 'directory_group', 'is_assignable_to_role', 'integer?'),
    // One engine reads true as 1, the other as the word.
    `update directory_group set is_assignable_to_role =
      case when ${isAssignable} is null then null when cast(${isAssignable} as text) in ('1', 'true') then 1 else 0 end`,
  ]
}
