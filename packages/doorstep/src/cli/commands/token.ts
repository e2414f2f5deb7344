import { type AccessToken, ClientSecretCredential, nodeTransport, TokenRequestError } from '@doorstep/client'
import { dataDirectory } from '../../data-folder.ts'
import { type CommandIO, choice, command, dataOption, flag, text, texts } from '../command.ts'
import { findLocalCloud, readLocalCloud } from '../control-client.ts'
import { RefusedError, UsageError } from '../failure.ts'
import { formatToken, tokenFormats } from '../token-format.ts'

const clouds = ['local', 'public', 'usgov', 'china'] as const
type Cloud = (typeof clouds)[number]

const authorityHosts: Readonly<Record<Exclude<Cloud, 'local'>, string>> = {
  public: 'https://login.microsoftonline.com',
  usgov: 'https://login.microsoftonline.us',
  china: 'https://login.partner.microsoftonline.cn',
}

export const token = command({
  summary: 'print an access token',
  description: [
    'For the application that AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET name.',
    'From the local cloud, unless --cloud or AZURE_AUTHORITY_HOST names another: a local secret never travels by accident.',
  ].join('\n'),
  options: {
    cloud: choice('CLOUD', clouds, 'who gives the token (default: AZURE_AUTHORITY_HOST, else local)'),
    scope: texts('SCOPE', 'permission to ask for, v2.0: https://graph.microsoft.com/.default'),
    resource: text('RESOURCE', 'API to ask for, v1.0: https://management.azure.com/'),
    format: choice('FORMAT', tokenFormats, 'how to print it (default: raw)'),
    json: flag('the same as --format json'),
    data: dataOption,
  },
  examples: [
    'doorstep token --scope https://graph.microsoft.com/.default',
    'doorstep token --resource https://management.azure.com/ --format header',
    'doorstep token --cloud public --scope api://my-api/.default --json',
  ],
  async run({ cloud, scope, resource, format, json, data }, { terminal, environment }) {
    requireOneApi(scope, resource)
    if (json && format !== undefined && format !== 'json')
      throw new UsageError(`--json and --format ${format} exclude each other.`)
    const application = applicationOf(environment)
    const authority = await chooseAuthority(cloud, dataDirectory(data, environment), environment)
    const credential = new ClientSecretCredential({ ...application, ...authority })
    const answer = await credential.getToken([...scope], resource === undefined ? {} : { resource }).catch(explain)
    terminal.print(formatToken(answer, json ? 'json' : (format ?? 'raw'), application.tenantId))
  },
})

function requireOneApi(scope: readonly string[], resource: string | undefined): void {
  if (scope.length > 0 && resource !== undefined) {
    throw new UsageError('--scope asks the v2.0 endpoint and --resource the v1.0 endpoint: give one of them.')
  }
  if (scope.length === 0 && resource === undefined) {
    throw new UsageError(
      'Say what the token is for: --scope https://graph.microsoft.com/.default (v2.0) or --resource https://management.azure.com/ (v1.0).',
    )
  }
}

interface Application {
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
}

function applicationOf(environment: CommandIO['environment']): Application {
  const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret } = environment
  if (tenantId && clientId && clientSecret) return { tenantId, clientId, clientSecret }
  const missing = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'].filter((name) => !environment[name])
  throw new UsageError(
    `Set ${missing.join(', ')}: the tenant, the application and its secret. doorstep app create NAME --secret prints all three.`,
  )
}

interface Authority {
  readonly authorityHost: string
  readonly transport?: ReturnType<typeof nodeTransport>
}

/** What was said on the command line, else in the environment, else the local cloud. */
async function chooseAuthority(
  cloud: Cloud | undefined,
  folder: string,
  environment: CommandIO['environment'],
): Promise<Authority> {
  const named = cloud === undefined ? environment.AZURE_AUTHORITY_HOST : undefined
  if (named) {
    const local = await readLocalCloud(folder)
    const isLocal = local && URL.canParse(named) && new URL(named).origin === local.instance.url
    return { authorityHost: named, ...(isLocal ? { transport: nodeTransport({ ca: local.ca }) } : {}) }
  }
  if (cloud !== undefined && cloud !== 'local') return { authorityHost: authorityHosts[cloud] }
  const { instance, ca } = await findLocalCloud(folder, environment)
  return { authorityHost: instance.url, transport: nodeTransport({ ca }) }
}

/** The authority's own words, then the facts that a search or a ticket needs. */
function explain(error: unknown): AccessToken {
  if (!(error instanceof TokenRequestError)) throw error
  const facts = [
    ['Error', error.error],
    ['Code', error.code === undefined ? undefined : `AADSTS${error.code}`],
    ['Correlation ID', error.correlationId],
    ['Trace ID', error.traceId],
  ]
  const lines = facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name}: ${value}`]))
  throw new RefusedError([error.description ?? error.message, ...lines].join('\n'), { cause: error })
}
