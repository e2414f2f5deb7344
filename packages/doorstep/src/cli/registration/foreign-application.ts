import { RefusedError } from '../failure.ts'
import type { Application, RequiredAccess } from './application.ts'
import { addApi, apisOf, type Note, withPermissions } from './find-api.ts'
import { type GraphClient, GraphRefusal, unlessMissing } from './graph-client.ts'
import type { WantedPermission } from './permission.ts'
import { createServicePrincipal } from './service-principal.ts'

/** An application as consent needs it. */
export type Consentable = Pick<Application, 'appId' | 'displayName' | 'requiredResourceAccess'>

/** What is known of an application that is at home in another tenant. */
export interface ForeignApplication {
  /** Its appId, or the object id of its service principal here. */
  readonly id: string
  /** What to consent to, as a person says it; empty: all that its registration lists. */
  readonly permissions: readonly WantedPermission[]
  /** Its registration by appId, where the caller may look into its home tenant. */
  registration(appId: string): Promise<Application | undefined>
}

interface Present {
  readonly appId: string
  readonly displayName: string
}

/**
 * An application of another tenant, made ready for consent in this one: it gets its service principal here, and so do
 * the APIs that it lists. Graph shows a registration to its home tenant alone; elsewhere a person has to say what is
 * consented to.
 *
 * @throws {RefusedError} when there is no such application, or nothing says what it needs
 */
export async function foreignApplication(
  graph: GraphClient,
  { id, permissions, registration }: ForeignApplication,
  note: Note,
): Promise<Consentable> {
  const present =
    (await unlessMissing(graph.get<Present>(`/servicePrincipals(appId='${id}')`))) ??
    (await unlessMissing(graph.get<Present>(`/servicePrincipals/${id}`)))
  const appId = present?.appId ?? id
  const home = permissions.length === 0 ? await registration(appId) : undefined
  if (permissions.length === 0 && !home) throw unknownNeeds(graph, appId, present)
  const { displayName } = present ?? (await addPrincipal(graph, appId, note))
  const required = home
    ? await withApis(graph, home.requiredResourceAccess ?? [], note)
    : await withPermissions(graph, [], permissions, note)
  return { appId, displayName, requiredResourceAccess: required }
}

function unknownNeeds(graph: GraphClient, appId: string, present: Present | undefined): RefusedError {
  const command = graph.commandLine([
    ...['app', 'grant-admin-consent', appId],
    ...['--permission', 'Microsoft Graph/User.Read'],
  ])
  const where = present
    ? `${present.displayName} (appId ${appId}) is at home in another tenant`
    : `No application of this tenant has the appId or object id ${appId}; it may be at home in another one`
  return new RefusedError(
    `${where}, and only there one can read what it needs. Say what to consent to: ${command}\nOr an administrator of this tenant opens https://login.microsoftonline.com/${graph.tenantId}/adminconsent?client_id=${appId}`,
  )
}

async function addPrincipal(graph: GraphClient, appId: string, note: Note): Promise<Present> {
  const made = await createServicePrincipal(graph, appId).catch((error: unknown) => {
    if (!(error instanceof GraphRefusal) || ![400, 403].includes(error.status)) throw error
    throw new RefusedError(
      `The application ${appId} cannot be added to this tenant: ${error.message}\nOnly an application whose signInAudience takes other tenants can be.`,
      { cause: error },
    )
  })
  const added = await graph.get<Present>(`/servicePrincipals/${made.id}`)
  note(`${added.displayName} (${appId}) was not in this tenant; its service principal was added.`)
  return added
}

/** The APIs get their service principals as far as they can have one here; consent names those that have none. */
async function withApis(
  graph: GraphClient,
  required: readonly RequiredAccess[],
  note: Note,
): Promise<readonly RequiredAccess[]> {
  const present = await apisOf(graph, required)
  for (const { resourceAppId } of required.filter((entry) => !present.has(entry.resourceAppId))) {
    try {
      const { displayName } = await addApi(graph, resourceAppId)
      note(`${displayName} (${resourceAppId}) was not in this tenant; its service principal was added.`)
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
    }
  }
  return required
}
