import { searchWords } from '../../../directory/search-words.ts'
import type { Row } from '../database.ts'
import type { Migration, MigrationStep } from './migrate.ts'
import { amongDeleted, amongLive, constraintName, createIndex, createUniqueIndex, type SchemaWords } from './schema.ts'

/** Which texts are searched word by word, and under which names their words are kept. */
const searched: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  application: { display_name: 'displayNameWord', description: 'descriptionWord' },
  service_principal: { display_name: 'displayNameWord' },
  directory_user: { display_name: 'displayNameWord' },
  directory_group: { display_name: 'displayNameWord', description: 'descriptionWord' },
}

const rowsAtOnce = 200
const valuesAtOnce = 300

/**
 * Keeps the words that `$search` finds, people's further addresses, and the addresses of Microsoft 365 groups apart;
 * leads through deleted and owned objects page by page.
 * Whoever changes what a word is repeats this in a new file. Never edited: a change is a new file.
 */
export const wordsMigration: Migration = {
  name: '0011-words',
  *steps(words) {
    for (const [table, columns] of Object.entries(searched)) {
      yield* valuesOfRows(table, Object.keys(columns), words, (row) =>
        Object.entries(columns).flatMap(([column, collection]) =>
          searchWords(String(row[column] ?? '')).map((word) => [collection, word] as const),
        ),
      )
    }
    const otherMails = `${words.jsonText('record', ['otherMails'])} as other_mails`
    yield* valuesOfRows('directory_user', [otherMails], words, (row) => {
      const kept: unknown = JSON.parse(String(row.other_mails ?? '[]'))
      return Array.isArray(kept) ? kept.map((address) => ['otherMails', String(address).toLowerCase()] as const) : []
    })
    yield { sql: `drop index ${constraintName('collection_value', ['collection', 'value'])}` }
    yield { sql: createIndex('collection_value', ['collection', 'value', 'object_id']) }
    // Removing a service principal for ever looks for the permissions to it.
    yield { sql: createIndex('permission_grant', ['resource_id']) }
    // Of two groups that share an address already, one goes on without being found by it.
    yield {
      sql: `update directory_group set mail = null where deleted_at is null and mail is not null and exists (
        select 1 from directory_group as earlier where earlier.tenant_id = directory_group.tenant_id
        and earlier.mail = directory_group.mail and earlier.deleted_at is null and earlier.id < directory_group.id)`,
    }
    yield { sql: amongLive(createUniqueIndex('directory_group', ['tenant_id', 'mail'])) }
    for (const table of Object.keys(searched)) {
      yield { sql: `drop index ${constraintName(table, ['tenant_id', 'deleted_at'])}` }
      yield { sql: amongDeleted(createIndex(table, ['tenant_id', 'deleted_at', 'id'])) }
      yield { sql: `drop index ${constraintName(table, ['deleted_at'])}` }
      yield { sql: amongDeleted(createIndex(table, ['deleted_at', 'id'])) }
    }
  },
}

type Kept = readonly (readonly [collection: string, value: string])[]

/** Writes what is to be kept of every row of a table, some rows at a time. */
function* valuesOfRows(
  table: string,
  columns: readonly string[],
  words: SchemaWords,
  keptOf: (row: Row) => Kept,
): Generator<MigrationStep, void, readonly Row[]> {
  let last = ''
  for (;;) {
    const rows = yield {
      sql: `select id, ${columns.join(', ')} from ${table} where id > ${words.parameter(1)}
        order by id limit ${rowsAtOnce}`,
      values: [last],
    }
    yield* insertions(
      rows.flatMap((row) => keptOf(row).map(([collection, value]) => [String(row.id), collection, value])),
      words,
    )
    const end = rows.at(-1)
    if (!end) return
    last = String(end.id)
  }
}

function* insertions(
  kept: readonly (readonly string[])[],
  { parameter }: SchemaWords,
): Generator<MigrationStep, void, readonly Row[]> {
  for (let first = 0; first < kept.length; first += valuesAtOnce) {
    const some = kept.slice(first, first + valuesAtOnce)
    const places = some.map((_, index) => [1, 2, 3].map((column) => parameter(3 * index + column)).join(', '))
    yield {
      sql: `insert into collection_value (object_id, collection, value)
        values ${places.map((place) => `(${place})`).join(', ')} on conflict do nothing`,
      values: some.flat(),
    }
  }
}
