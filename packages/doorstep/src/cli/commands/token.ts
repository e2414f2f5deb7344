import { listLogins, type TokenCache } from '@doorstep/client'
import { dataDirectory } from '../../data-folder.ts'
import { clouds } from '../clouds.ts'
import { type CommandIO, choice, command, dataOption, flag, profileOption, text, texts } from '../command.ts'
import { UsageError } from '../failure.ts'
import {
  credentialOfApplication,
  hasEnvironmentApplication,
  missingApplication,
  type SaidAuthority,
  tokensOfApplication,
} from '../login/application-token.ts'
import { type ChosenProfile, chooseProfile } from '../login/choose-profile.ts'
import { explained } from '../login/explain-refusal.ts'
import { findLogin, nobodySignedIn, type WantedLogin } from '../login/find-login.ts'
import type { AskedApi } from '../login/kept-token.ts'
import { tokenOfLogin, tokenWhileGood } from '../login/login-token.ts'
import { askedApi } from '../login/sign-in-plan.ts'
import { openTokenStore, type TokenStore } from '../login/token-store.ts'
import { formatToken, tokenFormats } from '../token-format.ts'

export const token = command({
  summary: 'print an access token',
  description: [
    'Of the profile that --profile, DOORSTEP_PROFILE or doorstep.config.yaml names; else, when AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH) are set, of that application; else of the default `doorstep login`.',
    'The token comes from the cache, and is refreshed when that is due. Without --scope and --resource a login’s is for what login asked for.',
    'With --cloud or --data the login has to be of that cloud: where no profile is named, the only one that is.',
    'An application’s comes from the local cloud, unless --cloud or AZURE_AUTHORITY_HOST names another: a local secret never travels by accident.',
  ].join('\n'),
  options: {
    profile: profileOption('which login (default: DOORSTEP_PROFILE, else default)'),
    scope: texts('SCOPE', 'permission to ask for, v2.0: https://graph.microsoft.com/.default'),
    resource: text('RESOURCE', 'API to ask for, v1.0: https://management.azure.com/'),
    format: choice('FORMAT', tokenFormats, 'how to print it (default: raw)'),
    json: flag('the same as --format json'),
    cloud: choice(
      'CLOUD',
      clouds,
      'who gives it (default: that of the login; for an application AZURE_AUTHORITY_HOST, else local)',
    ),
    data: dataOption,
  },
  examples: [
    'doorstep token',
    'doorstep token --profile work --scope https://graph.microsoft.com/.default',
    'doorstep token --resource https://management.azure.com/ --format header',
    'doorstep token --cloud public --scope api://my-api/.default --json',
  ],
  async run(options, io) {
    const { json, format, profile: given } = options
    if (json && format !== undefined && format !== 'json')
      throw new UsageError(`--json and --format ${format} exclude each other.`)
    const asked = askedApi(options, {})
    const profile = await chooseProfile(given, io.environment)
    const { answer, tenantId, subscriptionId } = await tokenOf(profile, asked, options, io)
    const { AZURE_SUBSCRIPTION_ID } = io.environment
    const account = { tenantId, subscriptionId: AZURE_SUBSCRIPTION_ID || subscriptionId }
    io.terminal.print(formatToken(answer, json ? 'json' : (format ?? 'raw'), account))
  },
})

async function tokenOf(profile: ChosenProfile, asked: AskedApi | undefined, said: SaidAuthority, io: CommandIO) {
  const { environment } = io
  if (!profile.isNamed && hasEnvironmentApplication(environment)) {
    const api = asked ?? sayWhatFor()
    const credentialWith = (tokens: TokenCache) => credentialOfApplication(said, environment, tokens)
    const answer = await tokenWhileGood(credentialWith, await tokensOfApplication(said, io), api, io).catch(explain)
    return { answer, tenantId: environment.AZURE_TENANT_ID ?? '', subscriptionId: undefined }
  }
  const store = await openTokenStore(io)
  const wanted = wantedLogin(said, environment)
  const login = await findLogin(profile, wanted, store, io)
  if (login === undefined) throw noToken(profile, wanted, store, environment)
  const answer = await tokenOfLogin(login, store, asked ?? login, io).catch(explain)
  return { answer, tenantId: login.tenantId, subscriptionId: login.subscriptionId }
}

function explain(error: unknown): never {
  throw explained(error)
}

function wantedLogin({ cloud, data }: SaidAuthority, environment: CommandIO['environment']): WantedLogin {
  if (data === undefined) return { cloud, dataDirectory: undefined }
  if (cloud !== undefined && cloud !== 'local')
    throw new UsageError(`--data names a local cloud, and --cloud is ${cloud}: leave one of them out.`)
  return { cloud: 'local', dataDirectory: dataDirectory(data, environment) }
}

function noToken(
  profile: ChosenProfile,
  wanted: WantedLogin,
  store: TokenStore,
  environment: CommandIO['environment'],
): Error {
  const nobody = nobodySignedIn(profile, wanted, store, environment)
  // Half an application is more likely meant than nobody, and so is one where a cloud was said and nobody is signed in.
  const meansApplication = environment.AZURE_CLIENT_ID || (wanted.cloud !== undefined && !hasLogins(store))
  return !profile.isNamed && meansApplication ? missingApplication(environment, ` ${nobody.message}`) : nobody
}

const hasLogins = ({ folder }: TokenStore) => listLogins(folder).length > 0

function sayWhatFor(): never {
  throw new UsageError(
    'Say what the token is for: --scope https://graph.microsoft.com/.default (v2.0) or --resource https://management.azure.com/ (v1.0).',
  )
}
