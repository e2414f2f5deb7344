import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** The client connections of a proxy, so that it can end them well. */
export interface ProxyConnections {
  /** Watches what comes to one of the proxy's listeners. */
  watch(server: Server): void
  /** Gives a connection away: whoever takes it ends it too. */
  handOver(socket: Duplex): void
  /**
   * Ends connections: those without a request at once, those with one when it is answered, tunnels when they end by
   * themselves, and all that is left after `graceMilliseconds`. Resolves when none is open.
   */
  drain(graceMilliseconds: number): Promise<void>
}

export function proxyConnections(): ProxyConnections {
  /** How many requests each connection waits for; a CONNECT, and with it a tunnel, counts until it closes. */
  const requestsInFlight = new Map<Duplex, number>()
  let draining = false

  const count = (socket: Duplex, change: 1 | -1): void => {
    const before = requestsInFlight.get(socket)
    if (before === undefined) return
    requestsInFlight.set(socket, before + change)
    if (draining && before + change === 0) socket.end()
  }
  return {
    watch(server) {
      server.on('connection', (socket) => {
        requestsInFlight.set(socket, 0)
        socket.once('close', () => requestsInFlight.delete(socket))
        if (draining) socket.destroy()
      })
      server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
        count(socket, 1)
        response.once('close', () => count(socket, -1))
      })
      server.on('connect', (_request: IncomingMessage, socket: Duplex) => count(socket, 1))
    },
    handOver: (socket) => void requestsInFlight.delete(socket),
    async drain(graceMilliseconds) {
      draining = true
      for (const [socket, requests] of requestsInFlight) if (requests === 0) socket.destroy()
      const deadline = performance.now() + graceMilliseconds
      while (requestsInFlight.size > 0) {
        if (performance.now() >= deadline) for (const socket of requestsInFlight.keys()) socket.destroy()
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
}
