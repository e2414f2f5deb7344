import type { Application } from './application.ts'
import type { Group } from './group.ts'
import type { CountQuery, DirectoryQuery, Page } from './query.ts'
import type { ServicePrincipal } from './service-principal.ts'
import type { User } from './user.ts'

/** Every kind of object that is deleted in two steps, and what it is. */
export interface DeletableObjects {
  readonly application: Application
  readonly servicePrincipal: ServicePrincipal
  readonly user: User
  readonly group: Group
}

export type DeletableKind = keyof DeletableObjects

/** A deleted object that can still be restored (Microsoft Graph `/directory/deletedItems`). */
export type DeletedItem = {
  [Kind in DeletableKind]: { readonly kind: Kind; readonly object: DeletableObjects[Kind] }
}[DeletableKind]

/** For so long a deleted object can be restored; then it is gone ("Restore a recently deleted application"). */
export const restorableDays = 30

/** The oldest deletion that can be undone at a moment; both ISO 8601. */
export function restorableSince(now: string): string {
  return new Date(Date.parse(now) - restorableDays * 24 * 60 * 60 * 1_000).toISOString()
}

export interface DeletedItemStore {
  /** By object id; only what was deleted at or after `since` (ISO 8601). */
  byId(id: string, since: string): Promise<DeletedItem | undefined>
  list<Kind extends DeletableKind>(
    kind: Kind,
    query: DirectoryQuery,
    since: string,
  ): Promise<Page<DeletableObjects[Kind]>>
  count(kind: DeletableKind, query: CountQuery, since: string): Promise<number>
}
