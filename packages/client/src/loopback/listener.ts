import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { SignInError } from '../errors.ts'
import { type AuthorizationAnswer, authorizationAnswer } from './authorization-answer.ts'
import { alreadyAnsweredPage, notFoundPage, PAGE_HEADERS, type Page, pageHtml, strayPage } from './pages.ts'
import type { LoopbackRedirectUri } from './redirect-uri.ts'

/** An answer that came, with the browser that waits for a page. */
export interface ReceivedAnswer {
  readonly answer: AuthorizationAnswer
  /** Shows the browser how it ended; resolves when it has the page, or went away. */
  show(page: Page): Promise<void>
}

export interface LoopbackListener {
  /** What the authority is told: the registered URI with the port that is listened on. */
  readonly redirectUri: string
  /** The first answer with the right state. Everything else is sent off with a page, and waiting goes on. */
  readonly received: Promise<ReceivedAnswer>
  /** Gives the port back. */
  close(): Promise<void>
}

/** An answer has some kilobytes; a code of Entra has up to two. */
const MAXIMUM_FORM_BYTES = 64 * 1024

/** A port that is free on one address may be taken on the other: try some. */
const ATTEMPTS_FOR_ANY_PORT = 10

/**
 * Listens on the first of the redirect URIs whose port is free, on loopback addresses only.
 * @throws {SignInError} `portTaken` naming the ports
 */
export async function startListener(
  redirectUris: readonly LoopbackRedirectUri[],
  state: string,
): Promise<LoopbackListener> {
  for (const redirectUri of redirectUris) {
    const reception = receive(redirectUri.path, state)
    const bound = await bind(redirectUri, reception.handle)
    if (bound === undefined) continue
    return {
      redirectUri: redirectUri.at(bound.port),
      received: reception.received,
      close: async () => {
        await Promise.all(bound.servers.map(closeServer))
      },
    }
  }
  throw portTaken(redirectUris)
}

interface Bound {
  readonly port: number
  readonly servers: readonly Server[]
}

async function bind(
  { addresses, port }: LoopbackRedirectUri,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Bound | undefined> {
  const attempts = port === 0 ? ATTEMPTS_FOR_ANY_PORT : 1
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const servers: Server[] = []
    let chosen = port
    let taken = false
    for (const address of addresses) {
      const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, handle)
      const result = await listen(server, chosen, address)
      if (result === 'taken') {
        taken = true
        break
      }
      if (result === 'noSuchAddress') continue
      servers.push(server)
      chosen = result
    }
    if (!taken && servers.length > 0) return { port: chosen, servers }
    await Promise.all(servers.map(closeServer))
  }
  return undefined
}

/** The port; or why there is none: a machine without IPv6 has no `::1`, which then nobody else has either. */
function listen(server: Server, port: number, address: string): Promise<number | 'taken' | 'noSuchAddress'> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve('noSuchAddress')
      else if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve('taken')
      else reject(error)
    })
    server.listen({ port, host: address, exclusive: true }, () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port)
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function receive(path: string, state: string) {
  const { promise: received, resolve } = withResolver<ReceivedAnswer>()
  let answered = false
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    readParameters(request, path).then(
      (parameters) => {
        if (!(parameters instanceof URLSearchParams)) return send(response, parameters)
        const answer = authorizationAnswer(parameters, state)
        if (answer === undefined) return send(response, strayPage)
        if (answered) return send(response, alreadyAnsweredPage)
        answered = true
        resolve({ answer, show: (page) => send(response, page) })
      },
      () => response.destroy(), // the browser went away in the middle of its form
    )
  }
  return { handle, received }
}

/** What was sent to the redirect URI, in the query or as a form; or the page for what went elsewhere. */
async function readParameters(request: IncomingMessage, path: string): Promise<URLSearchParams | Page> {
  const url = URL.canParse(request.url ?? '', 'http://localhost')
    ? new URL(request.url ?? '', 'http://localhost')
    : null
  if (url === null || !isLoopbackHost(request.headers.host) || url.pathname !== path) return notFoundPage
  if (request.method === 'GET') return url.searchParams
  if (request.method !== 'POST') return { ...strayPage, status: 405 }
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') return { ...strayPage, status: 415 }
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk
    if (body.length > MAXIMUM_FORM_BYTES) return { ...strayPage, status: 413 }
  }
  return new URLSearchParams(body)
}

/** Names of other hosts come from pages that had their own name point here (DNS rebinding). */
function isLoopbackHost(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host ?? '')
}

function send(response: ServerResponse, page: Page): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve)
    if (response.destroyed || response.closed) return resolve()
    response.writeHead(page.status, PAGE_HEADERS)
    response.end(pageHtml(page))
  })
}

function portTaken(redirectUris: readonly LoopbackRedirectUri[]): SignInError {
  const ports = redirectUris.map(({ port, text }) => (port === 0 ? text : String(port)))
  const [first = ''] = ports
  const which = ports.length === 1 ? `Port ${first} is` : `Ports ${ports.join(', ')} are`
  return new SignInError(
    'portTaken',
    `${which} in use by another program (or closed to this user), and the sign-in has to be answered there: end that program (perhaps another sign-in), or pass another registered redirectUri, for example http://localhost for any free port.`,
  )
}

function withResolver<Value>() {
  let resolve: (value: Value) => void = () => {}
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
