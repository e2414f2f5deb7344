import { randomUUID } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import type { OpenRun, RunEvent, RunOptions, RunSignIn } from './hosts/control/index.ts'
import type { RawRequest, RawResponse } from './hosts/host.ts'
import { type ConnectProxy, createConnectProxy } from './interceptor/connect-proxy.ts'
import { interceptedHosts, roomOf } from './interceptor/host-map.ts'
import { listenOnLoopback } from './interceptor/loopback-listener.ts'
import { isOfSomebodyElse } from './interceptor/peer-user.ts'
import type { SecureListener } from './listener/secure-listener.ts'

/** A run that is open. */
export interface Run {
  readonly id: string
  readonly signIn: RunSignIn | undefined
  /** Tells the run what was done for it. */
  report(event: RunEvent): void
}

/**
 * The ports that belong to one run each: its proxy, and the one that its Node programs speak TLS to. The port a
 * connection came to is therefore what tells one run's requests from another's, on every protocol. Other users of the
 * machine can connect to it too: they get what everybody gets, and no sign-in.
 */
export interface RunDoors {
  open(options: RunOptions, report: Run['report']): Promise<OpenRun>
  /** The id of the run through whose ports a request came. */
  runOf(request: RawRequest): string | undefined
  byId(id: string): Run | undefined
}

export interface RunDoorsParts {
  readonly listener: () => SecureListener
  readonly handle: (request: RawRequest, response: RawResponse) => void
  readonly clockOffset: () => number
  readonly graceMilliseconds: number
}

export function runDoors({ listener, handle, clockOffset, graceMilliseconds }: RunDoorsParts): RunDoors {
  const byPort = new Map<number, Run>()
  const byId = new Map<string, Run>()
  return {
    async open(options, report) {
      const proxy = interceptingProxy(listener(), handle, options)
      const proxyPort = await proxy.listen(0)
      const accept = (socket: Socket) => listener().accept(socket)
      const tls = await listenOnLoopback(0, () => createServer(accept)).catch(async (error) => {
        await proxy.close(0)
        throw error
      })
      const run: Run = { id: randomUUID(), signIn: options.signIn, report }
      byId.set(run.id, run)
      for (const port of [proxyPort, tls.port]) byPort.set(port, run)
      return {
        proxyPort,
        tlsPort: tls.port,
        hosts: interceptedHosts.map(({ pattern }) => pattern),
        clockOffsetMilliseconds: clockOffset(),
        async close() {
          // Connections that were handed over are the listener's to end.
          for (const server of tls.servers) server.close()
          await proxy.close(graceMilliseconds)
          byId.delete(run.id)
          // By now another run may have been given the same port.
          for (const port of [proxyPort, tls.port]) if (byPort.get(port) === run) byPort.delete(port)
        },
      }
    },
    runOf({ socket }) {
      const run = byPort.size === 0 ? undefined : byPort.get(socket?.localPort ?? 0)
      // What is done for a run that signs in is done for its own user alone.
      return run?.signIn && isOfSomebodyElse(socket) ? undefined : run?.id
    },
    byId: (id) => byId.get(id),
  }
}

/** A proxy whose intercepted connections end at the listener of this local cloud. */
export function interceptingProxy(
  listener: SecureListener,
  handle: RunDoorsParts['handle'],
  { offline, upstream }: RunOptions,
): ConnectProxy {
  return createConnectProxy({
    isIntercepted: (host) => roomOf(host) !== undefined,
    deliver: (socket) => listener.accept(socket),
    respond: handle,
    tunnel: offline ? 'refuse' : 'allow',
    upstream,
  })
}
