import type { SeedApplication } from '../../seed.ts'
import type { Application } from '../registration/application.ts'
import { applicationsCalled } from '../registration/find-application.ts'
import { type GraphClient, unlessMissing } from '../registration/graph-client.ts'
import { alignColumns } from '../terminal.ts'

/** Says what is wrong at a place of the file. */
export type Report = (path: string, message: string) => void

/** An application of the file, and what of the tenant it stands for. */
export interface MatchedApplication {
  readonly form: SeedApplication
  /** `tenants[0].applications[1]` */
  readonly path: string
  readonly found: Application | undefined
}

/**
 * Finds the applications of a file: by `appId`, else by display name, since a real cloud lets nobody choose an `appId`.
 * A name that several have, and two entries that stand for the same application, are reported.
 */
export async function matchApplications(
  graph: GraphClient,
  forms: readonly SeedApplication[],
  path: string,
  report: Report,
): Promise<readonly MatchedApplication[]> {
  const matched: MatchedApplication[] = []
  for (const [index, form] of forms.entries()) {
    const place = `${path}[${index}]`
    const found = await matching(graph, form, place, report)
    const twin = found && matched.find((other) => other.found?.id === found.id)
    if (twin)
      report(place, `It stands for the same application as ${twin.path}, ${found.appId}: give both their appId.`)
    matched.push({ form, path: place, found })
  }
  return matched
}

async function matching(
  graph: GraphClient,
  { appId, displayName }: SeedApplication,
  path: string,
  report: Report,
): Promise<Application | undefined> {
  const byId = appId && (await unlessMissing(graph.get<Application>(`/applications(appId='${appId}')`)))
  if (byId) return byId
  const called = await applicationsCalled(graph, displayName)
  const [only, ...others] = called
  if (!only) return undefined
  if (others.length === 0) return graph.get<Application>(`/applications/${only.id}`)
  const candidates = alignColumns(called.map((one) => ['   ', one.appId, one.createdDateTime ?? '']))
  const sentence = `${called.length} applications are called ${displayName}: write the appId of the one that is meant beside it.`
  report(path, [sentence, ...candidates].join('\n'))
  return only
}
