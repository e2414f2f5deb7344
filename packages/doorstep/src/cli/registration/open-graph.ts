import { dataDirectory } from '../../data-folder.ts'
import { type Cloud, clouds } from '../clouds.ts'
import { type CommandIO, choice, dataOption, jsonOption, type OptionDeclaration, text } from '../command.ts'
import { UsageError } from '../failure.ts'
import type { Application } from './application.ts'
import { applicationById } from './find-application.ts'
import type { GraphClient } from './graph-client.ts'

const cloudOption: OptionDeclaration<Cloud | undefined> = choice(
  'CLOUD',
  clouds,
  'where the tenant is (default: that of --profile, else local)',
)

/** Where a command works and how it answers: the same words in every `doorstep app` command. */
export const directoryOptions = {
  cloud: cloudOption,
  tenant: text('TENANT', 'local: id, domain or name of the tenant (default: the one of the first start)'),
  profile: text('PROFILE', 'act as this login (default: local, the cloud’s own administrator; else the default login)'),
  data: dataOption,
  json: jsonOption,
} as const

export interface DirectoryChoice {
  readonly cloud: Cloud | undefined
  readonly tenant: string | undefined
  readonly profile: string | undefined
  readonly data: string | undefined
}

/**
 * Graph of the tenant that the options name. On the local cloud the command line acts by the credential in the data
 * folder, unless `--profile` says as whom; elsewhere as the login, or the application of the AZURE_ variables.
 *
 * @throws {UsageError} when the options exclude each other
 */
export async function openGraph(chosen: DirectoryChoice, io: CommandIO): Promise<GraphClient> {
  const { cloud, tenant, profile, data } = chosen
  const isReal = cloud !== undefined && cloud !== 'local'
  if (data !== undefined && (isReal || profile !== undefined)) {
    const other = isReal ? `--cloud ${cloud}` : '--profile'
    throw new UsageError(`--data names a local cloud, and ${other} says where to go already: leave --data out.`)
  }
  if (!isReal && profile === undefined) {
    const { localGraph } = await import('./local-graph.ts')
    return localGraph(dataDirectory(data, io.environment), io.environment, tenant)
  }
  const { cloudGraph } = await import('./cloud-graph.ts')
  return cloudGraph({ cloud, tenant, profile }, io)
}

/**
 * The registration of an application in whichever tenant of the local cloud it is at home. Undefined where there is none,
 * and for a login, which sees its own tenant alone.
 */
export async function registrationElsewhere(
  { cloud, profile, data }: DirectoryChoice,
  io: CommandIO,
  appId: string,
): Promise<Application | undefined> {
  if ((cloud !== undefined && cloud !== 'local') || profile !== undefined) return undefined
  const { localGraphs } = await import('./local-graph.ts')
  for (const graph of await localGraphs(dataDirectory(data, io.environment), io.environment)) {
    const found = await applicationById(graph, appId)
    if (found) return found
  }
  return undefined
}
