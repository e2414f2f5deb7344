import { readFileSync } from 'node:fs'
import { type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { join } from 'node:path'
import type { RunningDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'

export interface Response {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Content {
  /** A form, encoded. */
  readonly body?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a request to the local cloud, which is asked for the name in the address as the proxy asks it. */
export function sendToCloud(
  { url: local, ca, dataDirectory }: RunningDoorstep,
  method: string,
  address: string | URL,
  content: Content = {},
): Promise<Response> {
  const url = new URL(address)
  const { hostname: host, port } = new URL(local)
  const sent = secureRequest({
    host,
    port,
    servername: url.hostname,
    path: url.pathname + url.search,
    method,
    ca: [ca, readFileSync(join(dataDirectory, 'intercept-ca.pem'), 'utf8')],
    headers: { host: url.host, ...headersOf(content) },
  })
  return answered(sent, content.body)
}

/** Sends a request to a program that listens on this machine. */
export function sendToListener(method: string, address: URL, content: Content = {}): Promise<Response> {
  const headers = { connection: 'close', ...headersOf(content) }
  return answered(plainRequest(address, { method, headers }), content.body)
}

const headersOf = ({ body, headers }: Content) => ({
  ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
  ...headers,
})

function answered(sent: ReturnType<typeof plainRequest>, body: string | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (response: IncomingMessage) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sent.end(body)
  })
}
