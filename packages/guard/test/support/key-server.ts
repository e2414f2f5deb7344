import 'reflect-metadata' // the certificate library does not load without it
import { createServer, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'
import type { JSONWebKeySet } from 'jose'

export interface KeyServer {
  /** `https://localhost:<port>` */
  readonly origin: string
  /** PEM of the server's self-signed certificate. */
  readonly certificate: string
  /** Paths asked for, in order. */
  readonly requests: string[]
  /** What is answered by path; anything else is 404. A number is a status without a body. */
  readonly answers: Map<string, JSONWebKeySet | string | number>
  /** Gets a key set over TLS, trusting this server's certificate and nothing else. */
  fetchKeys(url: string): Promise<JSONWebKeySet>
  close(): Promise<void>
}

/** A real HTTPS server that publishes key sets. */
export async function startKeyServer(): Promise<KeyServer> {
  const { certificate, privateKey } = await selfSignedCertificate()
  const requests: string[] = []
  const answers: KeyServer['answers'] = new Map()
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    const path = request.url ?? ''
    requests.push(path)
    const answer = answers.get(path) ?? 404
    if (typeof answer === 'number') response.writeHead(answer, { location: '/elsewhere' }).end()
    else response.writeHead(200).end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  })
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening))
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    certificate,
    requests,
    answers,
    fetchKeys: (url) => getJson(url, certificate),
    close: () => {
      server.closeAllConnections()
      return new Promise((closed) => server.close(() => closed()))
    },
  }
}

function getJson(url: string, ca: string): Promise<JSONWebKeySet> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ca, agent: false }, async (response) => {
      try {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk)
        if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`)
        resolve(JSON.parse(Buffer.concat(chunks).toString()))
      } catch (error) {
        reject(error)
      }
    })
    request.on('error', reject)
  })
}

async function selfSignedCertificate() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  })
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return { certificate: certificate.toString('pem'), privateKey: PemConverter.encode(pkcs8, 'PRIVATE KEY') }
}
