import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'
import { connect as connectSecurely } from 'node:tls'
import { connectToUpstream, type OutboundOptions, openConnection, upstreamOrRefusal } from './outbound-connection.ts'
import type { ProxyTarget } from './proxy-target.ts'

/** Headers that belong to one connection only (RFC 9110, section 7.6.1), and what only proxies say to each other. */
const hopByHopHeaders = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/**
 * Passes an absolute-form request on and its answer back. Plain HTTP goes to the upstream proxy as it came, where one
 * is set; an `https:` address, which some clients send to proxies without CONNECT, is spoken to by TLS.
 *
 * @throws {UnreachableError} when the host is out of reach
 * @throws what the connection or the parser reports, or an error about an answer that cannot be passed on. When the
 * answer had begun by then, the client's connection is ended
 */
export async function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { url, target }: { url: URL; target: ProxyTarget },
  options: OutboundOptions,
): Promise<void> {
  const route = await openRoute(url, target, options)
  const headers = endToEndHeaders(request.headers)
  delete headers.expect
  await new Promise<void>((resolve, reject) => {
    const outgoing = httpRequest({
      method: request.method,
      path: route.path,
      headers: {
        ...headers,
        ...route.headers,
        host: url.host,
        ...(request.headers['transfer-encoding'] ? { 'transfer-encoding': 'chunked' } : {}),
      },
      createConnection: () => route.connection,
    })
    const fail = (error: unknown): void => {
      route.connection.destroy()
      if (response.headersSent) response.destroy()
      reject(error)
    }
    outgoing.once('response', (incoming) => {
      // An error thrown in a listener would end the process, and what comes here is anybody's.
      try {
        beginAnswer(response, incoming)
      } catch (error) {
        incoming.on('error', () => {})
        fail(error)
        return
      }
      pipeline(incoming, response, () => {
        route.connection.destroy()
        resolve()
      })
    })
    // Nobody asked for one: Upgrade is not passed on. Without a listener Node drops the connection and says nothing.
    outgoing.once('upgrade', () => fail(new Error('the host switched protocols')))
    outgoing.on('error', fail)
    response.once('close', () => route.connection.destroy())
    // Not by pipeline, which would close the client's connection before a refusal can be written to it.
    request.pipe(outgoing)
  })
}

/** Status and headers. The host's words for the status stay away: they carry nothing, and may hold any byte. */
function beginAnswer(response: ServerResponse, { statusCode = 0, headers }: IncomingMessage): void {
  if (statusCode < 200 || statusCode > 999) throw new Error(`the host answered with the status ${statusCode}`)
  response.writeHead(statusCode, endToEndHeaders(headers))
}

interface Route {
  readonly connection: Duplex
  readonly path: string
  readonly headers: { [name: string]: string }
}

async function openRoute(url: URL, target: ProxyTarget, options: OutboundOptions): Promise<Route> {
  const path = url.pathname + url.search
  if (url.protocol === 'https:') {
    const socket = await openConnection(target, options)
    const servername = isIP(target.host) === 0 ? target.host : undefined
    return {
      connection: connectSecurely({ socket, host: target.host, ...(servername ? { servername } : {}) }),
      path,
      headers: {},
    }
  }
  const upstream = upstreamOrRefusal(target, options)
  if (!upstream) return { connection: await openConnection(target, options), path, headers: {} }
  return {
    connection: await connectToUpstream(upstream, Date.now() + options.connectMilliseconds),
    path: url.origin + path,
    headers: upstream.authorization ? { 'proxy-authorization': upstream.authorization } : {},
  }
}

function endToEndHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/)
  const dropped = new Set([...hopByHopHeaders, ...named])
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)))
}
