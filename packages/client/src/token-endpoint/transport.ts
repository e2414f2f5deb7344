import type { Agent } from 'node:https'
import type { AbortSignalLike } from '../credential.ts'
import { AbortError } from '../errors.ts'

export interface TransportRequest {
  method: 'GET' | 'POST'
  /** Absolute, `https:` only. */
  url: string
  headers: Readonly<Record<string, string>>
  body?: string
  signal?: AbortSignalLike
  /** Bound on everything from the connection to the last byte of the answer. */
  timeoutMilliseconds: number
}

export interface TransportResponse {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: string
}

/**
 * Sends one HTTP request and reads its answer, whatever its status. Follows no redirects, so that a secret goes only
 * where it was sent. Rejects when no answer comes: with code `ETIMEDOUT` after the time, with an `AbortError` when the
 * signal fires, else with the system's error.
 */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>

export interface NodeTransportOptions {
  /**
   * Certificates in PEM that alone are trusted, *instead of* Node's roots: a local cloud is pinned by its `ca.pem`.
   * To add to the roots, pass `[...tls.rootCertificates, mine]`, or set `NODE_EXTRA_CA_CERTS` and leave this out.
   */
  ca?: string | readonly string[]
}

/** An answer of a token endpoint has a few kilobytes. What is larger comes from something else. */
const MAXIMUM_RESPONSE_BYTES = 1024 * 1024

/** Transport over `node:https`, which keeps its connections open: make it once and share it. */
export function nodeTransport({ ca }: NodeTransportOptions = {}): Transport {
  let agent: Agent | undefined
  return async (request) => {
    const https = await import('node:https') // on demand: a token from a cache needs no network
    agent ??= new https.Agent({ keepAlive: true, ca: typeof ca === 'string' || ca === undefined ? ca : [...ca] })
    return send(https, agent, request)
  }
}

let shared: Transport | undefined

/** The transport of every credential that was given none: one, so that they share connections. */
export function defaultTransport(): Transport {
  shared ??= nodeTransport()
  return shared
}

function send(
  https: typeof import('node:https'),
  agent: Agent,
  { method, url, headers, body, signal, timeoutMilliseconds }: TransportRequest,
): Promise<TransportResponse> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw new AbortError()
    const request = https.request(url, { method, headers, agent })
    const giveUp = (error: Error) => {
      reject(error)
      request.destroy()
    }
    const abort = () => giveUp(new AbortError())
    const timer = setTimeout(() => giveUp(timedOut(timeoutMilliseconds)), timeoutMilliseconds)
    signal?.addEventListener('abort', abort)
    request.on('error', reject)
    request.on('close', () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    })
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size > MAXIMUM_RESPONSE_BYTES) giveUp(tooLarge())
      })
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      })
    })
    request.end(body)
  })
}

/** What a transport rejects with when no answer came in time. */
export function timedOut(milliseconds: number): Error {
  return Object.assign(new Error(`No answer within ${milliseconds} ms.`), { code: 'ETIMEDOUT' })
}

function tooLarge(): Error {
  const error = new Error(`The answer is larger than ${MAXIMUM_RESPONSE_BYTES} bytes.`)
  return Object.assign(error, { code: 'ERR_RESPONSE_TOO_LARGE' })
}
