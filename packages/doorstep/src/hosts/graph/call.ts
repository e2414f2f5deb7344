import type { UserRights } from '../../rbac/directory-roles.ts'
import type { Caller, Operation, Reach } from './authorize.ts'
import { insufficientPrivileges } from './errors.ts'
import type { GraphParts } from './graph-parts.ts'
import type { QueryOptions, SpecialOption } from './odata/query-options.ts'

/** One request that its sender may make, as the endpoints see it. */
export interface GraphCall {
  readonly parts: GraphParts
  readonly caller: Caller
  /** Whether the caller may act on all objects of its tenant or on those that it owns. */
  readonly reach: Exclude<Reach, 'none'>
  /** Of the user whom the application acts for; undefined when it acts as itself. */
  readonly rights: UserRights | undefined
  /** Template ids of the directory roles that the user holds, or the application when it acts as itself. */
  readonly directoryRoleIds: readonly string[]
  /** Whether an application acts as itself and needs no directory role for what it does. */
  readonly isPermitted: boolean
  /** Names in the path, decoded. */
  readonly params: Readonly<Record<string, string | undefined>>
  readonly query: QueryOptions
  /** Whether the header `ConsistencyLevel: eventual` came with it. */
  readonly eventual: boolean
  /** Whether the header `Prefer: create-if-missing` came with it. */
  readonly createIfMissing: boolean
  /** The JSON body without OData annotations; undefined when there is none. */
  readonly body: unknown
  /** Begin of links and context strings: `https://graph.microsoft.com/v1.0`. */
  readonly root: string
  /** Now, ISO 8601. */
  readonly now: string
  /** Makes the address of the page that begins at `after`, with the options of this request. */
  readonly nextLink: (after: string) => string
}

export type Entity = Readonly<Record<string, unknown>>

/** What an endpoint answers; `respond.ts` gives it its form on the wire. */
export type GraphAnswer =
  /**
   * `context` is what follows `$metadata#`. `created` says that it was just made; the kind of directory object that it
   * names is that of the `Location`, which the answer has unless the name is empty.
   */
  | { readonly kind: 'entity'; readonly context: string; readonly entity: Entity; readonly created?: string }
  | {
      readonly kind: 'collection'
      readonly context: string
      readonly value: readonly Entity[]
      readonly count: number | undefined
      readonly nextLink: string | undefined
    }
  /** What is neither an object nor a list of them. */
  | { readonly kind: 'value'; readonly context: string; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'nothing' }

export const nothing: GraphAnswer = { kind: 'nothing' }

/** One line of the route list. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly path: string
  readonly operation: Operation
  readonly answer: (call: GraphCall) => Promise<GraphAnswer>
  /** What it takes of the query options that not every operation has; none when left out. */
  readonly options?: readonly SpecialOption[]
}

/** A parameter that the route's path has. */
export function requiredParam({ params }: GraphCall, name: string): string {
  const value = params[name]
  if (value === undefined) throw new Error(`The route has no parameter '${name}'.`)
  return value
}

/** @throws {GraphError} 403 when the caller may change only what it owns and does not own this */
export function requireOwnership({ reach, caller }: GraphCall, owners: readonly string[]): void {
  if (reach !== 'all' && !owners.includes(caller.objectId)) throw insufficientPrivileges()
}
