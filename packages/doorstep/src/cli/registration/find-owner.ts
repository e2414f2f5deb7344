import { RefusedError } from '../failure.ts'
import { type GraphClient, unlessMissing } from './graph-client.ts'
import { isGuid } from './guid.ts'

/** Somebody who may own an application. */
export interface Owner {
  /** Object id. */
  readonly id: string
  /** For messages. */
  readonly name: string
}

interface Named {
  readonly id: string
  readonly displayName?: string | null
  readonly userPrincipalName?: string
}

/**
 * A user by principal name or object id, or a service principal by object id or appId.
 *
 * @throws {RefusedError} when there is none
 */
export async function findOwner(graph: GraphClient, wanted: string): Promise<Owner> {
  const paths = isGuid(wanted)
    ? [`/users/${wanted}`, `/servicePrincipals/${wanted}`, `/servicePrincipals(appId='${wanted}')`]
    : [`/users/${encodeURIComponent(wanted)}`]
  for (const path of paths) {
    const found = await unlessMissing(graph.get<Named>(path))
    if (found) return { id: found.id, name: found.userPrincipalName ?? found.displayName ?? found.id }
  }
  const hint = isGuid(wanted) ? '' : ' Name a user by principal name, alice@contoso.example, or by object id.'
  throw new RefusedError(`There is no user or service principal '${wanted}' in this tenant.${hint}`)
}
