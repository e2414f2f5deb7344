import { choice, command, dataOption, flag, jsonOption, optionalText, texts } from '../../command.ts'
import { messageOf, RefusedError, UsageError } from '../../failure.ts'
import type { GraphClient } from '../../local-graph.ts'
import { describeFacts } from '../../terminal.ts'
import { type Application, cloudOption, graphOf, tenantOption } from './application.ts'

interface CreateOptions {
  readonly secret: string | true | undefined
  readonly audience: string | undefined
  readonly web: readonly string[]
  readonly publicClient: readonly string[]
  readonly spa: readonly string[]
  readonly allowPublicClientFlows: boolean
}

export const create = command({
  summary: 'register an application',
  description:
    'Makes what the portal makes of a new registration: the application with the delegated permission User.Read, and its service principal in this tenant.',
  arguments: [{ form: '<name>', help: 'display name' }],
  options: {
    secret: optionalText('DESCRIPTION', 'add a client secret; its value is printed this once'),
    audience: choice(
      'AUDIENCE',
      ['AzureADMyOrg', 'AzureADMultipleOrgs', 'AzureADandPersonalMicrosoftAccount', 'PersonalMicrosoftAccount'],
      'who may sign in (default: AzureADMyOrg)',
    ),
    web: texts('URI', 'redirect URI of a web app; may be repeated'),
    publicClient: texts('URI', 'redirect URI of a mobile or desktop app; may be repeated'),
    spa: texts('URI', 'redirect URI of a single-page app; may be repeated'),
    allowPublicClientFlows: flag('allow flows without a secret: device code, user name and password'),
    cloud: cloudOption,
    tenant: tenantOption,
    data: dataOption,
    json: jsonOption,
  },
  examples: [
    'doorstep app create my-app --secret',
    'doorstep app create my-web-app --web https://localhost:3000/callback --secret ci --json',
    'doorstep app create my-cli --public-client http://localhost --allow-public-client-flows',
  ],
  async run(options, io, [name = '']) {
    if (name.trim() === '') throw new UsageError('NAME is empty: give the application a display name.')
    const graph = await graphOf(options, io)
    const created = await createRegistration(graph, name, options)
    const { terminal } = io
    if (options.json) return void terminal.printJson(created)
    for (const line of describeFacts(factsOf(created), terminal.colours)) terminal.print(line)
    if (created.password !== undefined)
      terminal.note('The password is shown this once. Keep it where no one else reads.')
  },
})

interface Registration {
  readonly appId: string
  readonly displayName: string
  readonly password?: string
  readonly tenant: string
  readonly objectId: string
  readonly servicePrincipalId: string
}

function factsOf(created: Registration): [string, string | undefined][] {
  return [
    ['appId', created.appId],
    ['displayName', created.displayName],
    ['password', created.password],
    ['tenant', created.tenant],
    ['objectId', created.objectId],
    ['servicePrincipalId', created.servicePrincipalId],
  ]
}

/** Application, service principal, secret: all of them, or none stays. */
async function createRegistration(graph: GraphClient, name: string, options: CreateOptions): Promise<Registration> {
  const application = await graph.post<Application>('/applications', applicationBody(name, options))
  const made = [`/applications/${application.id}`]
  try {
    const { appId, id: objectId, displayName } = application
    const { id: servicePrincipalId } = await graph.post<{ id: string }>('/servicePrincipals', { appId })
    made.unshift(`/servicePrincipals/${servicePrincipalId}`)
    const password = options.secret === undefined ? undefined : await addSecret(graph, objectId, options.secret)
    return { appId, displayName, ...(password && { password }), tenant: graph.tenantId, objectId, servicePrincipalId }
  } catch (error) {
    const left = await removeAll(graph, made)
    if (left.length === 0) throw error
    throw new RefusedError(`${messageOf(error)}\nThis could not be removed again: ${left.join(', ')}.`, {
      cause: error,
    })
  }
}

/** Microsoft Graph and its delegated permission User.Read, by the ids that they have in every tenant. */
const userRead = {
  resourceAppId: '00000003-0000-0000-c000-000000000000',
  resourceAccess: [{ id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' }],
}

function applicationBody(displayName: string, options: CreateOptions): Readonly<Record<string, unknown>> {
  const { audience, web, publicClient, spa, allowPublicClientFlows } = options
  return {
    displayName,
    signInAudience: audience ?? 'AzureADMyOrg',
    requiredResourceAccess: [userRead],
    ...(web.length > 0 && { web: { redirectUris: web } }),
    ...(publicClient.length > 0 && { publicClient: { redirectUris: publicClient } }),
    ...(spa.length > 0 && { spa: { redirectUris: spa } }),
    ...(allowPublicClientFlows && { isFallbackPublicClient: true }),
  }
}

async function addSecret(graph: GraphClient, objectId: string, description: string | true): Promise<string> {
  const passwordCredential = description === true ? {} : { displayName: description }
  const path = `/applications/${objectId}/addPassword`
  return (await graph.post<{ secretText: string }>(path, { passwordCredential })).secretText
}

/** @returns the paths that are still there */
async function removeAll(graph: GraphClient, paths: readonly string[]): Promise<string[]> {
  const left: string[] = []
  for (const path of paths) {
    await graph.delete(path).catch((error) => {
      if ((error as { status?: number }).status !== 404) left.push(path)
    })
  }
  return left
}
