import { RefusedError } from '../failure.ts'
import { alignColumns } from '../terminal.ts'
import { filterOption, type GraphClient, odataText } from './graph-client.ts'
import { isGuid } from './guid.ts'

/** An application in the recycle bin. */
export interface DeletedApplication {
  /** Object id, by which it is brought back. */
  readonly id: string
  readonly appId: string
  readonly displayName: string
  readonly deletedDateTime?: string | null
}

/** @throws {RefusedError} when none was deleted, or several of that name: then the message lists them */
export async function findDeletedApplication(graph: GraphClient, wanted: string): Promise<DeletedApplication> {
  const list = (property: string) =>
    graph.list<DeletedApplication>(
      `/directory/deletedItems/microsoft.graph.application?${filterOption(`${property} eq ${odataText(wanted)}`)}`,
    )
  const found = isGuid(wanted) ? [...(await list('appId')), ...(await list('id'))] : await list('displayName')
  const [only, ...others] = found
  if (!only) throw new RefusedError(`The recycle bin has no application ${wanted}: it keeps them for thirty days.`)
  if (others.length === 0) return only
  const lines = alignColumns(found.map(({ id, deletedDateTime }) => ['', id, deletedDateTime ?? '']))
  throw new RefusedError(
    [`${found.length} deleted ones are called ${wanted}; name one by its object id:`, ...lines].join('\n'),
  )
}
