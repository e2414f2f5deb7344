import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type Http2SecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/** Watches the connections of a listener, so that it can end them well. */
export interface Connections {
  /**
   * Ends connections: idle ones and unfinished handshakes at once, busy ones when their last answer is sent, all that
   * is left after `graceMilliseconds`. Resolves when none is open.
   */
  drain(graceMilliseconds: number): Promise<void>
}

export interface ConnectionLimits {
  /** After this time an HTTP/2 connection without an open stream is ended. */
  readonly idleMilliseconds: number
  /** A stream whose request body has not ended this time after it began is reset. */
  readonly bodyMilliseconds: number
}

const longestCheckMilliseconds = 1_000

/** Watches every connection of the server, also those that are handed to it by its 'connection' event. */
export function trackConnections(server: Http2SecureServer, limits: ConnectionLimits): Connections {
  const { idleMilliseconds, bodyMilliseconds } = limits
  const raw = new Set<Socket>()
  /** Raw connections before the end of their handshake, by their addresses: Node tells of no other bond to TLS. */
  const handshakes = new Map<string, Socket>()
  const requestsInFlight = new Map<TLSSocket, number>()
  const sessions = new Map<ServerHttp2Session, { openStreams: number; idleSince: number }>()
  /** Streams whose body was not there at once, and since when they are open. */
  const bodies = new Map<ServerHttp2Stream, number>()
  let draining = false

  server.on('connection', (socket: Socket) => {
    const addresses = addressesOf(socket)
    raw.add(socket)
    handshakes.set(addresses, socket)
    socket.once('close', () => {
      raw.delete(socket)
      if (handshakes.get(addresses) === socket) handshakes.delete(addresses)
    })
    if (draining) socket.destroy()
  })
  server.on('secureConnection', (socket: TLSSocket) => {
    handshakes.delete(addressesOf(socket))
    // An HTTP/2 connection is watched as a session.
    if (socket.alpnProtocol === 'h2') return
    requestsInFlight.set(socket, 0)
    socket.once('close', () => requestsInFlight.delete(socket))
    if (draining) socket.destroy()
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.httpVersionMajor !== 1) return
    const socket = request.socket as TLSSocket
    requestsInFlight.set(socket, (requestsInFlight.get(socket) ?? 0) + 1)
    response.once('close', () => {
      const left = (requestsInFlight.get(socket) ?? 1) - 1
      if (socket.destroyed) requestsInFlight.delete(socket)
      else requestsInFlight.set(socket, left)
      if (draining && left === 0) socket.end()
    })
  })
  server.on('session', (session: ServerHttp2Session) => {
    const state = { openStreams: 0, idleSince: performance.now() }
    sessions.set(session, state)
    session.once('close', () => sessions.delete(session))
    session.on('stream', (stream) => {
      state.openStreams++
      if (!stream.endAfterHeaders) bodies.set(stream, performance.now())
      stream.once('close', () => {
        bodies.delete(stream)
        state.openStreams--
        state.idleSince = performance.now()
      })
    })
    if (draining) session.close()
  })

  const endLateBodies = () => {
    const beganBefore = performance.now() - bodyMilliseconds
    for (const [stream, began] of bodies) {
      if (began > beganBefore) continue
      // From here on only the answer is open, which may take as long as it needs.
      if (stream.state.remoteClose === 1) bodies.delete(stream)
      else if (stream.closed) stream.destroy()
      else stream.close(constants.NGHTTP2_CANCEL)
    }
  }
  const endIdleSessions = () => {
    const idleBefore = performance.now() - idleMilliseconds
    for (const [session, { openStreams, idleSince }] of sessions) {
      if (openStreams > 0 || idleSince > idleBefore || session.destroyed) continue
      // A first, polite end; a peer in the middle of its headers does not answer it.
      if (session.closed) session.destroy()
      else session.close()
    }
  }
  const check = setInterval(
    () => {
      endLateBodies()
      endIdleSessions()
    },
    Math.min(longestCheckMilliseconds, idleMilliseconds, bodyMilliseconds),
  )
  check.unref()

  return {
    async drain(graceMilliseconds) {
      draining = true
      clearInterval(check)
      for (const socket of handshakes.values()) socket.destroy()
      for (const [socket, inFlight] of requestsInFlight) if (inFlight === 0) socket.destroy()
      for (const session of sessions.keys()) session.close()
      const deadline = performance.now() + graceMilliseconds
      while (raw.size > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20))
      for (const session of sessions.keys()) session.destroy()
      for (const socket of raw) socket.destroy()
    },
  }
}

function addressesOf({ remoteAddress, remotePort, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localPort}`
}
