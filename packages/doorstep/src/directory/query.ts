/**
 * A question to a collection of a tenant's objects, as plain data: what an OData `$filter` says, without its
 * grammar. Stores translate it to SQL; nothing evaluates it row by row.
 */
export type Filter =
  | {
      readonly kind: 'compare'
      readonly property: string
      readonly operator: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'
      readonly value: string | number | boolean | null
    }
  | { readonly kind: 'startsWith' | 'endsWith'; readonly property: string; readonly value: string }
  | { readonly kind: 'in'; readonly property: string; readonly values: readonly string[] }
  /** `collection/any(x:x eq value)`, `collection/any(x:startswith(x,value))` */
  | { readonly kind: 'any' | 'anyStartsWith'; readonly collection: string; readonly value: string }
  /** `collection/$count eq 0` */
  | { readonly kind: 'isEmpty'; readonly collection: string }
  /** One word of a `$search`: the text has a word that begins so. */
  | { readonly kind: 'search'; readonly property: string; readonly value: string }
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly operand: Filter }

/** One property of an `$orderby`. */
export interface SortKey {
  readonly property: string
  readonly direction: 'asc' | 'desc'
}

export interface DirectoryQuery {
  readonly tenantId: string
  readonly filter?: Filter | undefined
  /** Without it the order is the store's own, and stays so from page to page. */
  readonly orderBy?: readonly SortKey[] | undefined
  /** At most so many objects. */
  readonly top: number
  /** The `next` of the page before. */
  readonly after?: string | undefined
}

/** Which objects are to be counted. */
export type CountQuery = Pick<DirectoryQuery, 'tenantId' | 'filter'>

export interface Page<T> {
  readonly items: readonly T[]
  /** Where the next page begins; undefined on the last. */
  readonly next: string | undefined
}

/** The `after` of a query is the `next` of no page. */
export class UnknownPage extends Error {
  override readonly name = 'UnknownPage'
}

/** A filter names a property that this collection cannot be filtered by. */
export class UnsupportedFilter extends Error {
  override readonly name = 'UnsupportedFilter'
  readonly property: string
  constructor(property: string) {
    super(`The property '${property}' cannot be filtered by.`)
    this.property = property
  }
}

/** A collection cannot be sorted by a property. */
export class UnsupportedOrder extends Error {
  override readonly name = 'UnsupportedOrder'
  constructor(property: string) {
    super(`There is no order by '${property}'.`)
  }
}
