import {
  type AccessToken,
  ClientCertificateCredential,
  ClientSecretCredential,
  CredentialOptionError,
  nodeTransport,
  type TokenCredential,
} from '@doorstep/client'
import { dataDirectory } from '../../data-folder.ts'
import { authorityHosts, type Cloud } from '../clouds.ts'
import type { CommandIO } from '../command.ts'
import { readLocalCloud } from '../control-client.ts'
import { UsageError } from '../failure.ts'
import { environmentWords, inCommandWords } from '../library-words.ts'
import { transportThroughProxy } from '../outbound-https.ts'
import { type Authority, authorityOf } from './authority.ts'
import { explained } from './explain-refusal.ts'
import { type AskedApi, ask } from './kept-token.ts'
import { timeOf } from './token-clock.ts'

/** The application that AZURE_TENANT_ID, AZURE_CLIENT_ID and a secret or certificate name, as Azure's own tools read them. */
export interface EnvironmentApplication {
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly certificatePath: string | undefined
}

/** The application of the environment, or undefined when a part of it is missing. */
export function environmentApplication(environment: CommandIO['environment']): EnvironmentApplication | undefined {
  const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId } = environment
  const clientSecret = environment.AZURE_CLIENT_SECRET || undefined
  const certificatePath = environment.AZURE_CLIENT_CERTIFICATE_PATH || undefined
  if (!tenantId || !clientId || (clientSecret ?? certificatePath) === undefined) return undefined
  return { tenantId, clientId, clientSecret, certificatePath }
}

/** @throws {UsageError} naming the variables that are not set */
export function requireEnvironmentApplication(environment: CommandIO['environment']): EnvironmentApplication {
  const application = environmentApplication(environment)
  if (application) return application
  const names = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']
  const missing = names.filter((name) => !environment[name])
  throw new UsageError(
    `Set ${missing.join(', ')}: the tenant, the application and its secret. doorstep app create NAME --secret prints all three.`,
  )
}

/**
 * A token of that application for itself. It is kept nowhere.
 *
 * @param from what was said on the command line
 * @throws {RefusedError} with the authority's own words
 */
export async function tokenOfApplication(
  application: EnvironmentApplication,
  asked: AskedApi,
  from: { readonly cloud: Cloud | undefined; readonly data: string | undefined },
  environment: CommandIO['environment'],
): Promise<AccessToken> {
  const folder = dataDirectory(from.data, environment)
  const { authority, isLocal } = await chooseAuthority(from.cloud, folder, environment)
  const now = timeOf({ cloud: isLocal ? 'local' : 'public', dataDirectory: folder }, environment)
  return ask(credentialOf(application, authority, now), asked).catch((error: unknown) => {
    throw explained(error)
  })
}

/** @throws {UsageError} naming the variable that is wrong */
function credentialOf(
  { tenantId, clientId, clientSecret, certificatePath }: EnvironmentApplication,
  authority: Authority,
  now: () => number,
): TokenCredential {
  const options = { ...authority, tenantId, clientId }
  const made = () =>
    clientSecret === undefined
      ? new ClientCertificateCredential({ ...options, now, certificatePath: certificatePath ?? '' })
      : new ClientSecretCredential({ ...options, clientSecret })
  const inWords = (error: unknown) =>
    error instanceof CredentialOptionError
      ? new UsageError(inCommandWords(error.message, environmentWords), { cause: error })
      : error
  try {
    const credential = made()
    return {
      getToken: (scopes, asked) =>
        credential.getToken(scopes, asked).catch((error: unknown) => {
          throw inWords(error)
        }),
    }
  } catch (error) {
    throw inWords(error)
  }
}

/** What was said on the command line, else in the environment, else the local cloud. */
async function chooseAuthority(
  cloud: Cloud | undefined,
  folder: string,
  environment: CommandIO['environment'],
): Promise<{ readonly authority: Authority; readonly isLocal: boolean }> {
  const named = cloud === undefined ? environment.AZURE_AUTHORITY_HOST : undefined
  if (named) {
    const local = await readLocalCloud(folder)
    const isLocal = local !== undefined && URL.canParse(named) && new URL(named).origin === local.instance.url
    const transport = isLocal ? nodeTransport({ ca: local.ca }) : transportThroughProxy(environment)
    return { authority: { authorityHost: named, ...(transport && { transport }) }, isLocal }
  }
  const authorityHost = cloud !== undefined && cloud !== 'local' ? authorityHosts[cloud] : ''
  const authority = await authorityOf({ cloud: cloud ?? 'local', authorityHost, dataDirectory: folder }, environment)
  return { authority, isLocal: (cloud ?? 'local') === 'local' }
}
