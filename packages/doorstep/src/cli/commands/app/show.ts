import { command } from '../../command.ts'
import {
  type Application,
  type Credential,
  type RedirectPlatform,
  redirectUrisOf,
} from '../../registration/application.ts'
import { apisOf } from '../../registration/find-api.ts'
import { applicationArgument, findApplication } from '../../registration/find-application.ts'
import { manifestOf } from '../../registration/manifest.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { type Api, permissionName } from '../../registration/permission.ts'
import { describeFacts } from '../../terminal.ts'

export const show = command({
  summary: 'show one application',
  arguments: [applicationArgument],
  options: directoryOptions,
  examples: ['doorstep app show my-app', 'doorstep app show 0a123b56-c987-1234-abcd-1a2b3c4d5e6f --json'],
  async run(options, io, [wanted = '']) {
    const { terminal } = io
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    if (options.json) return void terminal.printJson(manifestOf({ ...application }))
    const apis = await apisOf(graph, application.requiredResourceAccess ?? [])
    for (const line of describeFacts(factsOf(application, apis), terminal.colours)) terminal.print(line)
  },
})

function factsOf(application: Application, apis: ReadonlyMap<string, Api>): [string, string | undefined][] {
  const uris = (platform: RedirectPlatform) => redirectUrisOf(application, platform).join(' ') || undefined
  const {
    passwordCredentials = [],
    keyCredentials = [],
    identifierUris = [],
    requiredResourceAccess = [],
  } = application
  const permissions = (type: 'Scope' | 'Role') =>
    requiredResourceAccess
      .flatMap(({ resourceAppId, resourceAccess }) =>
        resourceAccess
          .filter((access) => access.type === type)
          .map((access) => permissionName(apis.get(resourceAppId), resourceAppId, access)),
      )
      .join(', ') || undefined
  return [
    ['displayName', application.displayName],
    ['appId', application.appId],
    ['objectId', application.id],
    ['signInAudience', application.signInAudience],
    ['identifierUris', identifierUris.join(' ') || undefined],
    ['web', uris('web')],
    ['spa', uris('spa')],
    ['publicClient', uris('publicClient')],
    ['allowPublicClientFlows', application.isFallbackPublicClient ? 'yes' : undefined],
    ['permissions', permissions('Scope')],
    ['applicationPermissions', permissions('Role')],
    ['secrets', passwordCredentials.map(credentialText).join(', ') || undefined],
    ['certificates', keyCredentials.map(credentialText).join(', ') || undefined],
    ['created', application.createdDateTime],
  ]
}

function credentialText({ displayName, hint, endDateTime }: Credential): string {
  return [displayName, hint && `${hint}…`, endDateTime && `until ${endDateTime}`].filter(Boolean).join(' ')
}
