import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext, type SecureContext } from 'node:tls'
import { trackConnections } from './connections.ts'

export interface Certificate {
  /** PEM: leaf, then intermediate. */
  readonly certificateChain: string
  /** PEM. */
  readonly privateKey: string
}

type AnyRequest = IncomingMessage | Http2ServerRequest
type AnyResponse = ServerResponse | Http2ServerResponse

export interface SecureListenerOptions {
  /** For localhost, and for clients that name no host. */
  readonly ownCertificate: Certificate
  /** For the intercepted names. */
  readonly interceptCertificate: Certificate
  readonly isIntercepted: (host: string) => boolean
  readonly handle: (request: AnyRequest, response: AnyResponse) => void
  /** For tests. How long the body of a request may take from the request's beginning; 60 seconds by default. */
  readonly limits?: { readonly bodyMilliseconds?: number }
}

/** The one TLS listener, HTTP/1.1 and HTTP/2. */
export interface SecureListener {
  /**
   * Listens on 127.0.0.1, where there is one on ::1, and on `host` when it is given. Port 0 takes any free one.
   * Resolves to the bound port. @throws the system's error, for example EADDRINUSE.
   */
  listen(port: number, host?: string): Promise<number>
  /** Takes a raw connection as if it had come to the listening port. */
  accept(socket: Duplex): void
  /**
   * Lets requests in flight finish, ends idle connections at once and what is left after `graceMilliseconds`.
   * Connections that are handed over while it runs, or later, are ended at once, so that whoever hands them over may
   * close at the same time.
   */
  close(graceMilliseconds: number): Promise<void>
}

/** Half-sent headers are cut, and HTTP/2 connections without a request ended, after this time. */
const headersLimitMilliseconds = 10_000
const bodyLimitMilliseconds = 60_000
const checkEveryMilliseconds = 1_000

/**
 * TLS 1.2 and 1.3, both protocols on one port. Half-sent HTTP/1 headers are watched by Node itself; those of HTTP/2
 * it does not show, so there a connection without an open stream is ended after the same time. Half-sent bodies are
 * answered with 408 over HTTP/1 and reset over HTTP/2.
 */
export function secureListener(options: SecureListenerOptions): SecureListener {
  const bodyMilliseconds = options.limits?.bodyMilliseconds ?? bodyLimitMilliseconds
  const intercept = contextOf(options.interceptCertificate)
  const own = contextOf(options.ownCertificate)
  const serverOptions = {
    allowHTTP1: true,
    key: options.ownCertificate.privateKey,
    cert: options.ownCertificate.certificateChain,
    minVersion: 'TLSv1.2' as const,
    handshakeTimeout: headersLimitMilliseconds,
    SNICallback: (name: string, done: (error: null, context: SecureContext) => void) =>
      done(null, options.isIntercepted(name) ? intercept : own),
  }
  const server = createSecureServer(serverOptions)
  // A secure HTTP/2 server takes these as properties, read when it begins to listen.
  Object.assign(server, {
    // Node takes the longer of the two for the body, whichever it is.
    headersTimeout: Math.min(headersLimitMilliseconds, bodyMilliseconds),
    requestTimeout: bodyMilliseconds,
    connectionsCheckingInterval: checkEveryMilliseconds,
  })
  const connections = trackConnections(server, { idleMilliseconds: headersLimitMilliseconds, bodyMilliseconds })
  const accept = (socket: Duplex) => {
    server.emit('connection', socket)
  }
  const others: Server[] = []
  let closing = false

  server.on('request', (request: AnyRequest, response: AnyResponse) => {
    if (closing && request.httpVersionMajor === 1) response.setHeader('connection', 'close')
    options.handle(request, response)
  })
  server.on('sessionError', () => {})
  server.on('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy())
  server.on('clientError', answerUnreadable)

  return {
    async listen(port, host) {
      const [first = '127.0.0.1', ...more] = addressesOf(host)
      const bound = await listenOn(server, port, first)
      for (const address of more) others.push(...(await listenBeside(address, bound, accept)))
      return bound
    },
    accept,
    async close(graceMilliseconds) {
      closing = true
      for (const other of others) other.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await connections.drain(graceMilliseconds)
      await closed
    },
  }
}

function contextOf({ certificateChain, privateKey }: Certificate): SecureContext {
  return createSecureContext({ cert: certificateChain, key: privateKey, minVersion: 'TLSv1.2' })
}

/** What HTTP/1 clients hear whose request cannot be read, or never ends. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || socket.destroyed || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy())
}

interface Listens {
  listen(options: { port: number; host: string; ipv6Only?: boolean }, listening: () => void): unknown
  once(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
  address(): AddressInfo | string | null
}

function listenOn(server: Listens, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, ipv6Only: host === '::1' }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** The addresses to listen on: loopback always, since the command line finds the local cloud there. */
function addressesOf(host: string | undefined): string[] {
  if (host === '::') return ['::']
  if (host === '0.0.0.0') return ['0.0.0.0', '::1']
  return ['127.0.0.1', '::1', ...(host !== undefined && !isLoopback(host) ? [host] : [])]
}

const loopbackAddresses = new Set(['127.0.0.1', '::1', 'localhost'])

/** Whether nobody but this machine reaches a listener on that address, beside which there is none. */
export function isLoopback(host: string): boolean {
  return loopbackAddresses.has(host)
}

/**
 * One more address for the same port; what comes there goes to the listener. Clients may turn `localhost` into ::1
 * and try nothing else, so that is one; a machine without IPv6 does without.
 */
async function listenBeside(address: string, port: number, accept: (socket: Socket) => void): Promise<Server[]> {
  const server = createServer(accept)
  try {
    await listenOn(server, port, address)
    return [server]
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (address === '::1' && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) return []
    throw error
  }
}
