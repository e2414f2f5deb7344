import { setTimeout as wait } from 'node:timers/promises'
import type { Cloud } from '../clouds.ts'
import { RefusedError } from '../failure.ts'

/** Microsoft Graph v1.0, as far as commands need it. Paths begin with a slash and follow the version. */
export interface GraphClient {
  readonly cloud: Cloud
  /** The tenant that answers. */
  readonly tenantId: string
  /** The client id by which this command line works. */
  readonly clientId: string
  /** Milliseconds since the epoch by the directory's clock: the local cloud has its own. */
  now(): Promise<number>
  /** Address of a directory object, for references such as owners. */
  directoryObject(id: string): string
  /** @throws {GraphRefusal} for every answer that is no success */
  get<Answer>(path: string): Promise<Answer>
  /** One page of a collection, and whether there are more. */
  page<Item>(path: string): Promise<{ readonly items: readonly Item[]; readonly isLast: boolean }>
  /** All pages of a collection. */
  list<Item>(path: string): Promise<readonly Item[]>
  post<Answer>(path: string, body: unknown): Promise<Answer>
  patch(path: string, body: unknown): Promise<void>
  delete(path: string): Promise<void>
  /** `doorstep …` as a line to paste, on this tenant of this cloud. */
  commandLine(words: readonly string[]): string
}

/** Graph refused. `code` is Graph's own, for example `Request_ResourceNotFound`. */
export class GraphRefusal extends RefusedError {
  override readonly name = 'GraphRefusal'
  readonly status: number
  constructor(status: number, code: string | undefined, message: string) {
    super(message, { code })
    this.status = status
  }
}

export type GraphMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export interface GraphRequest {
  readonly method: GraphMethod
  readonly url: string
  /** Sent as JSON. */
  readonly body: unknown
}

export interface GraphResponse {
  readonly status: number
  /** The parsed JSON, or undefined when there was none. */
  readonly body: unknown
  /** Value of the header `Retry-After`, seconds. */
  readonly retryAfterSeconds?: number | undefined
}

/** What tells one Graph from another. */
export interface GraphPlace {
  readonly cloud: Cloud
  readonly tenantId: string
  readonly clientId: string
  /** For messages: who acts, where that is a person or an application of his own. */
  readonly actor: string | undefined
  /** Address up to and including the version: `https://graph.microsoft.com/v1.0`. */
  readonly root: string
  /** Options that lead another command to the same tenant: `--cloud public`. */
  readonly options: readonly string[]
  /** Sends one request with the token. */
  send(request: GraphRequest): Promise<GraphResponse>
  /** Milliseconds since the epoch. */
  now(): Promise<number>
  /** A line to paste. */
  commandLine(words: readonly string[]): string
}

/** Graph at a place. What it refuses because it is busy is asked again, a few times. */
export function graphClient(place: GraphPlace): GraphClient {
  const { root, actor } = place
  const ask = async <Answer>(method: GraphMethod, url: string, body?: unknown): Promise<Answer> => {
    const answer = await patiently(method, () => place.send({ method, url, body }))
    if (method === 'POST' && uncertainStatuses.includes(answer.status)) throw uncertain(answer, url)
    if (answer.status >= 300) throw refusalOf(answer, actor)
    return answer.body as Answer
  }
  const askPage = <Item>(url: string): Promise<Page<Item>> => {
    // The token goes nowhere else, whatever a link says.
    if (new URL(url).origin !== new URL(root).origin)
      throw new RefusedError(`Graph named a next page elsewhere: ${url}.`)
    return ask<Page<Item>>('GET', url)
  }
  return {
    cloud: place.cloud,
    tenantId: place.tenantId,
    clientId: place.clientId,
    now: () => place.now(),
    directoryObject: (id) => `${root}/directoryObjects/${id}`,
    get: (path) => ask('GET', `${root}${path}`),
    post: (path, body) => ask('POST', `${root}${path}`, body),
    patch: (path, body) => ask('PATCH', `${root}${path}`, body),
    delete: (path) => ask('DELETE', `${root}${path}`),
    async page<Item>(path: string) {
      const page = await askPage<Item>(`${root}${path}`)
      return { items: page.value, isLast: page['@odata.nextLink'] === undefined }
    },
    async list<Item>(path: string) {
      const items: Item[] = []
      let next: string | undefined = `${root}${path}`
      while (next !== undefined) {
        const page: Page<Item> = await askPage<Item>(next)
        items.push(...page.value)
        next = page['@odata.nextLink']
      }
      return items
    },
    commandLine: (words) => place.commandLine([...words, ...place.options]),
  }
}

interface Page<Item> {
  readonly value: readonly Item[]
  readonly '@odata.nextLink'?: string
}

/** Whatever was asked has not been done. */
const throttledStatus = 429
/** Whether it was done, nobody knows. */
const uncertainStatuses = [503, 504]
const mostAttempts = 4
const longestWaitSeconds = 30

/**
 * Microsoft's throttling guidance: wait as long as `Retry-After` says, then ask again. What makes something new is not
 * asked again unless it has surely not been made.
 */
async function patiently(method: GraphMethod, send: () => Promise<GraphResponse>): Promise<GraphResponse> {
  const busyStatuses = method === 'POST' ? [throttledStatus] : [throttledStatus, ...uncertainStatuses]
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send()
    if (!busyStatuses.includes(answer.status) || attempt === mostAttempts) return answer
    await wait(1000 * Math.min(answer.retryAfterSeconds ?? 2 ** attempt, longestWaitSeconds))
  }
}

function uncertain({ status }: GraphResponse, url: string): GraphRefusal {
  const message = `Graph answered POST ${url} with status ${status}: it may have been made or not. Look before you try again.`
  return new GraphRefusal(status, undefined, message)
}

function refusalOf({ status, body }: GraphResponse, actor: string | undefined): GraphRefusal {
  const error = (body as { error?: { code?: unknown; message?: unknown } } | undefined)?.error
  const code = typeof error?.code === 'string' ? error.code : undefined
  const message = typeof error?.message === 'string' ? error.message : `Graph answered with status ${status}.`
  const said = code ? `${message} (${code})` : message
  return new GraphRefusal(status, code, status === 403 && actor ? `${said}\nThis was asked as ${actor}.` : said)
}

/** What was found, or undefined when Graph says that there is no such thing. */
export async function unlessMissing<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof GraphRefusal && error.status === 404) return undefined
    throw error
  }
}

/** What was asked for, or undefined when Graph does not let this caller see it, or does not have it. */
export async function ifVisible<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof GraphRefusal && [400, 403, 404, 501].includes(error.status)) return undefined
    throw error
  }
}

/**
 * Repeats what needs an object that was made a moment ago: the real directory has replicas, and the next request may
 * reach one that has not heard of it yet. The local cloud has no such delay.
 */
export async function onceReplicated<Answer>(graph: GraphClient, act: () => Promise<Answer>): Promise<Answer> {
  const most = graph.cloud === 'local' ? 1 : 8
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act()
    } catch (error) {
      const isUnheardOf =
        error instanceof GraphRefusal && (error.status === 404 || / does not reference /.test(error.message))
      if (!isUnheardOf || attempt === most) throw error
      await wait(250 * 2 ** Math.min(attempt, 4))
    }
  }
}

/** A text inside quotes of a `$filter`, percent-encoded for a URL. */
export function filterOption(filter: string): string {
  return `$filter=${encodeURIComponent(filter)}`
}

/** A text as an OData string, quotes included. */
export function odataText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
