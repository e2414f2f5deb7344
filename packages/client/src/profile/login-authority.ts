import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuthorityUnreachableError } from '../errors.ts'
import { parseJsonObject } from '../json-object.ts'
import { nodeTransport, type Transport } from '../token-endpoint/transport.ts'
import type { Login } from './login.ts'
import { shellWord } from './login-command.ts'

/** Who is asked for the tokens of a login, and how it is reached where that is something of its own. */
export interface LoginAuthority {
  readonly authorityHost: string
  readonly transport?: Transport | undefined
}

/**
 * The authority of a login. A local cloud is looked up in its data folder, since its port may be another one today, and
 * trusted by its own root alone.
 * @throws {AuthorityUnreachableError} when no local cloud runs for that folder
 */
export async function loginAuthority({ cloud, authorityHost, dataDirectory = '' }: Login): Promise<LoginAuthority> {
  if (cloud !== 'local') return { authorityHost }
  const [instance, ca] = await Promise.all(
    ['instance.json', 'ca.pem'].map((name) => readFile(join(dataDirectory, name), 'utf8').catch(() => '')),
  )
  const { url } = parseJsonObject(instance ?? '') ?? {}
  if (typeof url === 'string' && ca) return { authorityHost: url, transport: transportOfRoot(ca) }
  throw new AuthorityUnreachableError(
    `No local cloud is running for ${dataDirectory}. Start one with: npx --no-install doorstep up --data ${shellWord(dataDirectory)}`,
    { authorityHost, code: undefined, cause: undefined },
  )
}

const transports = new Map<string, Transport>()

/** One for each root, so that its connections are used again. A process meets few local clouds. */
function transportOfRoot(ca: string): Transport {
  const known = transports.get(ca)
  if (known !== undefined) return known
  const made = nodeTransport({ ca })
  transports.set(ca, made)
  return made
}
