import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { isIP } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import type { Transport } from '@doorstep/client'
import { inheritedUpstream } from '../interceptor/environment.ts'
import { openConnection } from '../interceptor/outbound-connection.ts'
import type { UpstreamSettings } from '../interceptor/upstream-proxy.ts'
import type { CommandIO } from './command.ts'
import { UnreachableError } from './failure.ts'

/** How an address is reached. Nothing given: as its URL says, with Node's own roots. */
export interface OutboundRoute {
  /** Where to connect to instead of the host of the URL, which stays the name that is asked for. */
  readonly connectTo?: { readonly host: string; readonly port: number } | undefined
  /** PEM. What alone is trusted. */
  readonly ca?: string | undefined
  /** A proxy on the way. */
  readonly upstream?: UpstreamSettings | undefined
}

export interface OutboundRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  /** Bound on every silence. */
  readonly timeoutMilliseconds: number
  readonly signal?: AbortSignal | undefined
}

export interface OutboundAnswer {
  readonly status: number
  readonly statusText: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/**
 * Sends one request and reads its answer, whatever its status. Follows no redirects.
 *
 * @throws {UnreachableError} when no answer comes; its `cause` is the system's error
 */
export async function sendOutbound(wanted: OutboundRequest, route: OutboundRoute): Promise<OutboundAnswer> {
  const { url, timeoutMilliseconds, body, signal } = wanted
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      startRequest(wanted, route).then((sent) => {
        sent.setTimeout(timeoutMilliseconds, () => sent.destroy(timedOut(timeoutMilliseconds)))
        sent.once('response', resolve)
        sent.on('error', reject)
        signal?.addEventListener('abort', () => sent.destroy(), { once: true })
        sent.end(body)
      }, reject)
    })
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    const { statusCode = 0, statusMessage = '', headers } = response
    return { status: statusCode, statusText: statusMessage, headers, body: Buffer.concat(chunks) }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const known = code !== undefined && !message.includes(code) ? `${message} (${code})` : message
    throw new UnreachableError(`${url.origin} cannot be reached: ${known}`, { cause: error })
  }
}

async function startRequest({ method, url, headers }: OutboundRequest, route: OutboundRoute): Promise<ClientRequest> {
  const { connectTo, ca, upstream } = route
  const servername = isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? url.hostname : undefined
  const options: RequestOptions & { ca?: string; servername?: string; agent: false } = {
    method,
    headers: { host: url.host, ...headers },
    agent: false,
    ...(connectTo && { hostname: connectTo.host, port: connectTo.port }),
    ...(ca === undefined ? {} : { ca }),
    ...(servername === undefined ? {} : { servername }),
  }
  if (url.protocol === 'http:') return requestPlain(url, { method, headers: { ...headers }, agent: false })
  if (upstream === undefined || connectTo !== undefined) return requestSecure(url, options)
  const target = { host: url.hostname, port: Number(url.port || 443) }
  const socket = await openConnection(target, { upstream, connectMilliseconds: 10_000 })
  const { agent: _none, ...withoutAgent } = options // an agent would make a connection of its own
  return requestSecure(url, {
    ...withoutAgent,
    createConnection: () => connectSecurely({ socket, ...(ca && { ca }), ...(servername && { servername }) }),
  })
}

/** The proxy of the environment, for hosts outside of `doorstep run`, where Node is led to the local cloud anyhow. */
export function upstreamOf(environment: CommandIO['environment']): UpstreamSettings | undefined {
  return environment.DOORSTEP_INTERCEPT ? undefined : inheritedUpstream({ ...environment })
}

/** A transport of the client library through the proxy of the environment; undefined where there is none. */
export function transportThroughProxy(environment: CommandIO['environment']): Transport | undefined {
  const upstream = upstreamOf(environment)
  return upstream && transportBy({ upstream })
}

/** A transport of the client library that takes this route. */
export function transportBy(route: OutboundRoute): Transport {
  return async ({ method, url, headers, body, signal, timeoutMilliseconds }) => {
    const controller = new AbortController()
    signal?.addEventListener('abort', () => controller.abort())
    const wanted = { method, url: new URL(url), headers, body, timeoutMilliseconds, signal: controller.signal }
    const answer = await sendOutbound(wanted, route).catch((error: UnreachableError) => {
      throw error.cause ?? error
    })
    return { status: answer.status, headers: answer.headers, body: answer.body.toString('utf8') }
  }
}

function timedOut(milliseconds: number): Error {
  return Object.assign(new Error(`no answer within ${milliseconds / 1000} s`), { code: 'ETIMEDOUT' })
}
