import { ClientSecretCredential, cached, nodeTransport } from '@doorstep/client'
import { readBootstrap } from '../data-folder.ts'
import type { CommandIO } from './command.ts'
import { findLocalCloud, findTenant } from './control-client.ts'
import { RefusedError } from './failure.ts'
import { requestLocal } from './local-https.ts'

/** Microsoft Graph v1.0, as far as commands need it. Paths begin with a slash and follow the version. */
export interface GraphClient {
  /** The tenant that answers. */
  readonly tenantId: string
  /** The client id by which this command line works. */
  readonly clientId: string
  /** @throws {GraphRefusal} for every answer that is no success */
  get<Answer>(path: string): Promise<Answer>
  /** All pages of a collection. */
  list<Item>(path: string): Promise<readonly Item[]>
  post<Answer>(path: string, body: unknown): Promise<Answer>
  delete(path: string): Promise<void>
}

/** Graph refused. `code` is Graph's own, for example `Request_ResourceNotFound`. */
export class GraphRefusal extends RefusedError {
  override readonly name = 'GraphRefusal'
  readonly status: number
  readonly code: string | undefined
  constructor(status: number, code: string | undefined, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/**
 * Graph of the running local cloud, asked with the credential that its data folder holds.
 *
 * @param tenant id, domain or name; the tenant of the first start without it
 * @throws {RefusedError} when there is no such tenant
 * @throws {UnreachableError} when none is running
 */
export async function localGraph(
  dataDirectory: string,
  environment: CommandIO['environment'],
  tenant?: string,
): Promise<GraphClient> {
  const cloud = await findLocalCloud(dataDirectory, environment)
  const { instance, ca } = cloud
  const bootstrap = await readBootstrap(dataDirectory)
  if (!bootstrap) {
    throw new RefusedError(`${dataDirectory} holds no bootstrap.json, with which its local cloud is administered.`)
  }
  const transport = nodeTransport({ ca })
  const tenantId = tenant === undefined ? bootstrap.tenantId : (await findTenant(cloud, tenant)).tenantId
  const { clientId, clientSecret } = bootstrap
  const options = { tenantId, clientId, clientSecret, authorityHost: instance.url, transport }
  const credential = cached(new ClientSecretCredential(options))
  const root = `${instance.url}/graph/v1.0`

  const ask = async <Answer>(method: 'GET' | 'POST' | 'DELETE', url: string, body?: unknown): Promise<Answer> => {
    const { token } = await credential.getToken('https://graph.microsoft.com/.default')
    const answer = await requestLocal({ url, ca, method, headers: { authorization: `Bearer ${token}` }, body })
    if (answer.status >= 300) throw refusalOf(answer)
    return answer.body as Answer
  }
  return {
    tenantId,
    clientId: bootstrap.clientId,
    get: (path) => ask('GET', `${root}${path}`),
    post: (path, body) => ask('POST', `${root}${path}`, body),
    delete: (path) => ask('DELETE', `${root}${path}`),
    async list<Item>(path: string) {
      const items: Item[] = []
      let next: string | undefined = `${root}${path}`
      while (next !== undefined) {
        // The token goes nowhere else, whatever a link says.
        if (new URL(next).origin !== instance.url) throw new RefusedError(`Graph named a next page elsewhere: ${next}.`)
        const page: Page<Item> = await ask<Page<Item>>('GET', next)
        items.push(...page.value)
        next = page['@odata.nextLink']
      }
      return items
    },
  }
}

interface Page<Item> {
  readonly value: readonly Item[]
  readonly '@odata.nextLink'?: string
}

function refusalOf({ status, body }: { status: number; body: unknown }): GraphRefusal {
  const error = (body as { error?: { code?: unknown; message?: unknown } } | undefined)?.error
  const code = typeof error?.code === 'string' ? error.code : undefined
  const message = typeof error?.message === 'string' ? error.message : `Graph answered with status ${status}.`
  return new GraphRefusal(status, code, code ? `${message} (${code})` : message)
}
