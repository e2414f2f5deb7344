import { dataDirectory } from '../../../data-folder.ts'
import { type CommandIO, choice, type OptionDeclaration, text } from '../../command.ts'
import { RefusedError, UsageError } from '../../failure.ts'
import { type GraphClient, GraphRefusal, localGraph } from '../../local-graph.ts'
import { alignColumns } from '../../terminal.ts'

/** The members of Graph's application that these commands print. */
export interface Application {
  readonly id: string
  readonly appId: string
  readonly displayName: string
  readonly signInAudience?: string
  readonly createdDateTime?: string
  readonly isFallbackPublicClient?: boolean | null
  readonly web?: { readonly redirectUris?: readonly string[] }
  readonly spa?: { readonly redirectUris?: readonly string[] }
  readonly publicClient?: { readonly redirectUris?: readonly string[] }
  readonly passwordCredentials?: readonly {
    readonly displayName?: string | null
    readonly hint?: string | null
    readonly endDateTime?: string
  }[]
}

type Cloud = 'local' | 'public' | 'usgov' | 'china'

export const cloudOption: OptionDeclaration<Cloud | undefined> = choice(
  'CLOUD',
  ['local', 'public', 'usgov', 'china'],
  'where the tenant is (default: local)',
)

export const tenantOption: OptionDeclaration<string | undefined> = text(
  'TENANT',
  'id, domain or name of the tenant (default: the one of the first start)',
)

/** Graph of the cloud that was named. @throws {UsageError} for any other than the local one */
export function graphOf(
  { cloud, tenant, data }: { cloud: Cloud | undefined; tenant: string | undefined; data: string | undefined },
  { environment }: CommandIO,
): Promise<GraphClient> {
  if (cloud !== undefined && cloud !== 'local') {
    throw new UsageError(
      `doorstep app works on the local cloud only; it cannot sign in to '${cloud}' yet. Leave --cloud out, and register there with the portal or with az ad app create.`,
    )
  }
  return localGraph(dataDirectory(data, environment), environment, tenant)
}

const guid = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i

/**
 * The application that a person means by its appId, its object id or its display name.
 *
 * @throws {RefusedError} when there is none, or when several have that name: then the message lists them
 */
export async function findApplication(graph: GraphClient, wanted: string): Promise<Application> {
  if (guid.test(wanted)) {
    const found =
      (await optional(graph.get<Application>(`/applications(appId='${wanted}')`))) ??
      (await optional(graph.get<Application>(`/applications/${wanted}`)))
    if (found) return found
    throw new RefusedError(`No application has the appId or object id ${wanted}.`)
  }
  const filter = encodeURIComponent(`displayName eq '${wanted.replaceAll("'", "''")}'`)
  const named = await graph.list<Application>(`/applications?$filter=${filter}`)
  const [only, ...others] = named
  if (!only) throw new RefusedError(`No application is called ${wanted}.`)
  if (others.length === 0) return only
  const lines = alignColumns(named.map(({ appId, createdDateTime }) => ['', appId, createdDateTime ?? '']))
  throw new RefusedError(
    [`${named.length} applications are called ${wanted}; name one by its appId:`, ...lines].join('\n'),
  )
}

async function optional<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof GraphRefusal && error.status === 404) return undefined
    throw error
  }
}
