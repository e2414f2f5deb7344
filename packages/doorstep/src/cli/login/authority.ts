import { resolve } from 'node:path'
import { type Login, nodeTransport, type Transport } from '@doorstep/client'
import { dataDirectory } from '../../data-folder.ts'
import type { CommandIO } from '../command.ts'
import { findLocalCloud } from '../control-client.ts'
import { parseJson } from '../local-https.ts'
import { transportBy, transportThroughProxy } from '../outbound-https.ts'

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
  const port = doorOfRun(folder, environment)
  const transport =
    port === undefined ? nodeTransport({ ca }) : transportBy({ ca, connectTo: { host: '127.0.0.1', port } })
  return { authorityHost: instance.url, transport }
}

/**
 * The port of the run around this command, where the run belongs to that local cloud. What comes by it is the run's:
 * its device codes are answered by the account of `run --sign-in-as`.
 */
function doorOfRun(
  folder: string,
  { DOORSTEP_INTERCEPT, DOORSTEP_DATA }: CommandIO['environment'],
): number | undefined {
  if (!DOORSTEP_INTERCEPT || !DOORSTEP_DATA || resolve(DOORSTEP_DATA) !== resolve(folder)) return undefined
  const port: unknown = (parseJson(DOORSTEP_INTERCEPT) as { port?: unknown } | undefined)?.port
  return typeof port === 'number' ? port : undefined
}
