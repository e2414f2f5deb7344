import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2SecureServer, ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/** Watches the connections of a listener, so that it can end them well. */
export interface Connections {
  /**
   * Ends connections: idle ones at once, busy ones when their last answer is sent, all that is left after
   * `graceMilliseconds`. Resolves when none is open.
   */
  drain(graceMilliseconds: number): Promise<void>
}

const checkEveryMilliseconds = 1_000

/** `idleMilliseconds`: after this time an HTTP/2 connection without an open stream is ended. */
export function trackConnections(server: Http2SecureServer, idleMilliseconds: number): Connections {
  const raw = new Set<Socket>()
  const requestsInFlight = new Map<TLSSocket, number>()
  const sessions = new Map<ServerHttp2Session, { openStreams: number; idleSince: number }>()
  let draining = false

  server.on('connection', (socket: Socket) => {
    raw.add(socket)
    socket.once('close', () => raw.delete(socket))
  })
  server.on('secureConnection', (socket: TLSSocket) => {
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
      stream.once('close', () => {
        state.openStreams--
        state.idleSince = performance.now()
      })
    })
    if (draining) session.close()
  })

  const check = setInterval(() => {
    const idleBefore = performance.now() - idleMilliseconds
    for (const [session, { openStreams, idleSince }] of sessions) {
      if (openStreams > 0 || idleSince > idleBefore || session.destroyed) continue
      // A first, polite end; a peer in the middle of its headers does not answer it.
      if (session.closed) session.destroy()
      else session.close()
    }
  }, checkEveryMilliseconds)
  check.unref()

  return {
    async drain(graceMilliseconds) {
      draining = true
      clearInterval(check)
      for (const [socket, inFlight] of requestsInFlight) if (inFlight === 0) socket.destroy()
      for (const session of sessions.keys()) session.close()
      const deadline = performance.now() + graceMilliseconds
      while (raw.size > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20))
      for (const session of sessions.keys()) session.destroy()
      for (const socket of raw) socket.destroy()
    },
  }
}
