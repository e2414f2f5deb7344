import { type EventEmitter, once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ClientHttp2Session, connect as connectHttp2, type Http2ServerRequest } from 'node:http2'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority, type LocalAuthority } from '../interceptor/certificate-authority.ts'
import { type SecureListener, type SecureListenerOptions, secureListener } from './secure-listener.ts'

let authority: LocalAuthority
const cleanups: (() => Promise<unknown> | unknown)[] = []

beforeAll(async () => {
  authority = await createAuthority({
    commonName: 'Doorstep listener root',
    dnsNames: ['localhost'],
    ipAddresses: [],
    notBefore: new Date(),
    lifetimeInDays: 397,
  })
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('the body of a request', () => {
  it('that never ends is reset over HTTP/2, and the connection goes on', async () => {
    const { session } = await startListener({ limits: { bodyMilliseconds: 100 } })
    const halfSent = session.request({ ':method': 'POST', ':path': '/half' })
    halfSent.write('half')
    await closed(halfSent)
    // CANCEL of RFC 9113 §7.
    expect(halfSent.rstCode).toBe(8)
    expect(await text(session.request({ ':method': 'POST', ':path': '/whole' }).end('whole'))).toBe('POST whole')
  })

  it('that comes in however small steps is reset all the same', async () => {
    const { session } = await startListener({ limits: { bodyMilliseconds: 200 } })
    const dripping = session.request({ ':method': 'POST', ':path': '/drip' })
    const drip = setInterval(() => dripping.closed || dripping.write('.'), 20)
    cleanups.push(() => clearInterval(drip))
    await closed(dripping)
    expect(dripping.rstCode).toBe(8)
  })

  it.each(['GET', 'POST'])('that has ended lets the answer to %s take longer than the limit', async (method) => {
    let answer = () => {}
    const { session } = await startListener({
      limits: { bodyMilliseconds: 50 },
      handle: (request, response) => {
        if (request.url === '/slow') answer = () => (response as ServerResponse).end('slow')
        else echo(request, response)
      },
    })
    const slow = session.request({ ':method': method, ':path': '/slow' }, { endStream: method === 'GET' })
    if (method === 'POST') slow.end('unread')
    // A later stream that is reset for its half-sent body shows that the limit was looked at since.
    for (let round = 1; round <= 2; round++) {
      const halfSent = session.request({ ':method': 'POST', ':path': '/half' })
      halfSent.write('half')
      await closed(halfSent)
    }
    answer()
    expect(await text(slow)).toBe('slow')
  })

  it('that never ends is answered with 408 over HTTP/1.1', async () => {
    const { port } = await startListener({ limits: { bodyMilliseconds: 100 } })
    const socket = await openTls(port)
    socket.write('POST /half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /)
  })
})

describe('closing', () => {
  it('ends idle connections and unfinished handshakes at once', async () => {
    const { listener, port, session } = await startListener()
    const silent = await openRaw(port)
    const idle = await openTls(port)
    await text(session.request({ ':path': '/' }))
    for (const socket of [silent, idle]) socket.resume()
    const ends = [silent, idle, session].map(closed)
    await listener.close(60_000)
    await Promise.all(ends)
  })

  it('ends connections that are handed over while it runs, or later', async () => {
    const { listener, port } = await startListener()
    const busy = await openTls(port)
    busy.write('POST /half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf')
    await new Promise((resolve) => setTimeout(resolve, 50))
    const listenerClosed = listener.close(60_000)
    await expectEnded(await handedOver(listener))
    busy.write('whole.')
    expect(await text(busy)).toMatch(/POST halfwhole\.$/)
    await listenerClosed
    await expectEnded(await handedOver(listener))
  })

  it('cuts what is left after the grace, handed over or not', async () => {
    const { listener, port } = await startListener()
    const handed = secured(await handedOver(listener))
    await once(handed, 'secureConnect')
    const own = await openTls(port)
    for (const socket of [handed, own]) {
      socket.write('POST /half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf')
      socket.resume()
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
    const ends = [handed, own].map(closed)
    await listener.close(20)
    await Promise.all(ends)
  })

  it('can be asked for twice, and without having listened', async () => {
    const { listener } = await startListener()
    await Promise.all([listener.close(20), listener.close(20)])
    await secureListener(optionsWith({})).close(0)
  })
})

async function echo(request: IncomingMessage | Http2ServerRequest, response: unknown): Promise<void> {
  const body = await text(request).catch(() => '')
  ;(response as ServerResponse).end(`${request.method} ${body}`)
}

function optionsWith(change: Partial<SecureListenerOptions>): SecureListenerOptions {
  const certificate = { certificateChain: authority.certificateChain, privateKey: authority.privateKey }
  return {
    ownCertificate: certificate,
    interceptCertificate: certificate,
    isIntercepted: () => false,
    handle: echo,
    ...change,
  }
}

async function startListener(
  change: Partial<SecureListenerOptions> = {},
): Promise<{ listener: SecureListener; port: number; session: ClientHttp2Session }> {
  const listener = secureListener(optionsWith(change))
  const port = await listener.listen(0)
  const session = connectHttp2(`https://localhost:${port}`, { ca: authority.rootCertificate })
  session.on('error', () => {})
  cleanups.push(
    () => listener.close(0),
    () => session.destroy(),
  )
  await once(session, 'connect')
  return { listener, port, session }
}

function secured(socket: Socket): TLSSocket {
  const secure = connectTls({ socket, servername: 'localhost', ca: authority.rootCertificate })
  secure.on('error', () => {})
  cleanups.push(() => secure.destroy())
  return secure
}

async function openRaw(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  cleanups.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function openTls(port: number): Promise<TLSSocket> {
  const secure = secured(await openRaw(port))
  await once(secure, 'secureConnect')
  return secure
}

/** The client's end of a connection that came to another port and was handed to the listener. */
async function handedOver(listener: SecureListener): Promise<Socket> {
  const other: Server = createServer((socket) => listener.accept(socket))
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  cleanups.push(() => other.close())
  const accepted = once(other, 'connection')
  const socket = await openRaw((other.address() as AddressInfo).port)
  await accepted
  return socket
}

/** Resolves when a connection or stream has ended, be it by a reset. */
function closed(connection: EventEmitter): Promise<void> {
  connection.on('error', () => {})
  return new Promise((resolve) => connection.once('close', () => resolve()))
}

async function expectEnded(socket: Socket): Promise<void> {
  socket.resume()
  if (!socket.destroyed) await closed(socket)
  expect(socket.destroyed).toBe(true)
}
