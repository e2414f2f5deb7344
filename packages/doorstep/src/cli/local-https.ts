import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { UnreachableError } from './failure.ts'

export interface LocalRequest {
  readonly url: string
  /** The root, in PEM, that alone is trusted. */
  readonly ca: string
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PATCH'
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

export interface LocalAnswer {
  readonly status: number
  /** The parsed JSON, or undefined when there was none. */
  readonly body: unknown
}

/**
 * Sends one request to the local cloud and reads its JSON answer.
 *
 * @throws {UnreachableError} when nobody answers, or somebody who is not this local cloud
 */
export async function requestLocal(wanted: LocalRequest): Promise<LocalAnswer> {
  const response = await openResponse(wanted, 30_000)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer)
  } catch (error) {
    throw unreachable(wanted.url, error)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  return { status: response.statusCode ?? 0, body: parseJson(text) }
}

/**
 * Sends one request and gives its response as soon as the headers are there; the caller reads the rest.
 *
 * @param timeoutMilliseconds bound on the wait for the headers, and on every silence after them; 0 for none after them
 * @throws {UnreachableError} as `requestLocal`
 */
export function openResponse(wanted: LocalRequest, timeoutMilliseconds: number): Promise<IncomingMessage> {
  const { url, ca, method, body } = wanted
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    ...wanted.headers,
    accept: 'application/json',
    ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  }
  return new Promise((resolve, reject) => {
    // Verified whatever NODE_TLS_REJECT_UNAUTHORIZED says: the control token and secrets travel here.
    const agent = new Agent({ ca, rejectUnauthorized: true })
    const sent = request(url, { method, headers, agent }, resolve)
    sent.setTimeout(timeoutMilliseconds || 30_000, () => sent.destroy(timedOut()))
    sent.on('error', (error) => reject(unreachable(url, error)))
    if (timeoutMilliseconds === 0) sent.on('response', () => sent.setTimeout(0))
    sent.end(text)
  })
}

/** Why nobody answered. `code` is the system's, or TLS's. */
function unreachable(url: string, error: unknown): UnreachableError {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const { origin } = new URL(url)
  const isStranger = /CERT|ISSUER|SIGNED|SIGNATURE|ERR_TLS|ERR_SSL|EPROTO/.test(code)
  const sentence = isStranger
    ? `What answers at ${origin} is not the local cloud of this data folder (${code}).`
    : `The local cloud does not answer at ${origin} (${code || (error as Error).message}).`
  return new UnreachableError(sentence, { cause: error })
}

function timedOut(): Error {
  return Object.assign(new Error('No answer in time.'), { code: 'ETIMEDOUT' })
}

/** The value of a JSON text, or undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
