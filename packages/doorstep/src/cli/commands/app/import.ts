import { readFile } from 'node:fs/promises'
import { text as readText } from 'node:stream/consumers'
import { command, flag, text } from '../../command.ts'
import { RefusedError, UsageError } from '../../failure.ts'
import { carryOut } from '../../registration/carry-out.ts'
import { applicationsCalled, findApplication } from '../../registration/find-application.ts'
import { type GraphClient, unlessMissing } from '../../registration/graph-client.ts'
import { type ReadManifest, readManifest, renamedIdentifierUris } from '../../registration/manifest.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { describeSteps, planRegistration } from '../../registration/plan-registration.ts'
import { registerApplication } from '../../registration/register-application.ts'
import { describeFacts, type Terminal } from '../../terminal.ts'
import { reportChange } from './report-change.ts'

export const importApplication = command({
  summary: 'register an application from a portal manifest',
  description:
    'Reads the Microsoft Graph format and the older one (replyUrlsWithType, accessTokenAcceptedVersion, …). Ids, secrets and certificates are new ones; what is left out is said. Identifier URIs with the old client id get the new one.',
  arguments: [{ form: '<file>', help: 'the manifest, JSON; - for standard input' }],
  options: {
    name: text('NAME', 'another display name'),
    into: text('APP', 'change this application to what the manifest says, instead of making one'),
    plan: flag('with --into: only say what would change'),
    ...directoryOptions,
  },
  examples: [
    'doorstep app import manifest.json',
    'doorstep app export my-app --cloud public | doorstep app import -',
    'doorstep app import manifest.json --into my-app --plan',
  ],
  async run(options, io, [path = '']) {
    const { terminal } = io
    if (options.plan && options.into === undefined)
      throw new UsageError('--plan says what --into would change: add --into APP.')
    const manifest = readManifest(await readInput(path), path === '-' ? 'standard input' : path)
    const { identifierUris = [], ...registration } = manifest.registration
    const displayName = options.name ?? registration.displayName
    const graph = await openGraph(options, io)
    if (options.into !== undefined) {
      await changeInto(graph, options.into, manifest, options, terminal)
      return
    }
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

/** Brings an application that is there to what a manifest says of it. */
async function changeInto(
  graph: GraphClient,
  wanted: string,
  { registration, appId: before, leftOut }: ReadManifest,
  { name, plan, json }: { readonly name: string | undefined; readonly plan: boolean; readonly json: boolean },
  terminal: Terminal,
): Promise<void> {
  const application = await findApplication(graph, wanted)
  const { appId, displayName } = application
  const identifierUris = renamedIdentifierUris(registration.identifierUris ?? [], before, appId)
  const found = await unlessMissing(graph.get(`/servicePrincipals(appId='${appId}')`))
  const desired = { ...registration, ...(name !== undefined && { displayName: name }), identifierUris }
  const steps = planRegistration(desired, { application, hasServicePrincipal: found !== undefined })
  const lines = describeSteps(steps, displayName)
  if (!plan) {
    await carryOut(graph, application, steps)
    for (const sentence of leftOut) terminal.note(`Left out ${sentence}`)
  }
  reportChange(application, { status: plan ? 'planned' : 'changed', lines, facts: { steps } }, json, terminal)
}

async function readInput(path: string): Promise<string> {
  if (path === '-') return readText(process.stdin)
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RefusedError(`${path} cannot be read (${error.code}).`, { cause: error })
  })
}
