import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { isIP } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { AbortError, type Transport } from '@doorstep/client'
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
  /** Bound on the wait for the head of the answer, the connection included, and on every silence after it. */
  readonly timeoutMilliseconds: number
  /** Bound on everything, to the last byte of the answer. */
  readonly wholeTimeoutMilliseconds?: number | undefined
  /** Of the answer's body. Default: any number. */
  readonly maximumBytes?: number | undefined
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
 * @throws {UnreachableError} when no answer comes; its `cause` is the system's error, or the reason of the signal
 */
export async function sendOutbound(wanted: OutboundRequest, route: OutboundRoute): Promise<OutboundAnswer> {
  const { url, signal } = wanted
  const bounds = boundsOf(wanted)
  const abort = () => bounds.giveUp(signal?.reason)
  signal?.addEventListener('abort', abort)
  try {
    if (signal?.aborted) throw signal.reason
    return await Promise.race([bounds.exceeded, exchange(wanted, route, bounds)])
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const known = code !== undefined && !message.includes(code) ? `${message} (${code})` : message
    throw new UnreachableError(`${url.origin} cannot be reached: ${known}`, { cause: error })
  } finally {
    signal?.removeEventListener('abort', abort)
    bounds.end()
  }
}

/** What ends an exchange that takes too long or brings too much. */
interface Bounds {
  /** Fires at the end, whichever it is: nothing of the exchange goes on after it. */
  readonly ended: AbortSignal
  /** Rejects when a bound is exceeded. */
  readonly exceeded: Promise<never>
  /** Counts what has come, and begins the wait for more. */
  came(bytes: number): void
  giveUp(error: unknown): void
  end(): void
}

function boundsOf({ timeoutMilliseconds, wholeTimeoutMilliseconds, maximumBytes }: OutboundRequest): Bounds {
  const ending = new AbortController()
  let giveUp: (error: unknown) => void = () => {}
  const exceeded = new Promise<never>((_, reject) => {
    giveUp = (error) => {
      reject(error)
      ending.abort()
    }
  })
  exceeded.catch(() => undefined) // the answer may be there already
  const timerOf = (milliseconds: number) => setTimeout(() => giveUp(timedOut(milliseconds)), milliseconds)
  const whole = wholeTimeoutMilliseconds === undefined ? undefined : timerOf(wholeTimeoutMilliseconds)
  const silence = timerOf(timeoutMilliseconds)
  let size = 0
  return {
    ended: ending.signal,
    exceeded,
    came(bytes) {
      silence.refresh()
      size += bytes
      if (maximumBytes !== undefined && size > maximumBytes) giveUp(tooLarge(maximumBytes))
    },
    giveUp: (error) => giveUp(error),
    end() {
      clearTimeout(whole)
      clearTimeout(silence)
      ending.abort()
    },
  }
}

async function exchange(wanted: OutboundRequest, route: OutboundRoute, bounds: Bounds): Promise<OutboundAnswer> {
  const sent = await startRequest(wanted, route, bounds.ended)
  bounds.ended.addEventListener('abort', () => sent.destroy())
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve)
    sent.on('error', reject)
    sent.end(wanted.body)
  })
  const { statusCode = 0, statusMessage = '', headers } = response
  bounds.came(0)
  const chunks: Buffer[] = []
  for await (const chunk of response) {
    chunks.push(chunk as Buffer)
    bounds.came((chunk as Buffer).length)
  }
  return { status: statusCode, statusText: statusMessage, headers, body: Buffer.concat(chunks) }
}

async function startRequest(
  { method, url, headers, timeoutMilliseconds }: OutboundRequest,
  route: OutboundRoute,
  ended: AbortSignal,
): Promise<ClientRequest> {
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
  const socket = await openConnection(target, {
    upstream,
    connectMilliseconds: Math.min(10_000, timeoutMilliseconds),
  })
  if (ended.aborted) {
    socket.destroy()
    throw new Error('The request has ended.')
  }
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
    const abort = () => controller.abort(new AbortError())
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    const bounds = {
      timeoutMilliseconds,
      wholeTimeoutMilliseconds: timeoutMilliseconds,
      maximumBytes: largestTokenAnswerBytes,
    }
    const wanted = { method, url: new URL(url), headers, body, signal: controller.signal, ...bounds }
    try {
      const answer = await sendOutbound(wanted, route)
      return { status: answer.status, headers: answer.headers, body: answer.body.toString('utf8') }
    } catch (error) {
      throw (error as UnreachableError).cause ?? error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }
}

/** An answer of an authority has some kilobytes. */
const largestTokenAnswerBytes = 1024 * 1024

function tooLarge(bytes: number): Error {
  return Object.assign(new Error(`the answer is larger than ${bytes} bytes`), { code: 'ERR_RESPONSE_TOO_LARGE' })
}

function timedOut(milliseconds: number): Error {
  return Object.assign(new Error(`no answer within ${milliseconds / 1000} s`), { code: 'ETIMEDOUT' })
}
