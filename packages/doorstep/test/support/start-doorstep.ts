import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const doorstepBin = fileURLToPath(new URL('../../bin/doorstep.cjs', import.meta.url))

/** What `doorstep up --json` prints when it answers. */
export interface Ready {
  readonly url: string
  readonly proxy: string
  readonly tenantId: string
  readonly subscriptionId: string
  readonly caCertificate: string
  readonly dataDirectory: string
  readonly administrator: { readonly userPrincipalName: string; readonly password?: string }
  readonly startedInMilliseconds: number
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The JSON body, or undefined when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape is what they test
  readonly body: any
}

export interface RunningDoorstep extends Ready {
  readonly ca: string
  readonly bootstrap: { readonly tenantId: string; readonly clientId: string; readonly clientSecret: string }
  readonly controlToken: string
  readonly process: ChildProcess
  /** A request to a path of the HTTPS listener; a string body is sent as a form, bytes without a type, an object as JSON. */
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  readonly login: {
    /** POST of a form to a path below the default tenant, for example `/oauth2/v2.0/token`. */
    post(path: string, form: Readonly<Record<string, string>>, headers?: Record<string, string>): Promise<Answer>
  }
  readonly graph: {
    /** A token of the bootstrap application for Microsoft Graph. */
    token(): Promise<string>
    /** A request to Graph with that token. */
    request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  }
  readonly control: {
    request(method: string, path: string, body?: unknown): Promise<Answer>
  }
  stop(): Promise<void>
}

export interface StartOptions {
  /** Text of a seed file. */
  readonly seed?: string
  /** A data folder that outlives the process; without it a fresh one is removed at the end. */
  readonly dataDirectory?: string
  readonly arguments?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** Starts a real local cloud in a process of its own, on free ports; resolves when it is ready. */
export async function startDoorstep(options: StartOptions = {}): Promise<RunningDoorstep> {
  const directory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'doorstep-test-')))
  const seedFile = join(tmpdir(), `doorstep-seed-${process.pid}-${Math.random().toString(36).slice(2)}.yaml`)
  if (options.seed !== undefined) await writeFile(seedFile, options.seed)
  const seed = options.seed === undefined ? [] : ['--seed', seedFile]
  const argv = ['up', '--json', '--port', '0', '--proxy-port', '0', '--data', directory, ...seed]
  const child = spawn(process.execPath, [doorstepBin, ...argv, ...(options.arguments ?? [])], {
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const removeDirectory = async () => {
    if (options.dataDirectory === undefined) await rm(directory, { recursive: true, force: true })
  }
  const ready = await readyLine(child)
    .catch(async (error) => {
      await removeDirectory()
      throw error
    })
    .finally(() => rm(seedFile, { force: true }))
  const read = (name: string) => readFile(join(ready.dataDirectory, name), 'utf8')
  const [ca, bootstrapText, controlToken] = await Promise.all([
    readFile(ready.caCertificate, 'utf8'),
    read('bootstrap.json'),
    read('control-token'),
  ])
  const bootstrap = JSON.parse(bootstrapText)
  const agent = new Agent({ ca, keepAlive: true })
  const send: RunningDoorstep['request'] = (method, path, body, headers = {}) =>
    sendRequest(agent, new URL(path, ready.url), method, body, headers)
  const formPost = (path: string, form: Readonly<Record<string, string>>, headers = {}) =>
    send('POST', `/${ready.tenantId}${path}`, new URLSearchParams(form).toString(), headers)
  let graphToken: Promise<string> | undefined
  const token = () => {
    graphToken ??= formPost('/oauth2/v2.0/token', {
      grant_type: 'client_credentials',
      client_id: bootstrap.clientId,
      client_secret: bootstrap.clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    }).then(({ body, text }) => body?.access_token ?? Promise.reject(new Error(text)))
    return graphToken
  }
  return {
    ...ready,
    ca,
    bootstrap,
    controlToken: controlToken.trim(),
    process: child,
    request: send,
    login: { post: formPost },
    graph: {
      token,
      request: async (method, path, body, headers = {}) =>
        send(method, `/graph${path}`, body, { authorization: `Bearer ${await token()}`, ...headers }),
    },
    control: {
      request: (method, path, body) =>
        send(method, `/_doorstep${path}`, body, { authorization: `Bearer ${controlToken.trim()}` }),
    },
    async stop() {
      agent.destroy()
      await stopProcess(child)
      await removeDirectory()
    },
  }
}

function readyLine(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    let errors = ''
    child.stderr?.on('data', (chunk) => {
      errors += chunk
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`doorstep up ended with ${code}:\n${errors}`)))
    if (!child.stdout) return reject(new Error('no standard output'))
    createInterface(child.stdout).once('line', (line) => {
      try {
        resolve(JSON.parse(line))
      } catch {
        reject(new Error(`The ready line is not JSON: ${line}\n${errors}`))
      }
    })
  })
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

function sendRequest(
  agent: Agent,
  url: URL,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const isForm = typeof body === 'string'
  const isRaw = body instanceof Uint8Array
  const text = body === undefined || isForm || isRaw ? body : JSON.stringify(body)
  const contentType = isForm ? 'application/x-www-form-urlencoded' : 'application/json'
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { agent, method, headers: { ...(text !== undefined && !isRaw && { 'content-type': contentType }), ...headers } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const answered = Buffer.concat(chunks).toString('utf8')
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: answered,
            body: parsed(answered),
          })
        })
      },
    )
    sent.on('error', reject)
    sent.end(text)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
