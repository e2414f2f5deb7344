import { type RawBuilder, sql } from 'kysely'
import { type Filter, UnsupportedFilter } from '../directory/query.ts'
import { searchWords } from '../directory/search-words.ts'

/**
 * How a property is kept: text in lower case, an instant in milliseconds or, as `isoInstant`, as ISO 8601 of UTC with
 * milliseconds, a flag as 0 or 1, a number as it is; `none` is a property that nothing here ever has.
 */
export interface FilterableProperty {
  /** A column, or a query of one value. */
  readonly column: RawBuilder<unknown>
  readonly kind: 'text' | 'instant' | 'isoInstant' | 'flag' | 'number' | 'none'
  /** Whether the column may be null. */
  readonly optional: boolean
}

/** A condition that is true when a collection holds a value. */
export type CollectionCondition = (value: string) => RawBuilder<unknown>

/** All that a collection of objects can be filtered by; nothing that a caller writes ever becomes a column's name. */
export interface FilterableProperties {
  readonly properties: ReadonlyMap<string, FilterableProperty>
  readonly collections: ReadonlyMap<string, CollectionCondition>
  /** The collections that can be asked for the beginning of a value. */
  readonly collectionPrefixes?: ReadonlyMap<string, CollectionCondition>
  /** The texts that can be searched word by word: a condition that one has a word that begins so. */
  readonly words?: ReadonlyMap<string, CollectionCondition>
  /** The collections that can be asked whether they are empty, each with the condition that it is. */
  readonly emptiness?: ReadonlyMap<string, RawBuilder<unknown>>
  /** Texts by which an index leads through a tenant's objects: (tenant, text, id). */
  readonly indexed?: readonly string[]
  /** What `$orderby` takes: never null. */
  readonly sortable?: readonly string[]
}

const required = (column: string, kind: FilterableProperty['kind']): FilterableProperty => ({
  column: sql.ref(column),
  kind,
  optional: false,
})

export const text = (column: string): FilterableProperty => required(column, 'text')
export const optionalText = (column: string): FilterableProperty => ({ ...text(column), optional: true })
export const instant = (column: string): FilterableProperty => required(column, 'instant')
export const isoInstant = (column: string): FilterableProperty => required(column, 'isoInstant')
export const flag = (column: string): FilterableProperty => required(column, 'flag')
export const optionalNumber = (column: string): FilterableProperty => ({
  ...required(column, 'number'),
  optional: true,
})
export const optionalFlag = (column: string): FilterableProperty => ({ ...flag(column), optional: true })
/** A property that Graph has and that is null in every object here. */
export const withoutValue: FilterableProperty = { column: sql`null`, kind: 'none', optional: true }
/** A collection that Graph has and that is empty in every object here. */
export const holdsNothing: CollectionCondition = () => sql`1 = 0`
/** A text that stands in another table. */
export const textElsewhere = (column: RawBuilder<unknown>): FilterableProperty => ({
  column,
  kind: 'text',
  optional: true,
})

type Condition = RawBuilder<unknown>
type Comparison = Extract<Filter, { kind: 'compare' }>

const never: Condition = sql`1 = 0`
const always: Condition = sql`1 = 1`

/**
 * The condition that a filter says. Every part is true or false and never unknown, so that `not` means what it means
 * in OData: a property without a value is not equal to any.
 * @throws {UnsupportedFilter} when a property, or the kind of value it is compared with, is not supported
 */
export function whereFilter(filter: Filter, properties: FilterableProperties): Condition {
  switch (filter.kind) {
    case 'and':
      return sql`(${whereFilter(filter.left, properties)} and ${whereFilter(filter.right, properties)})`
    case 'or':
      return sql`(${whereFilter(filter.left, properties)} or ${whereFilter(filter.right, properties)})`
    case 'not':
      return sql`not (${whereFilter(filter.operand, properties)})`
    case 'compare':
      return comparison(filter, propertyOf(filter.property, properties))
    case 'in':
      return oneOf(filter.values, filter.property, propertyOf(filter.property, properties))
    case 'startsWith':
    case 'endsWith':
      return textCondition(filter.kind, textProperty(filter.property, properties), filter.value.toLowerCase())
    case 'search':
      return hasWords(filter, properties)
    case 'any': {
      const condition = properties.collections.get(filter.collection)
      if (!condition) throw new UnsupportedFilter(filter.collection)
      return condition(filter.value)
    }
    case 'isEmpty': {
      const condition = properties.emptiness?.get(filter.collection)
      if (!condition) throw new UnsupportedFilter(filter.collection)
      return condition
    }
    case 'anyStartsWith': {
      const condition = properties.collectionPrefixes?.get(filter.collection)
      if (!condition) throw new UnsupportedFilter(filter.collection)
      return condition(filter.value)
    }
  }
}

function propertyOf(name: string, { properties }: FilterableProperties): FilterableProperty {
  const property = properties.get(name)
  if (!property) throw new UnsupportedFilter(name)
  return property
}

function textProperty(name: string, properties: FilterableProperties): FilterableProperty {
  const property = propertyOf(name, properties)
  if (property.kind !== 'text' && property.kind !== 'none') throw new UnsupportedFilter(name)
  return property
}

function textCondition(kind: 'startsWith' | 'endsWith', property: FilterableProperty, value: string): Condition {
  if (property.kind === 'none') return never
  return kind === 'startsWith' ? startsWith(property, value) : endsWith(property, value)
}

function comparison({ property: name, operator, value }: Comparison, property: FilterableProperty): Condition {
  const { column } = property
  if (property.kind === 'none') return withNothing(operator, value)
  if (value === null) return operator === 'eq' ? sql`${column} is null` : operator === 'ne' ? hasValue(property) : never
  if (property.kind === 'flag' && operator !== 'eq' && operator !== 'ne') throw new UnsupportedFilter(name)
  const kept = keptValue(name, property, value)
  if (operator === 'ne') return sql`(${column} is null or ${column} <> ${kept})`
  return sql`(${hasValue(property)} and ${column} ${sql.raw(operators[operator])} ${kept})`
}

/** What is never there is equal to null, different from all else, and neither greater nor less. */
function withNothing(operator: Comparison['operator'], value: Comparison['value']): Condition {
  if (operator === 'eq') return value === null ? always : never
  if (operator === 'ne') return value === null ? never : always
  return never
}

const operators = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const

function oneOf(values: readonly string[], name: string, property: FilterableProperty): Condition {
  if (values.length === 0 || property.kind === 'none') return never
  const kept = values.map((value) => keptValue(name, property, value))
  return sql`(${hasValue(property)} and ${property.column} in (${sql.join(kept)}))`
}

function startsWith(property: FilterableProperty, prefix: string): Condition {
  return sql`(${hasValue(property)} and ${beginsWith(property.column, prefix)})`
}

/** A range, which an index answers, where a pattern would have to be escaped and would read every row. */
export function beginsWith(column: RawBuilder<unknown>, prefix: string): Condition {
  const end = afterPrefix(prefix)
  return end === undefined ? sql`${column} >= ${prefix}` : sql`${column} >= ${prefix} and ${column} < ${end}`
}

/** Every word of the value begins a word of the text ("Use the $search query parameter", tokenization). */
function hasWords(
  { property, value }: Extract<Filter, { kind: 'search' }>,
  { words }: FilterableProperties,
): Condition {
  const hasWord = words?.get(property)
  if (!hasWord) throw new UnsupportedFilter(property)
  const conditions = searchWords(value).map(hasWord)
  return conditions.length === 0 ? never : sql`(${sql.join(conditions, sql` and `)})`
}

function endsWith(property: FilterableProperty, suffix: string): Condition {
  const { column } = property
  const length = [...suffix].length
  // A text shorter than the suffix gives a start before its first character, and less text than the suffix has.
  return sql`(${hasValue(property)} and substr(${column}, length(${column}) - ${sql.lit(length - 1)}) = ${suffix})`
}

function hasValue({ column, optional }: FilterableProperty): Condition {
  return optional ? sql`${column} is not null` : sql`1 = 1`
}

function keptValue(name: string, { kind }: FilterableProperty, value: string | number | boolean): string | number {
  if (kind === 'text' && typeof value === 'string') return value.toLowerCase()
  if (kind === 'number' && typeof value === 'number' && Number.isSafeInteger(value)) return value
  if (kind === 'flag' && typeof value === 'boolean') return value ? 1 : 0
  if ((kind === 'instant' || kind === 'isoInstant') && typeof value === 'string') {
    const milliseconds = Date.parse(value)
    if (!Number.isNaN(milliseconds)) return kind === 'instant' ? milliseconds : new Date(milliseconds).toISOString()
  }
  throw new UnsupportedFilter(name)
}

const firstSurrogate = 0xd800
const afterSurrogates = 0xe000
const lastCodePoint = 0x10ffff

/**
 * The least text after all that begin with `prefix`, in the order of code points, which is the order of their bytes;
 * undefined when there is none.
 */
function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  while (points.at(-1) === lastCodePoint) points.pop()
  const last = points.pop()
  if (last === undefined) return undefined
  const next = last + 1 === firstSurrogate ? afterSurrogates : last + 1
  return String.fromCodePoint(...points, next)
}
