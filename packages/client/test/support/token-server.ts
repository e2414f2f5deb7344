import 'reflect-metadata'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import * as x509 from '@peculiar/x509'

/** What a test sees of a request that arrived. */
export interface ReceivedRequest {
  method: string
  path: string
  headers: NodeJS.Dict<string | string[]>
  form: Record<string, string>
}

/** What to answer: an object is sent as JSON; `'reset'` breaks the connection, `'silence'` never answers. */
export type Answer =
  | { status?: number; headers?: Record<string, string>; json: object; afterMilliseconds?: number }
  | { status: number; headers?: Record<string, string>; text: string }
  | 'reset'
  | 'silence'

export interface TokenServer {
  authorityHost: string
  /** PEM, to be trusted by a transport. */
  certificate: string
  requests: ReceivedRequest[]
  /** Answers in their order; the last one is repeated. Until told otherwise, a good v2.0 answer. */
  answerWith(...answers: (Answer | ((request: ReceivedRequest) => Answer))[]): void
  /** How many connections were opened so far. */
  connections(): number
  close(): Promise<void>
}

/** Members of a good v2.0 answer, with a token that differs each time. */
export function tokenAnswer(members: Record<string, unknown> = {}): { json: Record<string, unknown> } {
  issued += 1
  const json = { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: `token-${issued}` }
  return { json: { ...json, ...members } }
}

let issued = 0

/** A token endpoint on 127.0.0.1 with real TLS, whose answers the test decides. */
export async function startTokenServer(): Promise<TokenServer> {
  const { key, certificate } = await selfSignedCertificate()
  const requests: ReceivedRequest[] = []
  let answers: (Answer | ((request: ReceivedRequest) => Answer))[] = [() => tokenAnswer()]
  let connections = 0
  const server = createServer({ key, cert: certificate }, (request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const received: ReceivedRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        form: Object.fromEntries(new URLSearchParams(body)),
      }
      requests.push(received)
      const next = answers.length > 1 ? answers.shift() : answers[0]
      const answer = typeof next === 'function' ? next(received) : next
      if (answer === 'silence') return
      if (answer === 'reset' || answer === undefined) {
        request.socket.destroy()
        return
      }
      const [type, text] =
        'json' in answer ? ['application/json', JSON.stringify(answer.json)] : ['text/html', answer.text]
      const send = () => {
        response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers })
        response.end(text)
      }
      if ('afterMilliseconds' in answer) setTimeout(send, answer.afterMilliseconds)
      else send()
    })
  })
  server.on('secureConnection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    authorityHost: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate,
    requests,
    answerWith: (...next) => {
      answers = next
    },
    connections: () => connections,
    close: () => close(server),
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function selfSignedCertificate(): Promise<{ key: string; certificate: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=token server of a test',
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  })
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${key.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`,
    certificate: certificate.toString('pem'),
  }
}
