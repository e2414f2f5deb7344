import { readFileSync } from 'node:fs'

/** The ends of a connection on this machine, seen from ours. */
export interface LoopbackConnection {
  readonly localPort?: number | undefined
  readonly remotePort?: number | undefined
}

const tables = ['/proc/net/tcp', '/proc/net/tcp6']

/**
 * The user id of the program at the other end of a loopback connection, from Linux's tables of connections (proc(5),
 * /proc/net/tcp). Undefined where the system does not tell it.
 */
export function peerUserId({ localPort, remotePort }: LoopbackConnection): number | undefined {
  if (process.platform !== 'linux' || localPort === undefined || remotePort === undefined) return undefined
  for (const table of tables) {
    const found = userIdIn(contentOf(table), { from: remotePort, to: localPort })
    if (found !== undefined) return found
  }
  return undefined
}

function contentOf(table: string): string {
  try {
    return readFileSync(table, 'utf8')
  } catch {
    return ''
  }
}

/** A line has number, local address, remote address, state, two queues, timers, retransmits, and then the user id. */
function userIdIn(content: string, { from, to }: { readonly from: number; readonly to: number }): number | undefined {
  const port = (value: number) => value.toString(16).toUpperCase().padStart(4, '0')
  const line = new RegExp(`^ *\\d+: [0-9A-F]+:${port(from)} [0-9A-F]+:${port(to)} (?:\\S+ +){4}(\\d+) `, 'm')
  const userId = line.exec(content)?.[1]
  return userId === undefined ? undefined : Number(userId)
}

/**
 * Whether the program at the other end runs as somebody else than this process and root: a port on loopback is open to
 * everybody on the machine. Where the system does not tell, nobody is somebody else.
 */
export function isOfSomebodyElse(connection: LoopbackConnection): boolean {
  const userId = peerUserId(connection)
  return userId !== undefined && userId !== 0 && userId !== process.getuid?.()
}
