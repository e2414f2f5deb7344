import { notSignedIn } from '@doorstep/client'
import { clouds } from '../clouds.ts'
import { type CommandIO, choice, command, dataOption, flag, profileOption, text, texts } from '../command.ts'
import { UsageError } from '../failure.ts'
import {
  environmentApplication,
  requireEnvironmentApplication,
  tokenOfApplication,
} from '../login/application-token.ts'
import { type ChosenProfile, chooseProfile } from '../login/choose-profile.ts'
import { explained } from '../login/explain-refusal.ts'
import type { AskedApi } from '../login/kept-token.ts'
import { loginOfProfile } from '../login/login-of-profile.ts'
import { tokenOfLogin } from '../login/login-token.ts'
import { askedApi } from '../login/sign-in-plan.ts'
import { openTokenStore } from '../login/token-store.ts'
import { formatToken, tokenFormats } from '../token-format.ts'

export const token = command({
  summary: 'print an access token',
  description: [
    'Of the profile that --profile, DOORSTEP_PROFILE or doorstep.config.yaml names; else, when AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH) are set, of that application; else of the default `doorstep login`.',
    'A login’s token comes from the cache, and is refreshed when that is due. Without --scope and --resource it is for what login asked for.',
    'An application’s comes from the local cloud, unless --cloud or AZURE_AUTHORITY_HOST names another: a local secret never travels by accident.',
  ].join('\n'),
  options: {
    profile: profileOption('which login (default: DOORSTEP_PROFILE, else default)'),
    scope: texts('SCOPE', 'permission to ask for, v2.0: https://graph.microsoft.com/.default'),
    resource: text('RESOURCE', 'API to ask for, v1.0: https://management.azure.com/'),
    format: choice('FORMAT', tokenFormats, 'how to print it (default: raw)'),
    json: flag('the same as --format json'),
    cloud: choice('CLOUD', clouds, 'who gives the application’s token (default: AZURE_AUTHORITY_HOST, else local)'),
    data: dataOption,
  },
  examples: [
    'doorstep token',
    'doorstep token --profile work --scope https://graph.microsoft.com/.default',
    'doorstep token --resource https://management.azure.com/ --format header',
    'doorstep token --cloud public --scope api://my-api/.default --json',
  ],
  async run(options, io) {
    const { json, format, profile: given, cloud, data } = options
    if (json && format !== undefined && format !== 'json')
      throw new UsageError(`--json and --format ${format} exclude each other.`)
    if (given !== undefined && cloud !== undefined) throw new UsageError('--profile has a cloud: leave --cloud out.')
    if (given !== undefined && data !== undefined)
      throw new UsageError('--profile has a data folder: leave --data out.')
    const asked = askedApi(options, {})
    const profile = await chooseProfile(given, io.environment)
    const { answer, tenantId, subscriptionId } = await tokenOf(profile, asked, options, io)
    const { AZURE_SUBSCRIPTION_ID } = io.environment
    const account = { tenantId, subscriptionId: AZURE_SUBSCRIPTION_ID || subscriptionId }
    io.terminal.print(formatToken(answer, json ? 'json' : (format ?? 'raw'), account))
  },
})

async function tokenOf(
  profile: ChosenProfile,
  asked: AskedApi | undefined,
  { cloud, data }: { cloud: (typeof clouds)[number] | undefined; data: string | undefined },
  io: CommandIO,
) {
  const { environment } = io
  const mustBeApplication = cloud !== undefined || data !== undefined
  const mayBeApplication = !profile.isNamed && environmentApplication(environment) !== undefined
  if (mustBeApplication || mayBeApplication) {
    const application = requireEnvironmentApplication(environment)
    const answer = await tokenOfApplication(application, asked ?? sayWhatFor(), { cloud, data }, environment)
    return { answer, tenantId: application.tenantId, subscriptionId: undefined }
  }
  const store = await openTokenStore(io)
  const login = await loginOfProfile(profile, store, io)
  if (login === undefined) {
    // Half an application is more likely meant than nobody.
    if (!profile.isNamed && environment.AZURE_CLIENT_ID) requireEnvironmentApplication(environment)
    throw notSignedIn(profile.name)
  }
  const answer = await tokenOfLogin(login, store, asked ?? login, io).catch((error: unknown) => {
    throw explained(error)
  })
  return { answer, tenantId: login.tenantId, subscriptionId: login.subscriptionId }
}

function sayWhatFor(): never {
  throw new UsageError(
    'Say what the token is for: --scope https://graph.microsoft.com/.default (v2.0) or --resource https://management.azure.com/ (v1.0).',
  )
}
