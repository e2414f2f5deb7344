import { type Login, nodeTransport, type Transport } from '@doorstep/client'
import { dataDirectory } from '../../data-folder.ts'
import type { CommandIO } from '../command.ts'
import { findLocalCloud } from '../control-client.ts'
import { transportThroughProxy } from '../outbound-https.ts'

/** Who is asked for tokens, and how it is reached. */
export interface Authority {
  readonly authorityHost: string
  readonly transport?: Transport
}

/**
 * The authority of a login. The local cloud is looked up in its data folder, since its port may be another one today,
 * and trusted by its own root alone.
 *
 * @throws {UnreachableError} when the local cloud does not run
 */
export async function authorityOf(
  login: Pick<Login, 'cloud' | 'authorityHost' | 'dataDirectory'>,
  environment: CommandIO['environment'],
): Promise<Authority> {
  if (login.cloud !== 'local') {
    const transport = transportThroughProxy(environment)
    return { authorityHost: login.authorityHost, ...(transport && { transport }) }
  }
  const folder = login.dataDirectory ?? dataDirectory(undefined, environment)
  const { instance, ca } = await findLocalCloud(folder, environment)
  return { authorityHost: instance.url, transport: nodeTransport({ ca }) }
}
