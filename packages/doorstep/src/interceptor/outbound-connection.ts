import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectSecurely } from 'node:tls'
import { formatTarget, type ProxyTarget } from './proxy-target.ts'
import { type UpstreamProxy, type UpstreamSettings, upstreamFor } from './upstream-proxy.ts'

export interface OutboundOptions {
  readonly upstream?: UpstreamSettings | undefined
  /** How long reaching the target may take, in milliseconds, the upstream proxy's answer included. */
  readonly connectMilliseconds: number
}

/** Why a target could not be reached, as a sentence that names it, and the status that says so to the client. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
  readonly status: 502 | 504

  constructor(message: string, status: 502 | 504) {
    super(message)
    this.status = status
  }
}

/**
 * A connection to the target, through the upstream proxy where one is set for it.
 *
 * @throws {UnreachableError}
 */
export async function openConnection(target: ProxyTarget, options: OutboundOptions): Promise<Duplex> {
  const upstream = upstreamOrRefusal(target, options)
  const deadline = Date.now() + options.connectMilliseconds
  if (!upstream) return connectWithin(target, deadline)
  const socket = await connectToUpstream(upstream, deadline)
  return tunnelThrough(socket, upstream, target, deadline)
}

/**
 * A connection to the upstream proxy itself, for requests that are passed on to it in absolute form.
 *
 * @throws {UnreachableError}
 */
export async function connectToUpstream(upstream: UpstreamProxy, deadline: number): Promise<Socket> {
  const socket = await connectWithin(upstream, deadline)
  if (!upstream.secure) return socket
  const servername = isIP(upstream.host) === 0 ? upstream.host : undefined
  const secure = connectSecurely({ socket, host: upstream.host, ...(servername ? { servername } : {}) })
  return settled(secure, 'secureConnect', upstream, deadline)
}

/** As `upstreamFor`, with a setting that cannot be used reported as the reason why the target is out of reach. */
export function upstreamOrRefusal(target: ProxyTarget, { upstream }: OutboundOptions): UpstreamProxy | undefined {
  try {
    return upstreamFor(target, upstream)
  } catch (error) {
    throw new UnreachableError(`Doorstep cannot reach ${target.host}: ${messageOf(error)}.`, 502)
  }
}

function connectWithin(target: ProxyTarget, deadline: number): Promise<Socket> {
  const socket = connect({
    host: target.host,
    port: target.port,
    allowHalfOpen: true,
    noDelay: true,
    // Node gives each address of a name 250 ms only, which is less than many distant hosts take.
    autoSelectFamilyAttemptTimeout: 2_000,
  })
  return settled(socket, 'connect', target, deadline)
}

function tunnelThrough(
  socket: Socket,
  upstream: UpstreamProxy,
  target: ProxyTarget,
  deadline: number,
): Promise<Duplex> {
  const authority = formatTarget(target)
  return new Promise((resolve, reject) => {
    const request: ClientRequest = httpRequest({
      method: 'CONNECT',
      path: authority,
      headers: {
        host: authority,
        ...(upstream.authorization ? { 'proxy-authorization': upstream.authorization } : {}),
      },
      createConnection: () => socket,
    })
    const timer = setTimeout(() => request.destroy(timeout(target)), remaining(deadline))
    request.once('error', (error) => {
      clearTimeout(timer)
      socket.destroy()
      reject(unreachable(target, error))
    })
    request.once('connect', (response: IncomingMessage, tunnel: Duplex, head: Buffer) => {
      clearTimeout(timer)
      if (response.statusCode === 200) {
        if (head.length > 0) tunnel.unshift(head)
        resolve(tunnel)
        return
      }
      tunnel.destroy()
      const answer = `the proxy ${formatTarget(upstream)} of HTTPS_PROXY answered ${response.statusCode}`
      reject(new UnreachableError(`Doorstep cannot reach ${authority}: ${answer}.`, 502))
    })
    request.end()
  })
}

function settled<S extends Socket>(
  socket: S,
  ready: 'connect' | 'secureConnect',
  target: ProxyTarget,
  deadline: number,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(timeout(target)), remaining(deadline))
    socket.once(ready, () => {
      clearTimeout(timer)
      resolve(socket)
    })
    // Stays for the life of the socket: an error that nobody listens to would end the process.
    socket.on('error', (error) => {
      clearTimeout(timer)
      reject(unreachable(target, error))
    })
  })
}

function unreachable(target: ProxyTarget, error: Error): UnreachableError {
  if (error instanceof UnreachableError) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message
  if (code === 'ETIMEDOUT') return timeout(target)
  return new UnreachableError(`Doorstep cannot reach ${formatTarget(target)}: ${reasons.get(code) ?? code}.`, 502)
}

const reasons = new Map([
  ['ENOTFOUND', 'the name does not exist (ENOTFOUND)'],
  ['EAI_AGAIN', 'the name could not be looked up (EAI_AGAIN)'],
  ['ECONNREFUSED', 'the connection was refused (ECONNREFUSED)'],
  ['ECONNRESET', 'the connection was reset (ECONNRESET)'],
  ['ENETUNREACH', 'the network is unreachable (ENETUNREACH)'],
  ['EHOSTUNREACH', 'the host is unreachable (EHOSTUNREACH)'],
])

function timeout(target: ProxyTarget): UnreachableError {
  return new UnreachableError(`Doorstep cannot reach ${formatTarget(target)}: no answer within the time limit.`, 504)
}

function remaining(deadline: number): number {
  return Math.max(0, deadline - Date.now())
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
