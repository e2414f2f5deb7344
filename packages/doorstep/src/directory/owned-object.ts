import type { Application } from './application.ts'
import type { Page } from './query.ts'
import type { ServicePrincipal } from './service-principal.ts'

/** What a user or a service principal can own. */
export type OwnedObject =
  | { readonly kind: 'application'; readonly object: Application }
  | { readonly kind: 'servicePrincipal'; readonly object: ServicePrincipal }

export interface OwnedObjectQuery {
  readonly tenantId: string
  /** Object id of the owner, or of whoever made the objects. */
  readonly principalId: string
  readonly relation: 'owners' | 'createdBy'
  /** Of one kind only. */
  readonly kind?: OwnedObject['kind'] | undefined
  /** At most so many. */
  readonly top: number
  /** The `next` of the page before. */
  readonly after?: string | undefined
}

export interface OwnedObjectStore {
  /** One page of the live objects that somebody owns or has made, in the order of their ids. */
  list(query: OwnedObjectQuery): Promise<Page<OwnedObject>>
}
