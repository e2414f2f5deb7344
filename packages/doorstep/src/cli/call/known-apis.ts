import type { Cloud } from '../clouds.ts'

/** An API that is known by its host name. */
export interface KnownApi {
  readonly cloud: Exclude<Cloud, 'local'>
  /** What a token for it is asked by (v2.0); undefined when the host does not tell. */
  readonly scope: string | undefined
}

type Entry = readonly [pattern: string, scope: string | 'own' | undefined]

/** `own`: the host itself is the API's identifier. Patterns are names, or `*.` and a domain. */
const publicApis: readonly Entry[] = [
  ['graph.microsoft.com', 'https://graph.microsoft.com/.default'],
  ['management.azure.com', 'https://management.azure.com/.default'],
  ['management.core.windows.net', 'https://management.azure.com/.default'],
  ['api.loganalytics.io', 'https://api.loganalytics.io/.default'],
  ['api.loganalytics.azure.com', 'https://api.loganalytics.io/.default'],
  ['api.applicationinsights.io', 'https://api.applicationinsights.io/.default'],
  ['*.monitoring.azure.com', 'https://monitoring.azure.com/.default'],
  ['*.cognitedata.com', 'own'],
  // A data manager has an application of its own, chosen when it was made.
  ['*.energy.azure.com', undefined],
  ['*.vault.azure.net', 'https://vault.azure.net/.default'],
  ['*.blob.core.windows.net', 'https://storage.azure.com/.default'],
  ['*.queue.core.windows.net', 'https://storage.azure.com/.default'],
  ['*.table.core.windows.net', 'https://storage.azure.com/.default'],
  ['*.dfs.core.windows.net', 'https://storage.azure.com/.default'],
  ['dev.azure.com', '499b84ac-1321-427f-aa17-267ca6975798/.default'],
]

const apis: Readonly<Record<KnownApi['cloud'], readonly Entry[]>> = {
  public: publicApis,
  usgov: [
    ['graph.microsoft.us', 'https://graph.microsoft.us/.default'],
    ['management.usgovcloudapi.net', 'https://management.usgovcloudapi.net/.default'],
    ['api.loganalytics.us', 'https://api.loganalytics.us/.default'],
    ['*.vault.usgovcloudapi.net', 'https://vault.usgovcloudapi.net/.default'],
  ],
  china: [
    ['microsoftgraph.chinacloudapi.cn', 'https://microsoftgraph.chinacloudapi.cn/.default'],
    ['management.chinacloudapi.cn', 'https://management.chinacloudapi.cn/.default'],
    ['api.loganalytics.azure.cn', 'https://api.loganalytics.azure.cn/.default'],
    ['*.vault.azure.cn', 'https://vault.azure.cn/.default'],
  ],
}

/** The API that answers at a host, or undefined when it is none that is known here. */
export function apiOfHost(hostName: string): KnownApi | undefined {
  const host = hostName.toLowerCase().replace(/\.$/, '')
  for (const cloud of ['public', 'usgov', 'china'] as const) {
    const entry = apis[cloud].find(([pattern]) => isMatch(host, pattern))
    if (entry) return { cloud, scope: entry[1] === 'own' ? `https://${host}/.default` : entry[1] }
  }
  return undefined
}

function isMatch(host: string, pattern: string): boolean {
  if (!pattern.startsWith('*.')) return host === pattern
  return host.length > pattern.length - 1 && host.endsWith(pattern.slice(1))
}
