import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { type Duplex, pipeline } from 'node:stream'
import { type ProxyConnections, proxyConnections } from './connect-proxy-connections.ts'
import { forwardRequest } from './forward-request.ts'
import { listenOnLoopback } from './loopback-listener.ts'
import { type OutboundOptions, openConnection, UnreachableError } from './outbound-connection.ts'
import { formatTarget, isLoopback, type ProxyTarget, parseAbsoluteForm, parseConnectTarget } from './proxy-target.ts'
import type { UpstreamSettings } from './upstream-proxy.ts'

export interface ConnectProxyOptions {
  /** Whether Doorstep answers for a host itself; asked with lower case names without port and trailing dot. */
  isIntercepted(host: string): boolean
  /**
   * Takes the client's socket after `CONNECT` to an intercepted host on port 443 was answered. The TLS handshake comes
   * next, with the bytes already read put back: hand it to a TLS server by `server.emit('connection', socket)`. That
   * server's `handshakeTimeout` bounds the handshake, and from here on ending the socket is that server's business.
   */
  deliver(socket: Duplex, context: ProxyTarget): void
  /** Answers an absolute-form request, `https:` or `http:`, for an intercepted host. `request.url` is the whole URL. */
  respond(request: IncomingMessage, response: ServerResponse): void
  /** What becomes of other hosts. This machine itself is always reached. */
  readonly tunnel: 'allow' | 'refuse'
  /** The proxy of the surrounding environment, through which other hosts are reached. */
  readonly upstream?: UpstreamSettings | undefined
  /** For tests; each 10 seconds by default. */
  readonly limits?: { readonly headersMilliseconds?: number; readonly connectMilliseconds?: number }
}

export interface ConnectProxy {
  /**
   * Starts on 127.0.0.1 and, where this machine has it, on ::1 with the same port; 0 takes a free one.
   *
   * @returns the port
   * @throws the system's error (`EADDRINUSE`, `EACCES`) when the port cannot be had
   */
  listen(port: number): Promise<number>
  /**
   * Stops listening and ends idle connections at once. Resolves when requests and tunnels have ended; those that have
   * not by then are cut after the grace. Delivered sockets are neither waited for nor cut: the TLS server that took
   * them knows whether they are idle. Its own close may run at the same time.
   */
  close(graceMilliseconds: number): Promise<void>
}

const whatThisPortIs =
  'This port is the proxy of Doorstep. It answers CONNECT and absolute-form requests of programs that were told to ' +
  'use it (HTTPS_PROXY); for pages and APIs open the address that `doorstep status` prints.'

/**
 * The proxy that gives a program the local cloud under the real names: connections to intercepted hosts end here,
 * every other one is passed on untouched or, with `tunnel: 'refuse'`, turned away. Several can exist at once.
 */
export function createConnectProxy(options: ConnectProxyOptions): ConnectProxy {
  const connections = proxyConnections()
  let servers: readonly Server[] = []
  return {
    async listen(port) {
      const bound = await listenOnLoopback(port, () => createProxyServer(options, connections))
      servers = bound.servers
      return bound.port
    },
    async close(graceMilliseconds) {
      // Its callback is not waited for: Node counts delivered sockets among the connections of the server.
      for (const server of servers) server.close()
      await connections.drain(graceMilliseconds)
    },
  }
}

function createProxyServer(options: ConnectProxyOptions, connections: ProxyConnections): Server {
  const headersTimeout = options.limits?.headersMilliseconds ?? 10_000
  const outbound = { upstream: options.upstream, connectMilliseconds: options.limits?.connectMilliseconds ?? 10_000 }
  const server = createServer({
    headersTimeout,
    // Node looks for late headers every 30 s unless told otherwise.
    connectionsCheckingInterval: Math.min(1_000, headersTimeout),
    keepAliveTimeout: 5_000,
    maxHeaderSize: 16_384,
  })
  connections.watch(server)
  // Whoever takes the socket over adds listeners of its own; in between an error must not end the process.
  server.on('connection', (socket) => socket.on('error', () => {}))
  const deliver: ConnectProxyOptions['deliver'] = (socket, target) => {
    connections.handOver(socket)
    options.deliver(socket, target)
  }
  server.on('connect', (request, socket, head) => {
    answerConnect(request, socket, head, { ...options, deliver }, outbound).catch(() => socket.destroy())
  })
  server.on('request', (request, response) => {
    answerRequest(request, response, options, outbound).catch(() => request.socket.destroy())
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy()
    else refuseSocket(socket, malformedRequestStatus(error.code), whatThisPortIs)
  })
  return server
}

async function answerConnect(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  options: ConnectProxyOptions,
  outbound: OutboundOptions,
): Promise<void> {
  const target = parseConnectTarget(request.url ?? '')
  if (!target) {
    refuseSocket(client, 400, `CONNECT needs host:port, for example login.microsoftonline.com:443. ${whatThisPortIs}`)
    return
  }
  if (head.length > 0) client.unshift(head)
  if (target.port === 443 && options.isIntercepted(target.host)) {
    client.write(established)
    options.deliver(client, target)
    return
  }
  if (isRefused(target, options)) {
    refuseSocket(client, 403, offlineRefusal(target))
    return
  }
  try {
    const remote = await openConnection(target, outbound)
    if (client.destroyed) {
      remote.destroy()
      return
    }
    client.write(established)
    joinStreams(client, remote)
  } catch (error) {
    const { status, sentence } = failure(error, target)
    refuseSocket(client, status, sentence)
  }
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: ConnectProxyOptions,
  outbound: OutboundOptions,
): Promise<void> {
  const absolute = parseAbsoluteForm(request.url ?? '')
  if (!absolute) {
    refuseRequest(response, 400, whatThisPortIs)
  } else if (options.isIntercepted(absolute.target.host)) {
    options.respond(request, response)
  } else if (isRefused(absolute.target, options)) {
    refuseRequest(response, 403, offlineRefusal(absolute.target))
  } else {
    try {
      await forwardRequest(request, response, absolute, outbound)
    } catch (error) {
      const { status, sentence } = failure(error, absolute.target)
      refuseRequest(response, status, sentence)
    }
  }
}

const established = 'HTTP/1.1 200 Connection Established\r\n\r\n'

function isRefused({ host }: ProxyTarget, { tunnel }: ConnectProxyOptions): boolean {
  return tunnel === 'refuse' && !isLoopback(host)
}

function offlineRefusal({ host }: ProxyTarget): string {
  return `${host} is not part of the local cloud, and --offline lets nothing leave this machine. Start without --offline to reach it.`
}

function failure(error: unknown, target: ProxyTarget): { status: number; sentence: string } {
  if (error instanceof UnreachableError) return { status: error.status, sentence: error.message }
  const reason = error instanceof Error ? error.message : String(error)
  return { status: 502, sentence: `Doorstep reached ${formatTarget(target)}, but the request failed: ${reason}.` }
}

/** Joins both ends; half-closed connections stay open in the other direction, and a failure of one ends the other. */
function joinStreams(client: Duplex, remote: Duplex): void {
  const endBoth = (error: Error | null | undefined): void => {
    if (!error) return
    client.destroy()
    remote.destroy()
  }
  remote.on('error', () => {})
  pipeline(client, remote, endBoth)
  pipeline(remote, client, endBoth)
}

function malformedRequestStatus(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
}

function refuseRequest(response: ServerResponse, status: number, sentence: string): void {
  if (response.headersSent || response.destroyed) return
  // The body of a refused request is not read, so the connection cannot carry another one.
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
  response.end(`${sentence}\n`)
}

function refuseSocket(socket: Duplex, status: number, sentence: string): void {
  const body = `${sentence}\n`
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  // What the client still sends is read and dropped: closing over unread bytes could lose it the answer.
  socket.resume()
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
  const timer = setTimeout(() => socket.destroy(), 2_000)
  socket.once('close', () => clearTimeout(timer))
}
