import type { IncomingMessage } from 'node:http'
import { createInterface, type Interface } from 'node:readline'
import { dataFolderInUse, type Instance, readCaCertificate, readControlToken, readInstance } from '../data-folder.ts'
import type { CommandIO } from './command.ts'
import { RefusedError, UnreachableError } from './failure.ts'
import { openResponse, parseJson, requestLocal } from './local-https.ts'
import { nextCommand } from './next-command.ts'

/** A local cloud as its data folder describes it. That it answers is not said. */
export interface LocalCloud {
  readonly dataDirectory: string
  readonly instance: Instance
  /** PEM. */
  readonly ca: string
  readonly controlToken: string
}

/** The local cloud that holds this data folder, or undefined when the folder names none. */
export async function readLocalCloud(dataDirectory: string): Promise<LocalCloud | undefined> {
  const instance = await readInstance(dataDirectory)
  const ca = await readCaCertificate(dataDirectory)
  const controlToken = await readControlToken(dataDirectory)
  return instance && ca && controlToken ? { dataDirectory, instance, ca, controlToken } : undefined
}

/** @throws {UnreachableError} when none is running, with the command that starts one */
export async function findLocalCloud(
  dataDirectory: string,
  environment: CommandIO['environment'],
): Promise<LocalCloud> {
  const [cloud, inUse] = await Promise.all([readLocalCloud(dataDirectory), dataFolderInUse(dataDirectory)])
  if (inUse && cloud) return cloud
  if (inUse) {
    throw new UnreachableError(`The local cloud of ${dataDirectory} is just starting or stopping. Try again.`)
  }
  throw new UnreachableError(
    `No local cloud is running for ${dataDirectory}. Start one with: ${nextCommand('up', dataDirectory, environment)}`,
  )
}

/**
 * Asks control for something.
 *
 * @returns the JSON of its answer
 * @throws {RefusedError} with control's own sentence
 * @throws {UnreachableError} when the local cloud does not answer
 */
export async function askControl(
  cloud: LocalCloud,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await requestLocal({ ...controlRequest(cloud, method, path), body })
  if (answer.status >= 300) throw refusal(answer)
  return (answer.body ?? {}) as Record<string, unknown>
}

/** A tenant of a running local cloud. */
export interface LocalTenant {
  readonly tenantId: string
  readonly displayName: string
  readonly domain: string
}

/** The tenants in what control says of the instance. */
export function tenantsOf({ tenants }: Readonly<Record<string, unknown>>): readonly LocalTenant[] {
  return Array.isArray(tenants) ? tenants : []
}

/** The tenant with this id, domain or name. @throws {RefusedError} when there is none: the message names those there are */
export async function findTenant(cloud: LocalCloud, wanted: string): Promise<LocalTenant> {
  const tenants = tenantsOf(await askControl(cloud, 'GET', '/instance'))
  const folded = wanted.toLowerCase()
  const found = tenants.find((tenant) => Object.values(tenant).some((value) => value.toLowerCase() === folded))
  if (found) return found
  const known = tenants.map(({ displayName, domain }) => `${displayName} (${domain})`).join(', ')
  throw new RefusedError(`This local cloud has no tenant '${wanted}'. It has ${known}.`)
}

/** A run that has joined. */
export interface JoinedRun {
  readonly proxyPort: number
  readonly tlsPort: number
  readonly hosts: readonly string[]
  readonly clockOffsetMilliseconds: number
  /** Resolves when the local cloud ended this run; never after `leave`. */
  readonly ended: Promise<void>
  /** Takes what the local cloud does for this run from now on, one event a line of JSON. */
  onEvent(listener: (event: RunEvent) => void): void
  /** Ends this run: the local cloud closes its proxy port. */
  leave(): void
}

/** A device code of the run that the local cloud answered. */
export interface RunEvent {
  readonly kind: 'deviceCodeApproved' | 'deviceCodeDeclined'
  readonly userCode: string
  readonly userPrincipalName: string
  readonly application?: string
  readonly reason?: string
  readonly fix?: string
}

export interface RunRequest {
  readonly offline: boolean
  readonly upstream?: { readonly httpsProxy?: string; readonly noProxy?: string } | undefined
  /** User principal name of the account that answers the device codes of the run. */
  readonly signInAs?: string | undefined
  /** Whether that account agrees to what applications ask for; only with `signInAs`. */
  readonly consent?: boolean | undefined
}

/**
 * Joins a running local cloud. It gives this run a proxy port for as long as the answer to this one request is open.
 *
 * @throws {UnreachableError} when it does not answer, or is about to stop
 * @throws {RefusedError} with control's own sentence
 */
export async function joinRun(cloud: LocalCloud, wanted: RunRequest): Promise<JoinedRun> {
  const response = await openResponse({ ...controlRequest(cloud, 'POST', '/runs'), body: wanted }, 0)
  const lines = createInterface({ input: response })
  const firstLine = await readFirstLine(lines, response)
  if (response.statusCode !== 200) {
    response.destroy()
    const answer = { status: response.statusCode ?? 0, body: parseJson(firstLine) }
    if (answer.status === 503) throw new UnreachableError(refusal(answer).message)
    throw refusal(answer)
  }
  let left = false
  const ended = new Promise<void>((resolve) => {
    const end = () => left || resolve()
    response.once('close', end)
    if (response.destroyed) end()
  })
  return {
    ...(JSON.parse(firstLine) as Pick<JoinedRun, 'proxyPort' | 'tlsPort' | 'hosts' | 'clockOffsetMilliseconds'>),
    ended,
    onEvent(listener) {
      // The blank lines between are heartbeats.
      lines.on('line', (line) => line !== '' && listener(JSON.parse(line) as RunEvent))
    },
    leave() {
      left = true
      response.destroy()
    },
  }
}

function controlRequest({ instance, ca, controlToken }: LocalCloud, method: 'GET' | 'POST', path: string) {
  return { url: `${instance.url}/_doorstep${path}`, ca, method, headers: { authorization: `Bearer ${controlToken}` } }
}

/** The rest of the response goes on being read, whether somebody listens or not. */
async function readFirstLine(lines: Interface, response: IncomingMessage): Promise<string> {
  // Its end says all: a cloud that was killed breaks off the response, and the reader of lines repeats that error.
  response.on('error', () => {})
  lines.on('error', () => {})
  const line = await new Promise<string>((resolve) => {
    lines.once('line', resolve)
    lines.once('close', () => resolve(''))
  })
  if (line === '') throw new UnreachableError('The local cloud ended while this run was joining it.')
  return line
}

function refusal({ status, body }: { status: number; body: unknown }): RefusedError {
  const error = (body as { error?: Readonly<Record<string, unknown>> } | undefined)?.error ?? {}
  const { message, code, fix } = error
  if (typeof message !== 'string') return new RefusedError(`The local cloud answered with status ${status}.`)
  return new RefusedError(message, {
    code: typeof code === 'string' ? code : undefined,
    fix: typeof fix === 'string' ? fix : undefined,
  })
}
