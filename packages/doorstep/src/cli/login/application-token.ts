import {
  CredentialOptionError,
  cached,
  EnvironmentCredential,
  type GetTokenOptions,
  memoryCache,
  nodeTransport,
  type TokenCache,
  type TokenCredential,
} from '@doorstep/client'
import { dataDirectory, readBootstrap } from '../../data-folder.ts'
import { authorityHosts, type Cloud } from '../clouds.ts'
import type { CommandIO } from '../command.ts'
import { readLocalCloud } from '../control-client.ts'
import { messageOf, UsageError } from '../failure.ts'
import { environmentWords, inCommandWords } from '../library-words.ts'
import { transportThroughProxy } from '../outbound-https.ts'
import { type Authority, authorityOf } from './authority.ts'
import { applicationPartition } from './local-partition.ts'
import { timeOf, tokensOf } from './token-clock.ts'
import { openTokenStore } from './token-store.ts'

/** Where an application's token is to come from, as the command line says it. */
export interface SaidAuthority {
  readonly cloud: Cloud | undefined
  /** Data folder of a local cloud. */
  readonly data: string | undefined
}

/** Whether AZURE_TENANT_ID, AZURE_CLIENT_ID and a secret or certificate name an application, as for Azure's own tools. */
export function hasEnvironmentApplication(environment: CommandIO['environment']): boolean {
  const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH } = environment
  return Boolean(AZURE_TENANT_ID && AZURE_CLIENT_ID && (AZURE_CLIENT_SECRET || AZURE_CLIENT_CERTIFICATE_PATH))
}

/** What to say where a part of the application is missing. @param otherwise what may be done instead */
export function missingApplication(environment: CommandIO['environment'], otherwise = ''): UsageError {
  const names = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']
  const missing = names.filter((name) => !environment[name])
  return new UsageError(
    `Set ${missing.join(', ')}: the tenant, the application and its secret. doorstep app create NAME --secret prints all three.${otherwise}`,
  )
}

/** Where that application's tokens are kept. One that cannot keep any has its secret, and gets them all the same. */
export async function tokensOfApplication(
  { cloud, data }: SaidAuthority,
  { terminal, environment }: CommandIO,
): Promise<TokenCache> {
  const folder = dataDirectory(data, environment)
  const isLocal = await asksLocalCloud(cloud, folder, environment)
  try {
    const { file } = await openTokenStore({ terminal })
    return tokensOf(issuerOf(isLocal, folder), file.tokens, environment)
  } catch (error) {
    terminal.note(`The token is not kept. ${messageOf(error)}`)
    return memoryCache()
  }
}

/**
 * A cached credential of that application for itself. Its authority is looked up when a token is asked for.
 *
 * @param from what was said on the command line
 * @param tokens where they are kept
 */
export function credentialOfApplication(
  from: SaidAuthority,
  environment: CommandIO['environment'],
  tokens: TokenCache,
): TokenCredential {
  let made: Promise<TokenCredential> | undefined
  return {
    async getToken(scopes, options) {
      made ??= asking(from, environment).then((credential) => cached(credential, tokens))
      return (await made).getToken(scopes, options)
    },
  }
}

async function asking({ cloud, data }: SaidAuthority, environment: CommandIO['environment']) {
  const folder = dataDirectory(data, environment)
  const { authority, isLocal } = await chooseAuthority(cloud, folder, environment)
  const credential = new EnvironmentCredential({
    ...authority,
    environment,
    now: timeOf(issuerOf(isLocal, folder), environment),
  })
  const own = credential.cachePartition
  const local = isLocal ? { dataDirectory: folder, bootstrap: await readBootstrap(folder) } : undefined
  return {
    // Without a name of its own, which wrong variables do not make, nothing is shared.
    ...(own !== undefined && { cachePartition: applicationPartition(own, local) }),
    getToken: (scopes: string | string[], options?: GetTokenOptions) =>
      credential.getToken(scopes, options).catch((error: unknown) => {
        throw inVariableNames(error)
      }),
  }
}

/** A refusal of the library's options, in the names of the variables that they came from. */
function inVariableNames(error: unknown): unknown {
  if (!(error instanceof CredentialOptionError)) return error
  // The library names variable and option, which have one name here.
  const said = inCommandWords(error.message, environmentWords).replace(/^In (\w+): (?=\1)/, '')
  return new UsageError(said, { cause: error })
}

/** Whose clock tokens go by: one of a real cloud, or that of a folder's local cloud. */
function issuerOf(isLocal: boolean, folder: string) {
  return { cloud: isLocal ? 'local' : 'public', dataDirectory: folder } as const
}

/** Whether the folder's local cloud is asked: by what was said, else by the environment, else because nothing says otherwise. */
async function asksLocalCloud(
  cloud: Cloud | undefined,
  folder: string,
  { AZURE_AUTHORITY_HOST: named }: CommandIO['environment'],
): Promise<boolean> {
  if (cloud !== undefined || !named) return (cloud ?? 'local') === 'local'
  const local = await readLocalCloud(folder)
  return local !== undefined && URL.canParse(named) && new URL(named).origin === local.instance.url
}

/** What was said on the command line, else in the environment, else the local cloud. */
async function chooseAuthority(
  cloud: Cloud | undefined,
  folder: string,
  environment: CommandIO['environment'],
): Promise<{ authority: Authority; isLocal: boolean }> {
  const isLocal = await asksLocalCloud(cloud, folder, environment)
  const named = cloud === undefined ? environment.AZURE_AUTHORITY_HOST : undefined
  if (named) {
    const local = isLocal ? await readLocalCloud(folder) : undefined
    const transport = local ? nodeTransport({ ca: local.ca }) : transportThroughProxy(environment)
    return { authority: { authorityHost: named, ...(transport && { transport }) }, isLocal }
  }
  const authorityHost = cloud === undefined || cloud === 'local' ? '' : authorityHosts[cloud]
  const wanted = { cloud: cloud ?? 'local', authorityHost, dataDirectory: folder }
  return { authority: await authorityOf(wanted, environment), isLocal }
}
