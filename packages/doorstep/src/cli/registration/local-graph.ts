import { ClientSecretCredential, cached, nodeTransport } from '@doorstep/client'
import { readBootstrap } from '../../data-folder.ts'
import type { CommandIO } from '../command.ts'
import { askControl, findLocalCloud, findTenant, tenantsOf } from '../control-client.ts'
import { RefusedError } from '../failure.ts'
import { requestLocal } from '../local-https.ts'
import { nextCommand } from '../next-command.ts'
import { shellWord } from '../shell-word.ts'
import { cloudTime } from './cloud-time.ts'
import { type GraphClient, graphClient } from './graph-client.ts'

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
  return graphClient({
    cloud: 'local',
    tenantId,
    clientId,
    actor: undefined,
    root: `${instance.url}/graph/v1.0`,
    options: tenant === undefined ? [] : ['--tenant', tenant],
    async send({ method, url, body }) {
      const { token } = await credential.getToken('https://graph.microsoft.com/.default')
      return requestLocal({ url, ca, method, headers: { authorization: `Bearer ${token}` }, body })
    },
    now: () => cloudTime(cloud),
    commandLine: (words) => nextCommand(words.map(shellWord).join(' '), dataDirectory, environment),
  })
}

/** Graph of every tenant of the running local cloud. */
export async function localGraphs(
  dataDirectory: string,
  environment: CommandIO['environment'],
): Promise<readonly GraphClient[]> {
  const tenants = tenantsOf(await askControl(await findLocalCloud(dataDirectory, environment), 'GET', '/instance'))
  return Promise.all(tenants.map(({ tenantId }) => localGraph(dataDirectory, environment, tenantId)))
}
