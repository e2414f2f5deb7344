import { choice, command, text, texts } from '../../command.ts'
import { UsageError } from '../../failure.ts'
import type { Application } from '../../registration/application.ts'
import { signInAudiences, takesPersonalAccounts } from '../../registration/audience.ts'
import { applicationArgument, findApplication } from '../../registration/find-application.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { reportChange } from './report-change.ts'

interface Update {
  readonly name: string | undefined
  readonly audience: string | undefined
  readonly tokenVersion: '1' | '2' | undefined
  readonly implicitGrant: 'off' | 'id-token' | 'access-token' | 'both' | undefined
  readonly addIdentifierUri: readonly string[]
  readonly removeIdentifierUri: readonly string[]
  readonly homePage: string | undefined
  readonly logoutUrl: string | undefined
}

const exampleAppId = '0a123b56-c987-1234-abcd-1a2b3c4d5e6f'

export const update = command({
  summary: 'change name, audience, identifier URIs and token settings',
  description:
    'An identifier URI holds the appId, the id of the tenant or one of its domains: api://APP_ID, https://DOMAIN/NAME.',
  arguments: [applicationArgument],
  options: {
    name: text('NAME', 'display name'),
    audience: choice('AUDIENCE', signInAudiences, 'who may sign in'),
    tokenVersion: choice('VERSION', ['1', '2'], 'of access tokens for this application as an API'),
    implicitGrant: choice('TOKENS', ['off', 'id-token', 'access-token', 'both'], 'what a page gets without a code'),
    addIdentifierUri: texts('URI', 'by which tokens for this API are asked for; may be repeated'),
    removeIdentifierUri: texts('URI', 'no longer; may be repeated'),
    homePage: text('URL', 'home page'),
    logoutUrl: text('URL', 'address that ends a session when a person signs out elsewhere'),
    ...directoryOptions,
  },
  examples: [
    'doorstep app update my-app --name another-name',
    `doorstep app update ${exampleAppId} --add-identifier-uri api://${exampleAppId} --token-version 2`,
    'doorstep app update my-app --implicit-grant off',
  ],
  async run(options, io, [wanted = '']) {
    if (options.name?.trim() === '') throw new UsageError('--name is empty: give the application a display name.')
    const anything = updateOptions.some((name) => options[name] !== undefined && String(options[name]) !== '')
    if (!anything)
      throw new UsageError('Say what to change: --name, --audience, --token-version, … (--help lists all).')
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    const patch = patchOf(application, options)
    await graph.patch(`/applications/${application.id}`, patch)
    const updated = { ...application, displayName: options.name ?? application.displayName }
    const lines = [`Updated ${updated.displayName} (${updated.appId}).`]
    if (needsSecondVersion(application, options))
      lines.push('Its access tokens are of version 2 now: personal accounts get no others.')
    reportChange(updated, { status: 'updated', lines }, options.json, io.terminal)
  },
})

const updateOptions = [
  'name',
  'audience',
  'tokenVersion',
  'implicitGrant',
  'addIdentifierUri',
  'removeIdentifierUri',
  'homePage',
  'logoutUrl',
] as const

/** Entra refuses an audience with personal accounts while access tokens are of version 1; somebody who says 1 hears so. */
function needsSecondVersion({ api }: Application, { audience, tokenVersion }: Update): boolean {
  return takesPersonalAccounts(audience) && tokenVersion === undefined && api?.requestedAccessTokenVersion !== 2
}

function patchOf(application: Application, update: Update): Readonly<Record<string, unknown>> {
  const { identifierUris = [] } = application
  const { name, audience, implicitGrant, homePage, logoutUrl } = update
  const tokenVersion = needsSecondVersion(application, update) ? '2' : update.tokenVersion
  const added = update.addIdentifierUri.filter((uri) => !identifierUris.includes(uri))
  const missing = update.removeIdentifierUri.find((uri) => !identifierUris.includes(uri))
  if (missing !== undefined)
    throw new UsageError(`${missing} is none of its identifier URIs: ${identifierUris.join(', ') || 'it has none'}.`)
  const uris = [...identifierUris.filter((uri) => !update.removeIdentifierUri.includes(uri)), ...added]
  const web = {
    ...(homePage !== undefined && { homePageUrl: homePage }),
    ...(logoutUrl !== undefined && { logoutUrl }),
    ...(implicitGrant !== undefined && {
      implicitGrantSettings: {
        enableAccessTokenIssuance: ['access-token', 'both'].includes(implicitGrant),
        enableIdTokenIssuance: ['id-token', 'both'].includes(implicitGrant),
      },
    }),
  }
  return {
    ...(name !== undefined && { displayName: name }),
    ...(audience !== undefined && { signInAudience: audience }),
    ...(tokenVersion !== undefined && { api: { requestedAccessTokenVersion: Number(tokenVersion) } }),
    ...(added.length + update.removeIdentifierUri.length > 0 && { identifierUris: uris }),
    ...(Object.keys(web).length > 0 && { web }),
  }
}
