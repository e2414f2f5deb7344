import { RefusedError, UsageError } from '../failure.ts'
import { alignColumns } from '../terminal.ts'
import type { Application } from './application.ts'
import { filterOption, type GraphClient, odataText, unlessMissing } from './graph-client.ts'
import { isGuid } from './guid.ts'

/** How every command words its operand. */
export const applicationArgument = { form: '<application>', help: 'its appId, object id or name' }

/**
 * The application that a person means by its appId, its object id or its display name.
 *
 * @throws {RefusedError} when there is none, or when several have that name: then the message lists them
 */
export async function findApplication(graph: GraphClient, wanted: string): Promise<Application> {
  if (wanted.trim() === '') throw new UsageError('The application is empty: give its appId, object id or name.')
  if (isGuid(wanted)) {
    const found = await applicationById(graph, wanted)
    if (found) return found
    throw new RefusedError(`No application has the appId or object id ${wanted}.${await whereItIs(graph, wanted)}`)
  }
  const named = await applicationsCalled(graph, wanted)
  const [only, ...others] = named
  if (!only) throw new RefusedError(`No application is called ${wanted}.`)
  if (others.length === 0) return only
  const lines = alignColumns(named.map(({ appId, createdDateTime }) => ['', appId, createdDateTime ?? '']))
  throw new RefusedError(
    [`${named.length} applications are called ${wanted}; name one by its appId:`, ...lines].join('\n'),
  )
}

/** The application of this tenant that has the appId or object id. */
export async function applicationById(graph: GraphClient, id: string): Promise<Application | undefined> {
  return (
    (await unlessMissing(graph.get<Application>(`/applications(appId='${id}')`))) ??
    (await unlessMissing(graph.get<Application>(`/applications/${id}`)))
  )
}

/** Names are not unique. */
export function applicationsCalled(graph: GraphClient, displayName: string): Promise<readonly Application[]> {
  return graph.list<Application>(`/applications?${filterOption(`displayName eq ${odataText(displayName)}`)}`)
}

/** The id of a service principal is a common mistake, and an application of another tenant has nothing else here. */
async function whereItIs(graph: GraphClient, id: string): Promise<string> {
  const found =
    (await unlessMissing(graph.get<{ appId: string; displayName: string }>(`/servicePrincipals/${id}`))) ??
    (await unlessMissing(graph.get<{ appId: string; displayName: string }>(`/servicePrincipals(appId='${id}')`)))
  if (!found) return ''
  return ` It is a service principal, of ${found.displayName} (appId ${found.appId}); the registration is in its home tenant.`
}
