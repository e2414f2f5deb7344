import { readFile } from 'node:fs/promises'
import { text as readText } from 'node:stream/consumers'
import { command, text } from '../../command.ts'
import { RefusedError } from '../../failure.ts'
import { applicationsCalled } from '../../registration/find-application.ts'
import { readManifest, renamedIdentifierUris } from '../../registration/manifest.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { registerApplication } from '../../registration/register-application.ts'
import { describeFacts } from '../../terminal.ts'

export const importApplication = command({
  summary: 'register an application from a portal manifest',
  description:
    'Reads the Microsoft Graph format and the older one (replyUrlsWithType, accessTokenAcceptedVersion, …). Ids, secrets and certificates are new ones; what is left out is said. Identifier URIs with the old client id get the new one.',
  arguments: [{ form: '<file>', help: 'the manifest, JSON; - for standard input' }],
  options: { name: text('NAME', 'another display name'), ...directoryOptions },
  examples: ['doorstep app import manifest.json', 'doorstep app export my-app --cloud public | doorstep app import -'],
  async run(options, io, [path = '']) {
    const { terminal } = io
    const manifest = readManifest(await readInput(path), path === '-' ? 'standard input' : path)
    const { identifierUris = [], ...registration } = manifest.registration
    const displayName = options.name ?? registration.displayName
    const graph = await openGraph(options, io)
    const [namesake] = await applicationsCalled(graph, displayName)
    if (namesake) terminal.note(`Another application is called ${displayName} already (appId ${namesake.appId}).`)
    const { application, servicePrincipalId } = await registerApplication(graph, {
      properties: { ...registration, displayName },
      afterwards: ({ appId }) =>
        identifierUris.length === 0
          ? undefined
          : { identifierUris: renamedIdentifierUris(identifierUris, manifest.appId, appId) },
    })
    for (const sentence of manifest.leftOut) terminal.note(`Left out ${sentence}`)
    const { appId, id: objectId } = application
    const made = { appId, displayName, tenant: graph.tenantId, objectId, servicePrincipalId }
    if (options.json) return void terminal.printJson({ ...made, leftOut: manifest.leftOut })
    for (const line of describeFacts(Object.entries(made), terminal.colours)) terminal.print(line)
  },
})

async function readInput(path: string): Promise<string> {
  if (path === '-') return readText(process.stdin)
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RefusedError(`${path} cannot be read (${error.code}).`, { cause: error })
  })
}
