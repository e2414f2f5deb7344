import { command, dataOption, jsonOption } from '../../command.ts'
import { describeFacts } from '../../terminal.ts'
import { type Application, cloudOption, findApplication, graphOf, tenantOption } from './application.ts'

export const show = command({
  summary: 'show one application',
  arguments: [{ form: '<application>', help: 'its appId, object id or name' }],
  options: { cloud: cloudOption, tenant: tenantOption, data: dataOption, json: jsonOption },
  examples: ['doorstep app show my-app', 'doorstep app show 0a123b56-c987-1234-abcd-1a2b3c4d5e6f --json'],
  async run(options, io, [wanted = '']) {
    const { terminal } = io
    const application = await findApplication(await graphOf(options, io), wanted)
    if (options.json) return void terminal.printJson(application)
    for (const line of describeFacts(factsOf(application), terminal.colours)) terminal.print(line)
  },
})

function factsOf(application: Application): [string, string | undefined][] {
  const { web, spa, publicClient, passwordCredentials = [] } = application
  const uris = (part: typeof web) => part?.redirectUris?.join(' ') || undefined
  const secrets = passwordCredentials.map(({ displayName, hint, endDateTime }) =>
    [displayName, hint && `${hint}…`, endDateTime && `until ${endDateTime}`].filter(Boolean).join(' '),
  )
  return [
    ['displayName', application.displayName],
    ['appId', application.appId],
    ['objectId', application.id],
    ['signInAudience', application.signInAudience],
    ['web', uris(web)],
    ['spa', uris(spa)],
    ['publicClient', uris(publicClient)],
    ['allowPublicClientFlows', application.isFallbackPublicClient ? 'yes' : undefined],
    ['secrets', secrets.join(', ') || undefined],
    ['created', application.createdDateTime],
  ]
}
