import { request as httpRequest, type IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ConnectionOptions, connect as connectSecurely } from 'node:tls'
import { openConnection } from '../../interceptor/outbound-connection.ts'
import { messageOf, RefusedError } from '../failure.ts'

export interface PageRequest {
  /** `http:` or `https:`. */
  readonly url: URL
  readonly method: 'GET' | 'POST'
  /** A form, encoded. */
  readonly form?: string | undefined
  readonly cookies?: string | undefined
}

export interface PageAnswer {
  readonly status: number
  readonly location: string | undefined
  readonly setCookies: readonly string[]
  readonly text: string
}

export interface PageRoute {
  /** The proxy of the run, `http://127.0.0.1:<port>`; this machine itself is reached without it. */
  readonly proxy: string
  /** What has to be trusted at an address. */
  readonly trust: (url: URL) => ConnectionOptions
}

const connectMilliseconds = 10_000
/** Bound on every silence of whoever answers. */
const patienceMilliseconds = 60_000
const longestPage = 1024 * 1024

/**
 * Asks for one page and reads it; redirects are the caller's to follow.
 *
 * @param onSent called when all of the request has been handed to the system
 * @throws {RefusedError} that names the address which could not be opened
 */
export async function openPage(wanted: PageRequest, route: PageRoute, onSent?: () => void): Promise<PageAnswer> {
  const { url, method, form, cookies } = wanted
  let connection: Duplex | undefined
  try {
    const opened = await connectionTo(url, route)
    connection = opened
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = httpRequest({
        method,
        path: url.pathname + url.search,
        headers: {
          host: url.host,
          accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
          'user-agent': 'Mozilla/5.0 (Doorstep sign-in without a person)',
          connection: 'close',
          ...(cookies === undefined ? {} : { cookie: cookies }),
          ...(form === undefined ? {} : formHeaders(form)),
        },
        createConnection: () => opened,
      })
      sent.setTimeout(patienceMilliseconds, () => sent.destroy(new Error('there was no answer in time')))
      if (onSent) sent.once('finish', onSent)
      sent.once('error', reject)
      sent.once('response', resolve)
      sent.end(form)
    })
    return {
      status: response.statusCode ?? 0,
      location: response.headers.location,
      setCookies: response.headers['set-cookie'] ?? [],
      text: await readPage(response),
    }
  } catch (error) {
    const reason = messageOf(error).replace(/\.$/, '')
    throw new RefusedError(`The browser of this run could not open ${url.origin}${url.pathname}: ${reason}.`)
  } finally {
    connection?.destroy()
  }
}

function formHeaders(form: string) {
  return { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(form) }
}

async function connectionTo(url: URL, { proxy, trust }: PageRoute): Promise<Duplex> {
  const isSecure = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const target = { host, port: Number(url.port) || (isSecure ? 443 : 80) }
  const socket = await openConnection(target, { upstream: { httpsProxy: proxy }, connectMilliseconds })
  if (!isSecure) return socket
  const servername = isIP(host) === 0 ? { servername: host } : {}
  // An unsuitable certificate ends the stream with an error, which the request on it reports.
  return connectSecurely({ socket, host, ...servername, rejectUnauthorized: true, ...trust(url) })
}

/** What is longer than any page of ours is not read to its end. */
async function readPage(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > longestPage) break
  }
  return Buffer.concat(chunks).toString('utf8')
}
