import { localPaths, roomOf } from '../../interceptor/host-map.ts'
import type { Cloud } from '../clouds.ts'
import { UsageError } from '../failure.ts'
import type { AskedApi } from '../login/kept-token.ts'
import { apiOfHost } from './known-apis.ts'

/** What a call needs: a token for an API, and the way to its host. */
export interface CallTarget {
  readonly asked: AskedApi
  /** `listener`: at its own address. `intercepted`: the local cloud answers under the host's name. */
  readonly route: 'network' | 'listener' | 'intercepted'
}

export interface CallQuestion {
  readonly url: URL
  /** Where the token comes from. */
  readonly cloud: Cloud
  /** Origin of the local cloud, where one is there. */
  readonly localUrl: string | undefined
  /** What `--scope` or `--resource` says. */
  readonly said: AskedApi | undefined
}

/**
 * Decides which token goes where. A token goes to a host that is known to be its API's, and to any other only when the
 * person says what it is for.
 *
 * @throws {UsageError} when the token must not go there, or nobody says what it is for
 */
export function callTarget(question: CallQuestion): CallTarget {
  const { url, cloud, localUrl, said } = question
  if (localUrl !== undefined && isSameListener(url, localUrl)) return listenerTarget(question)
  const api = apiOfHost(url.hostname)
  if (api === undefined) {
    if (roomOf(url.hostname) !== undefined) throw new UsageError(`${url.hostname} is no API that takes tokens.`)
    if (said !== undefined) return { asked: said, route: 'network' }
    throw new UsageError(
      `${url.host} is not known here, and no token is sent to it unless you say which: --resource API (v1.0) or --scope API/.default (v2.0).`,
    )
  }
  const asked = said ?? (api.scope === undefined ? undefined : { scopes: [api.scope] })
  if (asked === undefined) throw new UsageError(ownApplication(url))
  if (cloud === 'local') {
    if (roomOf(url.hostname) !== undefined) return { asked, route: 'intercepted' }
    throw new UsageError(`The local cloud has no ${url.hostname}, and its token is of no use at the real one.`)
  }
  if (cloud === api.cloud) return { asked, route: 'network' }
  throw new UsageError(
    `${url.hostname} belongs to the cloud ${api.cloud}, and this profile to ${cloud}: choose another with --profile.`,
  )
}

const ownApplication = ({ hostname }: URL) =>
  `The API at ${hostname} has an application of its own: say --resource with that application's client id.`

const scopesOfRooms: Readonly<Partial<Record<keyof typeof localPaths, string>>> = {
  graph: 'https://graph.microsoft.com/.default',
  management: 'https://management.azure.com/.default',
  monitor: 'https://api.loganalytics.io/.default',
}

function listenerTarget({ url, cloud, said }: CallQuestion): CallTarget {
  if (cloud !== 'local') {
    throw new UsageError(
      `${url.origin} is the local cloud, and this profile belongs to ${cloud}: choose another with --profile.`,
    )
  }
  const [room] = Object.entries(localPaths).find(([, path]) => path && `${url.pathname}/`.startsWith(`${path}/`)) ?? []
  const scope = scopesOfRooms[room as keyof typeof localPaths]
  const asked = said ?? (scope === undefined ? undefined : { scopes: [scope] })
  if (asked !== undefined) return { asked, route: 'listener' }
  throw new UsageError(
    `Nothing says which API answers at ${url.pathname}: add --resource API or --scope API/.default. ${localPaths.graph} is Microsoft Graph, ${localPaths.management} Azure Resource Manager, ${localPaths.monitor} Azure Monitor.`,
  )
}

/** The local cloud's listener, by whichever of its names. */
function isSameListener(url: URL, localUrl: string): boolean {
  const local = new URL(localUrl)
  const names = [local.hostname, 'localhost', '127.0.0.1', '[::1]']
  return url.protocol === 'https:' && url.port === local.port && names.includes(url.hostname)
}
