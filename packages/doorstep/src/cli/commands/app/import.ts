import { command, flag, text } from '../../command.ts'
import { RefusedError, UsageError } from '../../failure.ts'
import type { Application, WebSettings } from '../../registration/application.ts'
import { carryOut } from '../../registration/carry-out.ts'
import { apisOf } from '../../registration/find-api.ts'
import { applicationsCalled, findApplication } from '../../registration/find-application.ts'
import { filterOption, type GraphClient, odataText, unlessMissing } from '../../registration/graph-client.ts'
import { type ReadManifest, readManifest, renamedIdentifierUris } from '../../registration/manifest.ts'
import { readManifestText } from '../../registration/manifest-file.ts'
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
    withoutIdentifierUris: flag('leave its identifier URIs out; another application may have them'),
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
    const read = readManifest(await readManifestText(path), path === '-' ? 'standard input' : path)
    const manifest = options.withoutIdentifierUris ? withoutIdentifierUris(read) : read
    const { identifierUris = [], ...registration } = manifest.registration
    const displayName = options.name ?? registration.displayName
    const graph = await openGraph(options, io)
    if (options.into !== undefined) {
      await changeInto(graph, options.into, manifest, options, terminal)
      return
    }
    await refuseTakenUris(graph, identifierUris, manifest.appId)
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
  manifest: ReadManifest,
  { name, plan, json }: { readonly name: string | undefined; readonly plan: boolean; readonly json: boolean },
  terminal: Terminal,
): Promise<void> {
  const application = await findApplication(graph, wanted)
  const { appId, displayName } = application
  const { registration, leftOut } = manifest
  const identifierUris =
    registration.identifierUris && renamedIdentifierUris(registration.identifierUris, manifest.appId, appId)
  const added = identifierUris?.filter((uri) => !application.identifierUris?.includes(uri)) ?? []
  await refuseTakenUris(graph, added, appId)
  const found = await unlessMissing(graph.get(`/servicePrincipals(appId='${appId}')`))
  const desired = {
    ...registration,
    ...(name !== undefined && { displayName: name }),
    ...(identifierUris && { identifierUris }),
    ...(registration.web && { web: withoutMirror(registration.web) }),
  }
  const steps = planRegistration(desired, { application, hasServicePrincipal: found !== undefined })
  const permissions = [application, registration].flatMap(({ requiredResourceAccess = [] }) => requiredResourceAccess)
  const apis = await apisOf(graph, permissions)
  const lines = describeSteps(steps, displayName, apis)
  if (!plan) await carryOut(graph, application, steps, apis)
  for (const sentence of leftOut) terminal.note(`Left out ${sentence}`)
  reportChange(application, { status: plan ? 'planned' : 'changed', lines, facts: { steps, leftOut } }, json, terminal)
}

/** `redirectUriSettings` says the redirect URIs a second time, as they were when the manifest was made. */
function withoutMirror(web: WebSettings & { readonly redirectUriSettings?: unknown }): WebSettings {
  if (web.redirectUris === undefined) return web
  const { redirectUriSettings: _mirror, ...settings } = web
  return settings
}

function withoutIdentifierUris({ registration, ...manifest }: ReadManifest): ReadManifest {
  const { identifierUris = [], ...rest } = registration
  if (identifierUris.length === 0) return { ...manifest, registration }
  const sentence = `identifierUris: ${identifierUris.join(', ')}, as --without-identifier-uris says.`
  return { ...manifest, registration: rest, leftOut: [...manifest.leftOut, sentence] }
}

/**
 * An identifier URI is one application's in a tenant. Those that hold the client id become others and cannot be taken.
 *
 * @throws {RefusedError} naming the application that has one
 */
async function refuseTakenUris(graph: GraphClient, uris: readonly string[], appId: string | undefined): Promise<void> {
  for (const uri of uris) {
    if (appId !== undefined && uri.toLowerCase().includes(appId.toLowerCase())) continue
    const [owner] = await graph.list<Application>(
      `/applications?${filterOption(`identifierUris/any(u:u eq ${odataText(uri)})`)}`,
    )
    if (!owner) continue
    throw new RefusedError(
      `The identifier URI ${uri} is that of ${owner.displayName} (appId ${owner.appId}), and no two applications of a tenant have the same. Leave it out with --without-identifier-uris, or change that application with --into ${owner.appId}.`,
    )
  }
}
