import { readFile } from 'node:fs/promises'
import { type Agent, request } from 'node:https'
import { join } from 'node:path'
import type { Answer, RunningDoorstep } from '../support/start-doorstep.ts'

export interface RawRequest {
  readonly method?: string
  /** Sent as it is, without any tidying of slashes, dots or letters. */
  readonly path: string
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  /** The real name under which the listener is asked, as a program behind the interceptor does. */
  readonly host?: string
  /** Keeps connections for many requests; without it each has one of its own. */
  readonly agent?: Agent
}

/** A long `state` that comes back in `Location` is more than Node.js takes by itself. */
const acceptedHeaderBytes = 2 ** 20

/** One request, letter for letter, on a connection of its own unless an agent is given; under a real name it trusts the intercepting CA alone. */
export async function sendRaw(doorstep: RunningDoorstep, asked: RawRequest): Promise<Answer> {
  const { method = 'GET', path, body, headers = {}, host, agent = false } = asked
  const { port } = new URL(doorstep.url)
  const ca = host === undefined ? doorstep.ca : await readFile(join(doorstep.dataDirectory, 'intercept-ca.pem'), 'utf8')
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: 'localhost',
        port,
        ca,
        agent,
        maxHeaderSize: acceptedHeaderBytes,
        servername: host ?? 'localhost',
        method,
        path,
        headers: { ...(host !== undefined && { host }), ...headers },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The name most programs use for Entra ID. */
export const realName = 'login.microsoftonline.com'

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
