/** The room of `hosts/` that answers for an intercepted name. */
export type HostRoom = 'login' | 'graph' | 'management' | 'monitor' | 'cdf' | 'energy' | 'portal' | 'portal-api'

/** Where each room answers on the listener's own origin, `https://localhost:<port>`; login has what is left. */
export const localPaths: Readonly<Record<HostRoom, string>> = {
  login: '',
  graph: '/graph',
  management: '/arm',
  monitor: '/monitor',
  cdf: '/cdf',
  energy: '/energy',
  portal: '/portal',
  'portal-api': '/portal-api',
}

export interface InterceptedHost {
  /** A host name, or `*.` and a domain, which stands for every name below that domain but not for the domain itself. */
  readonly pattern: string
  readonly room: HostRoom
}

/**
 * The only list of intercepted names: the proxy, the certificate of the intercepted names, its name constraints and
 * the preload of Node children are all made from it.
 */
export const interceptedHosts: readonly InterceptedHost[] = [
  { pattern: 'login.microsoftonline.com', room: 'login' },
  { pattern: 'login.windows.net', room: 'login' },
  { pattern: 'login.microsoft.com', room: 'login' },
  { pattern: 'sts.windows.net', room: 'login' },
  { pattern: 'microsoft.com', room: 'login' },
  { pattern: 'graph.microsoft.com', room: 'graph' },
  { pattern: 'management.azure.com', room: 'management' },
  { pattern: 'management.core.windows.net', room: 'management' },
  { pattern: 'portal.azure.com', room: 'portal' },
  { pattern: 'entra.microsoft.com', room: 'portal' },
  // The portal's own backend, which `az ad app permission admin-consent` calls.
  { pattern: 'main.iam.ad.ext.azure.com', room: 'portal-api' },
  { pattern: 'api.loganalytics.io', room: 'monitor' },
  { pattern: 'api.loganalytics.azure.com', room: 'monitor' },
  { pattern: 'api.applicationinsights.io', room: 'monitor' },
  { pattern: '*.monitoring.azure.com', room: 'monitor' },
  { pattern: 'cognitedata.com', room: 'cdf' },
  { pattern: '*.cognitedata.com', room: 'cdf' },
  { pattern: '*.energy.azure.com', room: 'energy' },
]

const exactRooms = new Map<string, HostRoom>()
const domainRooms: { suffix: string; room: HostRoom }[] = []
for (const { pattern, room } of interceptedHosts) {
  if (pattern.startsWith('*.')) domainRooms.push({ suffix: pattern.slice(1), room })
  else exactRooms.set(pattern, room)
}

/**
 * The room that answers for a host name, or undefined when the name is not intercepted.
 *
 * @param hostName without a port, in any case, with or without the root's trailing dot
 */
export function roomOf(hostName: string): HostRoom | undefined {
  const name = hostName.toLowerCase().replace(/\.$/, '')
  const room = exactRooms.get(name)
  if (room) return room
  // A name of several labels below a wildcard is ours too, though the certificate covers one label only: a refused
  // handshake is better than a local token that leaves the machine.
  return domainRooms.find(({ suffix }) => name.length > suffix.length && name.endsWith(suffix))?.room
}
