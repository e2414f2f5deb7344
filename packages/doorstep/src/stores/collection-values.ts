import { type RawBuilder, sql } from 'kysely'
import { searchWords } from '../directory/search-words.ts'
import type { Statement, StatementBuilder } from './database/database.ts'
import type { ObjectTable } from './database/tables.ts'
import { folded } from './directory-object.ts'
import { beginsWith, type CollectionCondition } from './filter.ts'

/** Keeps an object's collections (tags, group types) beside it, so that `any` finds their values. */
export function insertCollections(
  builder: StatementBuilder,
  objectId: string,
  collections: Readonly<Record<string, readonly string[]>>,
): readonly Statement[] {
  const rows = Object.entries(collections).flatMap(([collection, values]) =>
    [...new Set(values.map(folded))].map((value) => ({ object_id: folded(objectId), collection, value })),
  )
  return rows.length === 0 ? [] : [{ query: builder.insertInto('collection_value').values(rows).compile() }]
}

export function replaceCollections(
  builder: StatementBuilder,
  objectId: string,
  collections: Readonly<Record<string, readonly string[]>>,
): readonly Statement[] {
  const remove = builder.deleteFrom('collection_value').where('object_id', '=', folded(objectId))
  return [{ query: remove.compile() }, ...insertCollections(builder, objectId, collections)]
}

/** Whether a collection of an object of that table holds a value. */
export function holdsValue(table: ObjectTable, collection: string): CollectionCondition {
  return (value) => sql`${sql.ref(`${table}.id`)} in (select object_id from collection_value where
    collection_value.collection = ${collection} and collection_value.value = ${folded(value)})`
}

/** Whether a collection of an object of that table holds a value that begins so. */
export function holdsPrefix(table: ObjectTable, collection: string): CollectionCondition {
  return (prefix) => sql`${sql.ref(`${table}.id`)} in (select object_id from collection_value where
    collection_value.collection = ${collection} and ${beginsWith(sql.ref('collection_value.value'), folded(prefix))})`
}

/** What is kept of the texts that are searched word by word. */
export function wordsOf(texts: Readonly<Record<string, string | null>>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${name}Word`, searchWords(text ?? '')]))
}

/** How those texts are searched: for words that begin so. */
export function searchable(table: ObjectTable, texts: readonly string[]): ReadonlyMap<string, CollectionCondition> {
  return new Map(texts.map((name) => [name, holdsPrefix(table, `${name}Word`)]))
}

/** The condition that a collection of an object of that table is empty. */
export function isEmpty(table: ObjectTable, collection: string): RawBuilder<unknown> {
  return sql`not exists (select 1 from collection_value where collection_value.object_id = ${sql.ref(`${table}.id`)}
    and collection_value.collection = ${collection})`
}
