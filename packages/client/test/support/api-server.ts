import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface ApiAnswer {
  readonly status: number
  readonly headers?: Record<string, string>
}

export interface ApiServer {
  readonly origin: string
  readonly requests: ApiRequest[]
  /** The bearer tokens that came, in order; `undefined` for a request without one. */
  tokens(): (string | undefined)[]
  /** Decides what each request gets. Until told otherwise, all get 200. */
  answerWith(answer: (request: ApiRequest) => ApiAnswer): void
  close(): Promise<void>
}

/** An API on 127.0.0.1 whose answers the test decides. */
export async function startApiServer(): Promise<ApiServer> {
  const requests: ApiRequest[] = []
  let decide: (request: ApiRequest) => ApiAnswer = () => ({ status: 200 })
  const server = createServer((incoming, response) => {
    let body = ''
    incoming.setEncoding('utf8')
    incoming.on('data', (chunk: string) => {
      body += chunk
    })
    incoming.on('end', () => {
      const { method = '', url: path = '', headers } = incoming
      const request = { method, path, headers, body }
      requests.push(request)
      const answer = decide(request)
      response.writeHead(answer.status, answer.headers)
      response.end(`answer ${requests.length}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    tokens: () => requests.map(({ headers }) => headers.authorization?.replace(/^Bearer /, '')),
    answerWith: (answer) => {
      decide = answer
    },
    close: () => close(server),
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
