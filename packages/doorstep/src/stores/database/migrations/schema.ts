/** The words in which the engines' table definitions differ. */
export interface SchemaWords {
  /** A text column that is compared byte by byte. */
  readonly text: string
  /** A whole number of up to 53 bits. */
  readonly integer: string
  /** The text at `path` of a text column that holds JSON; null where there is none. */
  readonly jsonText: (column: string, path: readonly string[]) => string
  /** What follows the closing parenthesis of a table. */
  readonly afterTable: string
  /** What can follow `from`: the texts of an array inside a column that holds JSON, as `element.value`. */
  readonly jsonTexts: (column: string, path: readonly string[]) => string
  /** Where a statement takes its first, second … value. */
  readonly parameter: (position: number) => string
}

/** A column: its type, with a question mark when it may be null. */
export type ColumnType = 'text' | 'text?' | 'integer' | 'integer?'

export interface TableDefinition {
  readonly columns: Readonly<Record<string, ColumnType>>
  readonly primaryKey: readonly string[]
  /** Columns that must name a row of another table by its `id`. */
  readonly references?: Readonly<Record<string, string>>
}

/** Constraints and indexes are named after their table and columns, so that both engines' refusals name the same. */
export function constraintName(table: string, columns: readonly string[]): string {
  return [table, ...columns].join('__')
}

export function createTable(words: SchemaWords, table: string, definition: TableDefinition): string {
  const columns = Object.entries(definition.columns).map(([name, type]) =>
    type.endsWith('?') ? `${name} ${typeOf(words, type)}` : `${name} ${typeOf(words, type)} not null`,
  )
  const key = `constraint ${constraintName(table, definition.primaryKey)} primary key (${definition.primaryKey.join(', ')})`
  const references = Object.entries(definition.references ?? {}).map(
    ([column, other]) => `foreign key (${column}) references ${other} (id)`,
  )
  return `create table ${table} (${[...columns, key, ...references].join(', ')})${words.afterTable}`
}

/** Adds a column that may be null: rows that are there have no value. */
export function addColumn(words: SchemaWords, table: string, column: string, type: Extract<ColumnType, `${string}?`>) {
  return `alter table ${table} add column ${column} ${typeOf(words, type)}`
}

function typeOf(words: SchemaWords, type: ColumnType): string {
  return type.startsWith('text') ? words.text : words.integer
}

export function createIndex(table: string, columns: readonly string[]): string {
  return `create index ${constraintName(table, columns)} on ${table} (${columns.join(', ')})`
}

export function createUniqueIndex(table: string, columns: readonly string[]): string {
  return `create unique index ${constraintName(table, columns)} on ${table} (${columns.join(', ')})`
}

/** Restricts an index to the objects that are not soft-deleted. */
export function amongLive(index: string): string {
  return `${index} where deleted_at is null`
}

/** Restricts an index to the objects that are soft-deleted. */
export function amongDeleted(index: string): string {
  return `${index} where deleted_at is not null`
}
