import { choice, command, flag, optionalText, texts } from '../../command.ts'
import { messageOf, RefusedError, UsageError } from '../../failure.ts'
import { type GrantedConsent, grantAdminConsent } from '../../registration/admin-consent.ts'
import type { Application } from '../../registration/application.ts'
import { signInAudiences, takesPersonalAccounts } from '../../registration/audience.ts'
import { withPermissions } from '../../registration/find-api.ts'
import { applicationsCalled } from '../../registration/find-application.ts'
import type { GraphClient } from '../../registration/graph-client.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { parsePermissions } from '../../registration/permission.ts'
import { type Registered, registerApplication, userRead } from '../../registration/register-application.ts'
import { describeFacts, type Terminal } from '../../terminal.ts'

interface CreateOptions {
  readonly audience: string | undefined
  readonly web: readonly string[]
  readonly publicClient: readonly string[]
  readonly spa: readonly string[]
  readonly allowPublicClientFlows: boolean
}

export const create = command({
  summary: 'register an application',
  description: [
    'Makes what the portal makes of a new registration: the application with the delegated permission User.Read, and its service principal in this tenant.',
    'Permissions are named by their API, a slash and their name; the API by the name that it has in the tenant, its appId or its identifier URI.',
    'When a step is refused, what was made before is removed again; only when consent is refused it stays, and the command to finish is printed.',
  ].join('\n'),
  arguments: [{ form: '<name>', help: 'display name' }],
  options: {
    secret: optionalText('DESCRIPTION', 'add a client secret; its value is printed this once'),
    audience: choice('AUDIENCE', signInAudiences, 'who may sign in (default: AzureADMyOrg)'),
    web: texts('URI', 'redirect URI of a web app; may be repeated'),
    publicClient: texts('URI', 'redirect URI of a mobile or desktop app; may be repeated'),
    spa: texts('URI', 'redirect URI of a single-page app; may be repeated'),
    allowPublicClientFlows: flag('allow flows without a secret: device code, user name and password'),
    permission: texts('API/SCOPE', 'delegated permission; may be repeated'),
    applicationPermission: texts('API/ROLE', 'permission of the application itself; may be repeated'),
    grantAdminConsent: flag('consent to all of them for the whole tenant'),
    ...directoryOptions,
  },
  examples: [
    'doorstep app create my-app --secret',
    'doorstep app create my-web-app --web https://localhost:3000/callback --secret ci --json',
    'doorstep app create my-cli --public-client http://localhost --allow-public-client-flows',
    'doorstep app create Jupyter --public-client http://localhost:53000 --permission "CDF westeurope-1/user_impersonation" --grant-admin-consent',
    'doorstep app create my-job --application-permission "Microsoft Graph/User.Read.All" --secret --cloud public',
  ],
  async run(options, io, [name = '']) {
    if (name.trim() === '') throw new UsageError('NAME is empty: give the application a display name.')
    const { terminal } = io
    const wanted = parsePermissions(options.permission, options.applicationPermission)
    const graph = await openGraph(options, io)
    const namesakes = await applicationsCalled(graph, name)
    const note = (sentence: string) => terminal.note(sentence)
    const requiredResourceAccess = await withPermissions(graph, [userRead], wanted, note)
    const properties = { ...propertiesOf(name, options), requiredResourceAccess }
    const registered = await registerApplication(graph, { properties, secret: options.secret })
    noteNamesakes(namesakes, name, terminal)
    const consent = options.grantAdminConsent ? await consentOrReason(graph, registered) : undefined
    report(registered, consent, graph, options.json, terminal)
    if (typeof consent !== 'string') return
    const { appId } = registered.application
    const rest = graph.commandLine(['app', 'grant-admin-consent', appId])
    throw new RefusedError(
      `${name} is registered, and its permissions are not consented to. ${consent}\nAn administrator finishes it with: ${rest}`,
    )
  },
})

function noteNamesakes([first, ...others]: readonly Application[], name: string, terminal: Terminal): void {
  if (!first) return
  const more = others.length === 0 ? '' : `, and ${others.length} more`
  terminal.note(
    `Another application is called ${name} already (appId ${first.appId}${more}): name this one by its appId.`,
  )
}

function propertiesOf(displayName: string, options: CreateOptions): Readonly<Record<string, unknown>> {
  const { audience = 'AzureADMyOrg', web, publicClient, spa, allowPublicClientFlows } = options
  return {
    displayName,
    signInAudience: audience,
    ...(web.length > 0 && { web: { redirectUris: web } }),
    ...(publicClient.length > 0 && { publicClient: { redirectUris: publicClient } }),
    ...(spa.length > 0 && { spa: { redirectUris: spa } }),
    ...(allowPublicClientFlows && { isFallbackPublicClient: true }),
    // Personal accounts get v2.0 tokens only, and Entra refuses the registration that says otherwise.
    ...(takesPersonalAccounts(audience) && { api: { requestedAccessTokenVersion: 2 } }),
  }
}

/** The consent, or why it was refused: by then the secret exists, and its owner has to see it. */
async function consentOrReason(graph: GraphClient, { application }: Registered): Promise<GrantedConsent | string> {
  return grantAdminConsent(graph, application).catch(messageOf)
}

function report(
  { application, servicePrincipalId, secret }: Registered,
  consent: GrantedConsent | string | undefined,
  graph: GraphClient,
  json: boolean,
  terminal: Terminal,
): void {
  const { appId, displayName, id: objectId } = application
  const password = secret?.secretText
  const created = {
    appId,
    displayName,
    ...(password && { password }),
    tenant: graph.tenantId,
    objectId,
    servicePrincipalId,
  }
  const granted = typeof consent === 'object' ? consent.granted : undefined
  if (json) {
    terminal.printJson({ ...created, ...(consent !== undefined && { granted: granted ?? [] }) })
    return
  }
  const facts = [...Object.entries(created), ['granted', granted?.join(', ')] as const]
  for (const line of describeFacts(facts, terminal.colours)) terminal.print(line)
  if (password !== undefined) terminal.note('The password is shown this once. Keep it where no one else reads.')
}
