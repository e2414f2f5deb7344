import { type CommandIO, command, flag, texts } from '../../command.ts'
import { RefusedError, UsageError } from '../../failure.ts'
import { grantAdminConsent } from '../../registration/admin-consent.ts'
import type { RequiredAccess } from '../../registration/application.ts'
import { findApi } from '../../registration/find-api.ts'
import { applicationArgument, applicationById, findApplication } from '../../registration/find-application.ts'
import { type Consentable, foreignApplication } from '../../registration/foreign-application.ts'
import type { GraphClient } from '../../registration/graph-client.ts'
import { isGuid } from '../../registration/guid.ts'
import {
  type DirectoryChoice,
  directoryOptions,
  openGraph,
  registrationElsewhere,
} from '../../registration/open-graph.ts'
import {
  lists,
  parsePermission,
  parsePermissions,
  permissionName,
  resourceAccessFor,
  withAccess,
  withoutAccess,
} from '../../registration/permission.ts'
import { reportChange } from './report-change.ts'

const permissionArgument = {
  form: '<permissions...>',
  help: 'API and name: "Microsoft Graph/User.Read", "CDF westeurope-1/user_impersonation"',
}
const kindOption = flag('permissions of the application itself (app roles), not of those who sign in')

export const addPermission = command({
  summary: 'list permissions that the application asks for',
  description:
    'The API is named as in the tenant, or by its appId or identifier URI. Listing is not consent: that is given at sign-in, or by grant-admin-consent.',
  arguments: [applicationArgument, permissionArgument],
  options: {
    application: kindOption,
    grantAdminConsent: flag('consent to all that is listed, for the whole tenant'),
    ...directoryOptions,
  },
  examples: [
    'doorstep app add-permission my-app "Microsoft Graph/User.Read" "CDF westeurope-1/user_impersonation"',
    'doorstep app add-permission my-job "Microsoft Graph/User.Read.All" --application --grant-admin-consent',
    'doorstep app add-permission my-app https://management.azure.com/user_impersonation',
  ],
  async run(options, io, [wanted = '', ...named]) {
    const { terminal } = io
    const kind = options.application ? 'application' : 'delegated'
    const permissions = named.map((text) => parsePermission(text, kind))
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    let required: readonly RequiredAccess[] = application.requiredResourceAccess ?? []
    const added: string[] = []
    for (const permission of permissions) {
      const api = await findApi(graph, permission.api, (sentence) => terminal.note(sentence))
      const access = resourceAccessFor(api, permission)
      if (lists(required, api.appId, access)) continue
      required = withAccess(required, api.appId, [access])
      added.push(permissionName(api, api.appId, access))
    }
    if (added.length > 0) await graph.patch(`/applications/${application.id}`, { requiredResourceAccess: required })
    const changed = { ...application, requiredResourceAccess: required }
    const consent = options.grantAdminConsent ? await grantAdminConsent(graph, changed) : undefined
    const lines = [
      ...added.map((name) => `Added ${name} (${kind}).`),
      ...(consent?.granted ?? []).map((name) => `Granted ${name}.`),
    ]
    const facts = { added, ...(consent && { granted: consent.granted }) }
    reportChange(application, { status: 'added', lines, facts }, options.json, terminal)
  },
})

export const removePermission = command({
  summary: 'take permissions from the list',
  description: 'Consent that was given stays: the portal revokes it, under Enterprise applications.',
  arguments: [applicationArgument, permissionArgument],
  options: { application: kindOption, ...directoryOptions },
  examples: ['doorstep app remove-permission my-app "Microsoft Graph/User.Read"'],
  async run(options, io, [wanted = '', ...named]) {
    const kind = options.application ? 'application' : 'delegated'
    const permissions = named.map((text) => parsePermission(text, kind))
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    let required: readonly RequiredAccess[] = application.requiredResourceAccess ?? []
    const removed: string[] = []
    for (const permission of permissions) {
      const api = await findApi(graph, permission.api, (sentence) => io.terminal.note(sentence))
      const access = resourceAccessFor(api, permission)
      const name = permissionName(api, api.appId, access)
      if (!lists(required, api.appId, access)) {
        throw new RefusedError(`${application.displayName} does not list the ${kind} permission ${name}.`)
      }
      required = withoutAccess(required, api.appId, [access])
      removed.push(name)
    }
    await graph.patch(`/applications/${application.id}`, { requiredResourceAccess: required })
    const lines = removed.map((name) => `Removed ${name} (${kind}).`)
    reportChange(application, { status: 'removed', lines, facts: { removed } }, options.json, io.terminal)
  },
})

export const grantConsent = command({
  summary: 'consent, for the whole tenant, to all that an application lists',
  description:
    'What “Grant admin consent” does in the portal. It needs an administrator: a Global or Privileged Role Administrator, for most delegated permissions also an Application Administrator. What was consented to before stays. An application of another tenant, named by its appId, gets its service principal here; what it needs is then read in its home tenant, or said where one cannot look there: in a real cloud.',
  arguments: [applicationArgument],
  options: {
    permission: texts('API/SCOPE', 'of an application of another tenant: consent to this; may be repeated'),
    applicationPermission: texts('API/ROLE', 'the same for a permission of the application itself; may be repeated'),
    ...directoryOptions,
  },
  examples: [
    'doorstep app grant-admin-consent my-app',
    'doorstep app grant-admin-consent my-app --cloud public',
    'doorstep app grant-admin-consent 0a123b56-c987-4321-abcd-1a2b3c4d5e6f --tenant fabrikam.example',
    'doorstep app grant-admin-consent 0a123b56-c987-4321-abcd-1a2b3c4d5e6f --permission "Microsoft Graph/User.Read" --cloud public',
  ],
  async run(options, io, [wanted = '']) {
    const graph = await openGraph(options, io)
    const application = await consentableApplication(graph, wanted, options, io)
    const { granted, impossible } = await grantAdminConsent(graph, application)
    for (const name of impossible) io.terminal.note(`${name} is not in this tenant: nothing was granted for it.`)
    const lines = granted.map((name) => `Granted ${name}.`)
    const facts = { granted, ...(impossible.length > 0 && { impossible }) }
    reportChange(application, { status: 'granted', lines, facts }, options.json, io.terminal)
  },
})

type ConsentOptions = DirectoryChoice & {
  readonly permission: readonly string[]
  readonly applicationPermission: readonly string[]
}

/** An application of this tenant, by its own list; or one of another. */
async function consentableApplication(
  graph: GraphClient,
  wanted: string,
  options: ConsentOptions,
  io: CommandIO,
): Promise<Consentable> {
  const permissions = parsePermissions(options.permission, options.applicationPermission)
  const own = isGuid(wanted) ? await applicationById(graph, wanted) : await findApplication(graph, wanted)
  if (own && permissions.length > 0) {
    throw new UsageError(
      `${own.displayName} is an application of this tenant, and consent is to all that it lists: list more with app add-permission.`,
    )
  }
  if (own) return own
  const foreign = {
    id: wanted,
    permissions,
    registration: (appId: string) => registrationElsewhere(options, io, appId),
  }
  return foreignApplication(graph, foreign, (sentence) => io.terminal.note(sentence))
}
