import { type EventEmitter, once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect as connectHttp2 } from 'node:http2'
import { Agent, request } from 'node:https'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'

let doorstep: RunningDoorstep | undefined

afterEach(async () => {
  await doorstep?.stop()
})

const body = 'grant_type=client_credentials&client_id=nobody&client_secret=none&scope=x/.default'

async function tlsConnection({ url, ca }: RunningDoorstep, ALPNProtocols = ['http/1.1']): Promise<TLSSocket> {
  const socket = connectTls({
    host: '127.0.0.1',
    port: Number(new URL(url).port),
    servername: 'localhost',
    ca,
    ALPNProtocols,
  })
  await once(socket, 'secureConnect')
  return socket
}

/** A stop ends within 5 seconds whatever is open, of which the grace for what is busy takes 4. */
const stopMilliseconds = 6_000
/** Less than the grace: nothing was waited for. */
const promptMilliseconds = 3_000

/** Sends SIGTERM and resolves to the exit code; fails when the process has not ended by then. */
function stopped({ process: child }: RunningDoorstep, withinMilliseconds = stopMilliseconds): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`not ended ${withinMilliseconds} ms after SIGTERM`))
    }, withinMilliseconds)
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve(code)
    })
    child.kill('SIGTERM')
  })
}

/** Resolves when a connection has ended, be it by a reset: what it still sent may cross the end of the other side. */
function closed(connection: EventEmitter): Promise<void> {
  connection.on('error', () => {})
  return new Promise((resolve) => connection.once('close', () => resolve()))
}

async function openSocket(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function connectThrough({ proxy }: RunningDoorstep, target: string): Promise<Socket> {
  const socket = await openSocket(proxy)
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /)
  return socket
}

/** A connection through the proxy, as `doorstep run` gives it to a program: TLS under the real name. */
async function interceptedConnection(running: RunningDoorstep): Promise<TLSSocket> {
  const servername = 'login.microsoftonline.com'
  const socket = await connectThrough(running, `${servername}:443`)
  const ca = await readFile(join(running.dataDirectory, 'intercept-ca.pem'), 'utf8')
  const secure = connectTls({ socket, servername, ca, ALPNProtocols: ['http/1.1'] })
  secure.on('error', () => {})
  await once(secure, 'secureConnect')
  return secure
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

describe('SIGTERM', () => {
  it('finishes an HTTP/1.1 request in flight, and says that the connection ends', async () => {
    doorstep = await startDoorstep()
    const agent = new Agent({ ca: doorstep.ca, keepAlive: true })
    const sent = request(new URL(`/${doorstep.tenantId}/oauth2/v2.0/token`, doorstep.url), {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length },
    })
    sent.write(body.slice(0, 20))
    await once(sent, 'socket')
    await new Promise((resolve) => setTimeout(resolve, 300))
    const exit = stopped(doorstep)
    await new Promise((resolve) => setTimeout(resolve, 300))
    sent.end(body.slice(20))
    const [response] = await once(sent, 'response')
    expect(await textOf(response)).toContain('AADSTS700016')
    expect(await exit).toBe(0)
  })

  it('finishes an HTTP/2 request in flight', async () => {
    doorstep = await startDoorstep()
    const session = connectHttp2(doorstep.url, { ca: doorstep.ca })
    const stream = session.request({
      ':method': 'POST',
      ':path': `/${doorstep.tenantId}/oauth2/v2.0/token`,
      'content-type': 'application/x-www-form-urlencoded',
    })
    stream.write(body.slice(0, 20))
    await new Promise((resolve) => setTimeout(resolve, 300))
    const exit = stopped(doorstep)
    await new Promise((resolve) => setTimeout(resolve, 300))
    stream.end(body.slice(20))
    expect(await textOf(stream)).toContain('AADSTS700016')
    expect(await exit).toBe(0)
  })

  it('ends idle connections of both protocols at once, and those that never said anything', async () => {
    doorstep = await startDoorstep()
    const idle = await tlsConnection(doorstep)
    const silent = [await openSocket(doorstep.url), await openSocket(doorstep.proxy)]
    const session = connectHttp2(doorstep.url, { ca: doorstep.ca })
    await once(session, 'connect')
    for (const socket of [idle, ...silent]) socket.resume()
    const allClosed = Promise.all([idle, ...silent, session].map(closed))
    const exit = stopped(doorstep, promptMilliseconds)
    await allClosed
    expect(await exit).toBe(0)
  })

  it('ends at once an idle connection that came through the proxy', async () => {
    doorstep = await startDoorstep()
    const secure = await interceptedConnection(doorstep)
    secure.write('GET /common/discovery/keys HTTP/1.1\r\nHost: login.microsoftonline.com\r\n\r\n')
    const [answer] = (await once(secure, 'data')) as [Buffer]
    expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /)
    secure.resume()
    const connectionClosed = closed(secure)
    const exit = stopped(doorstep, promptMilliseconds)
    await connectionClosed
    expect(await exit).toBe(0)
  })

  it('cuts a tunnel that stays open and a request that never ends, both after one grace', async () => {
    doorstep = await startDoorstep()
    const target = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
    await once(target, 'listening')
    try {
      const tunnel = await connectThrough(doorstep, `127.0.0.1:${(target.address() as AddressInfo).port}`)
      tunnel.resume()
      const socket = await tlsConnection(doorstep)
      socket.on('error', () => {})
      socket.write('POST /x/oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf')
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(await stopped(doorstep)).toBe(0)
    } finally {
      target.close()
    }
  })

  it('leaves a store that the next start opens as it was', async () => {
    doorstep = await startDoorstep()
    const made = await doorstep.graph.request('POST', '/v1.0/applications', { displayName: 'survivor' })
    const { dataDirectory, tenantId } = doorstep
    await stopped(doorstep)
    const again = await startDoorstep({ dataDirectory })
    try {
      expect(again.tenantId).toBe(tenantId)
      expect(again.administrator).not.toHaveProperty('password')
      const read = await again.graph.request('GET', `/v1.0/applications/${made.body.id}`)
      expect(read.body.displayName).toBe('survivor')
    } finally {
      await again.stop()
    }
  })
})

describe('half-sent headers', () => {
  it('are cut over HTTP/1.1, in however small steps they come', async () => {
    doorstep = await startDoorstep()
    const socket = await tlsConnection(doorstep)
    socket.write('POST /x/oauth2/token HTTP/1.1\r\nHost: localhost\r\n')
    const drip = setInterval(() => socket.write('X-Drip: 1\r\n'), 500)
    socket.on('error', () => {})
    const answer = await textOf(socket).catch(() => '')
    clearInterval(drip)
    expect(answer === '' || answer.startsWith('HTTP/1.1 408')).toBe(true)
    expect(socket.destroyed || socket.readableEnded).toBe(true)
  })

  it('are cut over HTTP/2', async () => {
    doorstep = await startDoorstep()
    const socket = await tlsConnection(doorstep, ['h2'])
    socket.on('error', () => {})
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    socket.write(frame(settingsFrame, 0, 0, Buffer.alloc(0)))
    // A header block that says it goes on (no END_HEADERS), and never does.
    socket.write(frame(headersFrame, 0, 1, Buffer.from([0x82])))
    socket.resume()
    await once(socket, 'close')
    expect(socket.destroyed).toBe(true)
  })

  it('do not keep others from being served', async () => {
    doorstep = await startDoorstep()
    const slow = await Promise.all(Array.from({ length: 50 }, () => tlsConnection(doorstep as RunningDoorstep)))
    for (const socket of slow) socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n')
    const { status } = await doorstep.request('GET', '/common/v2.0/.well-known/openid-configuration')
    expect(status).toBe(200)
    for (const socket of slow) socket.destroy()
  })
})

const headersFrame = 1
const settingsFrame = 4

/** A frame of RFC 9113 §4.1. */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header.writeUInt8(type, 3)
  header.writeUInt8(flags, 4)
  header.writeUInt32BE(stream, 5)
  return Buffer.concat([header, payload])
}
