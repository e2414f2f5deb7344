import { command } from '../../command.ts'
import {
  type Application,
  type ExposedRole,
  type ExposedScope,
  type RedirectPlatform,
  redirectUrisOf,
} from '../../registration/application.ts'
import { apisOf } from '../../registration/find-api.ts'
import { applicationArgument, findApplication } from '../../registration/find-application.ts'
import { type GraphClient, ifVisible } from '../../registration/graph-client.ts'
import { consentFacts } from '../../registration/lint-context.ts'
import { manifestOf } from '../../registration/manifest.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { type Api, permissionName } from '../../registration/permission.ts'
import { credentialText } from '../../registration/secret.ts'
import { describeFacts } from '../../terminal.ts'

export const show = command({
  summary: 'show one application',
  description: 'With --json its manifest, and beside it owners and adminConsent.',
  arguments: [applicationArgument],
  options: directoryOptions,
  examples: ['doorstep app show my-app', 'doorstep app show 0a123b56-c987-1234-abcd-1a2b3c4d5e6f --json'],
  async run(options, io, [wanted = '']) {
    const { terminal } = io
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    const surroundings = await surroundingsOf(graph, application)
    if (options.json) {
      const { owners, adminConsent } = surroundings
      return void terminal.printJson({ ...manifestOf({ ...application }), owners, adminConsent })
    }
    for (const line of describeFacts(factsOf(application, surroundings), terminal.colours)) terminal.print(line)
  },
})

interface Owner {
  readonly id: string
  readonly displayName?: string | null
  readonly userPrincipalName?: string
}

/** What belongs to an application and is not in it; undefined where the caller may not see it. */
interface Surroundings {
  readonly apis: ReadonlyMap<string, Api>
  readonly owners: readonly Owner[] | undefined
  /** Permissions listed, by name: consented to for the whole tenant, or not. */
  readonly adminConsent: { readonly granted: readonly string[]; readonly missing: readonly string[] } | undefined
}

async function surroundingsOf(graph: GraphClient, application: Application): Promise<Surroundings> {
  const { id, requiredResourceAccess = [] } = application
  const apis = await apisOf(graph, requiredResourceAccess)
  const owners = await ifVisible(graph.list<Owner>(`/applications/${id}/owners`))
  const { unconsented: missing } = await consentFacts(graph, application)
  const listed = [...permissionsOf(application, apis, 'Scope'), ...permissionsOf(application, apis, 'Role')]
  return {
    apis,
    owners: owners?.map((owner) => ({
      id: owner.id,
      displayName: owner.displayName ?? null,
      ...(owner.userPrincipalName !== undefined && { userPrincipalName: owner.userPrincipalName }),
    })),
    adminConsent: missing && { granted: listed.filter((name) => !missing.includes(name)), missing },
  }
}

function permissionsOf(
  { requiredResourceAccess = [] }: Application,
  apis: ReadonlyMap<string, Api>,
  type: 'Scope' | 'Role',
): readonly string[] {
  return requiredResourceAccess.flatMap(({ resourceAppId, resourceAccess }) =>
    resourceAccess
      .filter((access) => access.type === type)
      .map((access) => permissionName(apis.get(resourceAppId), resourceAppId, access)),
  )
}

function factsOf(application: Application, surroundings: Surroundings): [string, string | undefined][] {
  const { apis, owners, adminConsent } = surroundings
  const uris = (platform: RedirectPlatform) => redirectUrisOf(application, platform).join(' ') || undefined
  const permissions = (type: 'Scope' | 'Role') => permissionsOf(application, apis, type).join(', ') || undefined
  const { passwordCredentials = [], keyCredentials = [], identifierUris = [], api, appRoles = [] } = application
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
    ['adminConsent', adminConsent && consentText(adminConsent)],
    ['exposedScopes', api?.oauth2PermissionScopes?.map(exposedText).join(', ') || undefined],
    ['appRoles', appRoles.map(exposedText).join(', ') || undefined],
    ['tokenVersion', String(api?.requestedAccessTokenVersion ?? 1)],
    ...rows('secrets', passwordCredentials.map(credentialText)),
    ...rows('certificates', keyCredentials.map(credentialText)),
    [
      'owners',
      owners?.map(({ userPrincipalName, displayName, id }) => userPrincipalName ?? displayName ?? id).join(', ') ||
        undefined,
    ],
    ['created', application.createdDateTime],
  ]
}

function consentText({ granted, missing }: NonNullable<Surroundings['adminConsent']>): string | undefined {
  if (granted.length + missing.length === 0) return undefined
  if (missing.length === 0) return 'granted'
  return granted.length === 0 ? 'not granted' : `not granted for ${missing.join(', ')}`
}

const exposedText = ({ value, id, isEnabled = true }: ExposedScope | ExposedRole) =>
  `${value ?? id}${isEnabled ? '' : ' (disabled)'}`

/** One line each, the name before the first. */
function rows(name: string, values: readonly string[]): [string, string][] {
  return values.map((value, index) => [index === 0 ? name : '', value])
}
