import { once } from 'node:events'
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { createSecureServer, connect as http2Connect } from 'node:http2'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { connect as tlsConnect } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority, type LocalAuthority } from './certificate-authority.ts'
import { type ConnectProxy, type ConnectProxyOptions, createConnectProxy } from './connect-proxy.ts'

const ours = 'graph.microsoft.com'
const withoutIPv6 = !Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))

let authority: LocalAuthority
const cleanups: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  authority = await createAuthority({
    commonName: 'Doorstep intercept root',
    dnsNames: [ours],
    ipAddresses: [],
    notBefore: new Date(),
    lifetimeInDays: 397,
  })
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('CONNECT to an intercepted host', () => {
  it('hands the socket to the TLS server, which answers under the real name', async () => {
    const proxy = await startProxy()
    const { status, socket } = await connectThrough(proxy.port, `${ours}:443`)
    expect(status).toBe(200)
    const secure = tlsConnect({ socket, servername: ours, ca: authority.rootCertificate, ALPNProtocols: ['http/1.1'] })
    await once(secure, 'secureConnect')
    expect(secure.authorized).toBe(true)
    secure.write(`GET /me HTTP/1.1\r\nHost: ${ours}\r\nConnection: close\r\n\r\n`)
    expect(await text(secure)).toContain('1.1 /me')
    expect(proxy.delivered).toEqual([{ host: ours, port: 443 }])
  })

  it('carries HTTP/2', async () => {
    const proxy = await startProxy()
    const { socket } = await connectThrough(proxy.port, `${ours}:443`)
    const session = http2Connect(`https://${ours}`, {
      createConnection: () =>
        tlsConnect({ socket, servername: ours, ca: authority.rootCertificate, ALPNProtocols: ['h2'] }),
    })
    expect(await text(session.request({ ':path': '/v1.0/me' }))).toBe('2.0 /v1.0/me')
    session.destroy()
  })

  it('puts back what the client sent along with CONNECT, without waiting for the answer', async () => {
    const proxy = await startProxy()
    const socket = await open(proxy.port)
    // A socket that sends CONNECT and the first TLS bytes in one piece, and hides the proxy's answer from TLS.
    const hello = await firstTlsBytes()
    socket.write(Buffer.concat([Buffer.from(`CONNECT ${ours}:443 HTTP/1.1\r\nHost: ${ours}:443\r\n\r\n`), hello]))
    const answer = await readUntil(socket, (bytes) => bytes.includes('\r\n\r\n') && bytes.length > 60)
    const afterHeaders = answer.subarray(answer.indexOf('\r\n\r\n') + 4)
    expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /)
    // A handshake record (22) of the server: it understood the hello.
    expect(afterHeaders[0]).toBe(22)
    socket.destroy()
  })

  it.each(['GRAPH.Microsoft.com:443', `${ours}.:443`])('knows the name in the spelling %s', async (authorityForm) => {
    const proxy = await startProxy({ tunnel: 'refuse' })
    const { status, socket } = await connectThrough(proxy.port, authorityForm)
    expect(status).toBe(200)
    expect(proxy.delivered).toEqual([{ host: ours, port: 443 }])
    socket.destroy()
  })

  it('does not take other ports of the host for its own', async () => {
    const proxy = await startProxy({ tunnel: 'refuse' })
    const { status, body } = await connectThrough(proxy.port, `${ours}:8443`)
    expect(status).toBe(403)
    expect(await body()).toContain(ours)
    expect(proxy.delivered).toEqual([])
  })
})

describe('CONNECT to another host', () => {
  it('passes bytes on untouched in both directions, a half-closed connection included', async () => {
    const proxy = await startProxy()
    const target = await startEcho()
    const { status, socket } = await connectThrough(proxy.port, `127.0.0.1:${target}`, 'early ')
    expect(status).toBe(200)
    socket.end('late')
    expect(await text(socket)).toBe('early late, that was all')
  })

  it.each(['localhost', 'LOCALHOST', '[::ffff:127.0.0.1]', '[::FFFF:7f00:1]', '127.1'])(
    'reaches this machine as %s, even when nothing may leave it',
    async (host) => {
      const proxy = await startProxy({ tunnel: 'refuse' })
      const target = await startEcho()
      const { status, socket } = await connectThrough(proxy.port, `${host}:${target}`)
      expect(status).toBe(200)
      socket.end('x')
      expect(await text(socket)).toBe('x, that was all')
    },
  )

  it.skipIf(withoutIPv6)('reaches IPv6 addresses', async () => {
    const proxy = await startProxy({ tunnel: 'refuse' })
    const target = await startEcho('::1')
    const { status, socket } = await connectThrough(proxy.port, `[::1]:${target}`)
    expect(status).toBe(200)
    socket.end('six')
    expect(await text(socket)).toBe('six, that was all')
  })

  it('answers 502 and names the target when it refuses the connection', async () => {
    const proxy = await startProxy()
    const port = await closedPort()
    const { status, body } = await connectThrough(proxy.port, `127.0.0.1:${port}`)
    expect(status).toBe(502)
    expect(await body()).toBe(`Doorstep cannot reach 127.0.0.1:${port}: the connection was refused (ECONNREFUSED).\n`)
  })

  it.each(['api.example.com:443', '192.0.2.7:443', '[2001:db8::7]:443'])(
    'refuses %s at once when nothing may leave the machine, and says which host that was',
    async (target) => {
      const proxy = await startProxy({ tunnel: 'refuse' })
      const { status, body } = await connectThrough(proxy.port, target)
      expect(status).toBe(403)
      const answer = await body()
      expect(answer).toContain('--offline')
      expect(answer).toContain(target.replace(/:443$/, '').replace(/[[\]]/g, ''))
    },
  )

  it.each([
    'localhost',
    'localhost:0',
    'localhost:70000',
    ':443',
    'http://localhost:80',
    'a b:443',
    'user@localhost:1',
  ])('answers 400 to the target %j', async (target) => {
    const proxy = await startProxy()
    const answer = await rawExchange(proxy.port, `CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('survives a client that is gone before the target answers, and a target that breaks off', async () => {
    const proxy = await startProxy()
    const breaking = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
    const port = await start(breaking)
    const leaving = await open(proxy.port)
    leaving.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`)
    leaving.resetAndDestroy()
    const { socket } = await connectThrough(proxy.port, `127.0.0.1:${port}`)
    socket.on('error', () => {})
    socket.write('x')
    await text(socket).catch(() => 'broken off')
    const again = await connectThrough(proxy.port, `127.0.0.1:${port}`)
    expect(again.status).toBe(200)
    again.socket.destroy()
  })
})

describe('an upstream proxy', () => {
  it('is asked for every other host, with the credentials of its address', async () => {
    const target = await startEcho()
    const upstream = await startUpstream(target)
    const proxy = await startProxy({ upstream: { httpsProxy: `http://user:p%40ss@127.0.0.1:${upstream.port}` } })
    const { status, socket } = await connectThrough(proxy.port, 'far.example.com:443', 'hi')
    expect(status).toBe(200)
    socket.end()
    expect(await text(socket)).toBe('hi, that was all')
    const authorization = `Basic ${Buffer.from('user:p@ss').toString('base64')}`
    expect(upstream.seen).toEqual([{ url: 'far.example.com:443', authorization }])
  })

  it('is passed by for this machine and for what NO_PROXY names', async () => {
    const upstream = await startUpstream(await closedPort())
    const target = await startEcho()
    const settings = { httpsProxy: `127.0.0.1:${upstream.port}`, noProxy: '.internal.example, 10.0.0.0/8' }
    const proxy = await startProxy({ upstream: settings, limits: { connectMilliseconds: 200 } })
    const local = await connectThrough(proxy.port, `127.0.0.1:${target}`)
    expect(local.status).toBe(200)
    local.socket.destroy()
    const named = await connectThrough(proxy.port, `10.255.255.1:${target}`)
    expect([502, 504]).toContain(named.status)
    named.socket.destroy()
    expect(upstream.seen).toEqual([])
  })

  it('that refuses, or whose address is none, is named in the answer, never its password', async () => {
    const refusing = await startUpstream(0)
    const refused = await startProxy({ upstream: { httpsProxy: `http://127.0.0.1:${refusing.port}` } })
    const first = await connectThrough(refused.port, 'far.example.com:443')
    expect(first.status).toBe(502)
    expect(await first.body()).toContain(`the proxy 127.0.0.1:${refusing.port} of HTTPS_PROXY answered 407`)

    const malformed = await startProxy({ upstream: { httpsProxy: 'socks5://user:hidden@127.0.0.1:1' } })
    const second = await connectThrough(malformed.port, 'far.example.com:443')
    expect(second.status).toBe(502)
    const answer = await second.body()
    expect(answer).toContain('HTTPS_PROXY: expected http://host:port')
    expect(answer).not.toContain('hidden')
  })

  it('that never answers costs the time limit, then 504', async () => {
    const port = await start(createServer((socket) => socket.on('error', () => {})))
    const settings = { httpsProxy: `http://127.0.0.1:${port}` }
    const proxy = await startProxy({ upstream: settings, limits: { connectMilliseconds: 100 } })
    const { status, body } = await connectThrough(proxy.port, 'far.example.com:443')
    expect(status).toBe(504)
    expect(await body()).toContain('far.example.com:443')
  })
})

describe('an absolute-form request', () => {
  it.each([`https://${ours}/v1.0/me`, `http://${ours}/v1.0/me`, `https://${ours}:443/v1.0/me`])(
    'for an intercepted host is answered here: %s',
    async (url) => {
      const proxy = await startProxy({ tunnel: 'refuse' })
      const { status, body } = await requestThrough(proxy.port, url)
      expect(status).toBe(200)
      expect(body).toBe(`local ${url}`)
    },
  )

  it('for another host is passed on without what belongs to one connection only', async () => {
    const target = await startOrigin()
    const proxy = await startProxy()
    const { status, headers, body } = await requestThrough(proxy.port, `http://127.0.0.1:${target.port}/path?q=1`, {
      method: 'POST',
      body: 'payload',
      headers: { 'proxy-authorization': 'Basic x', connection: 'x-mine', 'x-mine': '1', 'x-kept': '2' },
    })
    expect(status).toBe(201)
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(headers['proxy-authenticate']).toBeUndefined()
    expect(body).toBe('POST /path?q=1 payload')
    const seen = target.seen[0]
    expect(seen?.host).toBe(`127.0.0.1:${target.port}`)
    expect(seen?.['x-kept']).toBe('2')
    expect(seen?.['x-mine']).toBeUndefined()
    expect(seen?.['proxy-authorization']).toBeUndefined()
  })

  it('goes to the upstream proxy as it came', async () => {
    const upstream = await startOrigin()
    const proxy = await startProxy({ upstream: { httpsProxy: `http://u:p@127.0.0.1:${upstream.port}` } })
    const { body } = await requestThrough(proxy.port, 'http://far.example.com/x')
    expect(body).toBe('GET http://far.example.com/x ')
    expect(upstream.seen[0]?.['proxy-authorization']).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`)
    expect(upstream.seen[0]?.host).toBe('far.example.com')
  })

  it('is refused when nothing may leave the machine, and answered 502 when the host is out of reach', async () => {
    const offline = await startProxy({ tunnel: 'refuse' })
    const refused = await requestThrough(offline.port, 'http://api.example.com/')
    expect(refused.status).toBe(403)
    expect(refused.body).toContain('api.example.com')

    const proxy = await startProxy()
    const port = await closedPort()
    const unreachable = await requestThrough(proxy.port, `http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' })
    expect(unreachable.status).toBe(502)
    expect(unreachable.body).toContain(`127.0.0.1:${port}`)
  })

  it('is answered 502 when the host speaks no HTTP, or no TLS where TLS was asked for', async () => {
    const proxy = await startProxy()
    const garbage = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end('not http\r\n\r\n'))
    })
    const port = await start(garbage)
    for (const scheme of ['http', 'https']) {
      const { status, body } = await requestThrough(proxy.port, `${scheme}://127.0.0.1:${port}/`)
      expect(status).toBe(502)
      expect(body).toContain(`127.0.0.1:${port}`)
    }
  })
})

describe('a hostile answer to an absolute-form request', () => {
  const answerWith = async (head: string): Promise<number> =>
    start(
      createServer((socket) => {
        socket.on('error', () => {})
        socket.once('data', () => socket.end(Buffer.from(`${head}Content-Length: 4\r\n\r\nbody`, 'latin1')))
      }),
    )

  it.each([
    ['a control character', 'O\x01K'],
    ['bytes beyond ASCII', '\x80\xff'],
    ['very many words', 'x'.repeat(4_000)],
    ['no words', ''],
  ])('is passed on with our own words for its status: %s', async (_name, words) => {
    const proxy = await startProxy()
    const port = await answerWith(`HTTP/1.1 200 ${words}\r\n`)
    const answer = await rawExchange(
      proxy.port,
      `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer).toMatch(/\r\n\r\nbody$/)
  })

  it.each([
    'HTTP/1.1 000 Nothing\r\n',
    'HTTP/1.1 099 Low\r\n',
    'HTTP/1.1 42 Short\r\n',
    'HTTP/1.1 1000 Long\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n',
    'HTTP/1.1 200 OK\r\nX-Bad: a\x01b\r\n',
    'HTTP/1.1 200 OK\r\nX Bad: a\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n',
  ])('becomes 502 when it cannot be passed on, and the proxy goes on: %j', async (head) => {
    const proxy = await startProxy()
    const port = await answerWith(head)
    const answer = await rawExchange(
      proxy.port,
      `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/)
    expect(answer).toContain(`127.0.0.1:${port}`)
    const { status } = await requestThrough(proxy.port, `http://${ours}/`)
    expect(status).toBe(200)
  })
})

describe('a part that fails', () => {
  const failing = () => {
    throw new Error('out of order')
  }

  it('costs its own connection and nothing else', async () => {
    const proxy = await startProxy({ deliver: failing, respond: failing })
    const tunnel = await connectThrough(proxy.port, `${ours}:443`).catch(() => undefined)
    if (tunnel) expect(await tunnel.body()).toBe('')
    expect(await rawExchange(proxy.port, `GET http://${ours}/ HTTP/1.1\r\nHost: ${ours}\r\n\r\n`)).toBe('')
    const { status } = await requestThrough(proxy.port, 'ftp://a.example/')
    expect(status).toBe(400)
  })
})

describe('the proxy port', () => {
  it('answers anything else with 400 and says what it is', async () => {
    const proxy = await startProxy()
    for (const path of ['/', '/login?x=http://a.example', '*', 'ftp://a.example/']) {
      const answer = await rawExchange(proxy.port, `OPTIONS ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
      expect(answer, path).toMatch(/^HTTP\/1\.1 400 /)
      expect(answer, path).toContain('This port is the proxy of Doorstep')
    }
  })

  it('says so to a browser that speaks TLS to it', async () => {
    const proxy = await startProxy()
    expect(await rawExchange(proxy.port, await firstTlsBytes())).toContain('This port is the proxy of Doorstep')
  })

  it('cuts connections whose headers do not arrive, even when nothing arrives at all', async () => {
    const proxy = await startProxy({ limits: { headersMilliseconds: 100 } })
    const sent = [
      '',
      'CONNECT graph.microsoft.com:443 HTTP/1.1\r\nHost: gra',
      'GET http://a.example/ HTTP/1.1\r\nX: y\r\n',
    ]
    for (const part of sent) expect(await rawExchange(proxy.port, part)).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('bounds the size of headers', async () => {
    const proxy = await startProxy()
    const large = `GET http://a.example/ HTTP/1.1\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`
    expect(await rawExchange(proxy.port, large)).toMatch(/^HTTP\/1\.1 431 /)
  })

  it.skipIf(withoutIPv6)('listens on both loopback addresses with one port', async () => {
    const proxy = await startProxy()
    for (const host of ['127.0.0.1', '::1']) {
      const socket = connect(proxy.port, host)
      await once(socket, 'connect')
      socket.destroy()
    }
  })

  it('reports a port that is taken', async () => {
    const taken = await start(createServer())
    const proxy = createConnectProxy(optionsWith({}).options)
    await expect(proxy.listen(taken)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('closing', () => {
  it('ends idle connections at once and lets the rest finish within the grace', async () => {
    const proxy = await startProxy()
    const target = await startEcho()
    const idle = await open(proxy.port)
    idle.write(`GET https://${ours}/ HTTP/1.1\r\nHost: ${ours}\r\n\r\n`)
    idle.resume()
    await once(idle, 'data')
    const { socket: busy } = await connectThrough(proxy.port, `127.0.0.1:${target}`)
    const closed = proxy.proxy.close(60_000)
    await once(idle, 'end')
    busy.end('still here')
    expect(await text(busy)).toBe('still here, that was all')
    await closed
    await expect(open(proxy.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('ends connections that never sent a request at once', async () => {
    const proxy = await startProxy()
    const silent = await open(proxy.port)
    const halfSent = await open(proxy.port)
    halfSent.write(`GET https://${ours}/ HTTP/1.1\r\n`)
    for (const socket of [silent, halfSent]) socket.resume()
    // The proxy has seen both when it has answered a later one.
    await requestThrough(proxy.port, `https://${ours}/`)
    for (const socket of [silent, halfSent]) socket.on('end', () => socket.end())
    const ends = Promise.all(
      [silent, halfSent].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    )
    await proxy.proxy.close(60_000)
    await ends
  })

  it('ends a connection when the request that was in flight is answered', async () => {
    let asked = (_response: ServerResponse) => {}
    const inFlight = new Promise<ServerResponse>((resolve) => {
      asked = resolve
    })
    const proxy = await startProxy({ respond: (_request, response) => asked(response) })
    const socket = await open(proxy.port)
    socket.write(`GET https://${ours}/ HTTP/1.1\r\nHost: ${ours}\r\n\r\n`)
    const response = await inFlight
    const closed = proxy.proxy.close(60_000)
    response.end('late')
    expect(await text(socket)).toContain('late')
    socket.end()
    await closed
  })

  it('leaves intercepted connections to the TLS server that took them', async () => {
    const proxy = await startProxy()
    const { socket } = await connectThrough(proxy.port, `${ours}:443`)
    const secure = tlsConnect({ socket, servername: ours, ca: authority.rootCertificate, ALPNProtocols: ['http/1.1'] })
    await once(secure, 'secureConnect')
    await proxy.proxy.close(60_000)
    await expect(open(proxy.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    secure.write(`GET /me HTTP/1.1\r\nHost: ${ours}\r\nConnection: close\r\n\r\n`)
    expect(await text(secure)).toContain('1.1 /me')
  })

  it('cuts tunnels after the grace, those of other proxies stay', async () => {
    const [proxy, other] = [await startProxy(), await startProxy()]
    const target = await startEcho()
    const tunnel = await connectThrough(proxy.port, `127.0.0.1:${target}`)
    const unaffected = await connectThrough(other.port, `127.0.0.1:${target}`)
    tunnel.socket.on('error', () => {})
    tunnel.socket.resume()
    const ends = once(tunnel.socket, 'end')
    await proxy.proxy.close(20)
    await ends
    unaffected.socket.end('alive')
    expect(await text(unaffected.socket)).toBe('alive, that was all')
  })

  it('can be asked for twice, also at the same time', async () => {
    const { proxy, port } = await startProxy()
    const { socket } = await connectThrough(port, `127.0.0.1:${await startEcho()}`)
    socket.resume()
    await Promise.all([proxy.close(20), proxy.close(20)])
    await proxy.close(0)
  })

  it('does nothing on a proxy that never listened', async () => {
    await createConnectProxy(optionsWith({}).options).close(0)
  })
})

interface StartedProxy {
  proxy: ConnectProxy
  port: number
  delivered: { host: string; port: number }[]
}

function optionsWith(change: Partial<ConnectProxyOptions>): {
  options: ConnectProxyOptions
  delivered: StartedProxy['delivered']
  server: ReturnType<typeof createSecureServer>
} {
  const delivered: StartedProxy['delivered'] = []
  const server = createSecureServer({ cert: authority.certificateChain, key: authority.privateKey, allowHTTP1: true })
  server.on('request', (incoming, response) => response.end(`${incoming.httpVersion} ${incoming.url}`))
  server.on('sessionError', () => {})
  server.on('tlsClientError', () => {})
  const options: ConnectProxyOptions = {
    isIntercepted: (host) => host === ours,
    deliver: (socket, context) => {
      delivered.push(context)
      cleanups.push(async () => socket.destroy())
      server.emit('connection', socket)
    },
    respond: (incoming, response) => void response.end(`local ${incoming.url}`),
    tunnel: 'allow',
    ...change,
  }
  return { options, delivered, server }
}

async function startProxy(change: Partial<ConnectProxyOptions> = {}): Promise<StartedProxy> {
  const { options, delivered } = optionsWith(change)
  const proxy = createConnectProxy(options)
  const port = await proxy.listen(0)
  cleanups.push(() => proxy.close(0))
  return { proxy, port, delivered }
}

async function start(server: Server | HttpServer, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.listen(0, host)
  await once(server, 'listening')
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** Sends back what it gets, and after the client's end a last sentence. */
function startEcho(host?: string): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    socket.pipe(socket, { end: false })
    socket.on('end', () => socket.end(', that was all'))
  })
  return start(server, host)
}

async function startOrigin(): Promise<{ port: number; seen: IncomingMessage['headers'][] }> {
  const seen: IncomingMessage['headers'][] = []
  const server = createHttpServer(async (incoming, response) => {
    seen.push(incoming.headers)
    response.writeHead(201, { 'set-cookie': ['a=1', 'b=2'], 'proxy-authenticate': 'Basic' })
    response.end(`${incoming.method} ${incoming.url} ${await text(incoming)}`)
  })
  return { port: await start(server), seen }
}

/** A proxy that leads every CONNECT to one local port; port 0 makes it ask for credentials instead. */
async function startUpstream(
  targetPort: number,
): Promise<{ port: number; seen: { url: string | undefined; authorization: string | undefined }[] }> {
  const seen: { url: string | undefined; authorization: string | undefined }[] = []
  const server = createHttpServer()
  server.on('connect', (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
    seen.push({ url: incoming.url, authorization: incoming.headers['proxy-authorization'] })
    client.on('error', () => {})
    if (targetPort === 0) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
    target.on('error', () => client.destroy())
    client.write('HTTP/1.1 200 OK\r\n\r\n')
    target.write(head)
    client.pipe(target).pipe(client)
  })
  return { port: await start(server), seen }
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  await once(socket, 'connect')
  socket.on('error', () => {})
  return socket
}

async function connectThrough(
  port: number,
  target: string,
  early = '',
): Promise<{ status: number; socket: Socket; body: () => Promise<string> }> {
  const socket = await open(port)
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n${early}`)
  const bytes = await readUntil(socket, (received) => received.includes('\r\n\r\n'))
  const end = bytes.indexOf('\r\n\r\n') + 4
  if (bytes.length > end) socket.unshift(bytes.subarray(end))
  const status = Number(bytes.toString('latin1').split(' ')[1])
  return { status, socket, body: () => text(socket) }
}

/** Reads until the bytes are enough, and leaves the socket to the next reader. */
async function readUntil(socket: Socket, isEnough: (bytes: Buffer) => boolean): Promise<Buffer> {
  let bytes = Buffer.alloc(0)
  while (!isEnough(bytes)) {
    const chunk: Buffer | null = socket.read()
    if (chunk) bytes = Buffer.concat([bytes, chunk])
    else if (socket.readableEnded || socket.destroyed) throw new Error(`the proxy ended after: ${bytes}`)
    else await Promise.race([once(socket, 'readable'), once(socket, 'close')])
  }
  socket.removeAllListeners('readable')
  return bytes
}

async function rawExchange(port: number, bytes: string | Buffer): Promise<string> {
  const socket = await open(port)
  socket.write(bytes)
  const answer = await text(socket)
  socket.destroy()
  return answer
}

/** What a TLS client says first. */
async function firstTlsBytes(): Promise<Buffer> {
  const listener = createServer()
  const port = await start(listener)
  const accepted = once(listener, 'connection')
  const client = tlsConnect({ port, host: '127.0.0.1', servername: ours })
  client.on('error', () => {})
  const [socket] = (await accepted) as [Socket]
  const [hello] = (await once(socket, 'data')) as [Buffer]
  client.destroy()
  socket.destroy()
  return hello
}

async function requestThrough(
  port: number,
  url: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number | undefined; headers: IncomingMessage['headers']; body: string }> {
  const outgoing = request({ port, host: '127.0.0.1', method, path: url, headers, agent: false })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

async function closedPort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
