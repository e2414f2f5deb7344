import { messageOf, RefusedError } from '../failure.ts'
import type { Application, RequiredAccess } from './application.ts'
import type { GraphClient } from './graph-client.ts'
import { GraphRefusal, onceReplicated } from './graph-client.ts'
import { addSecret, type NewSecret } from './secret.ts'
import { createServicePrincipal } from './service-principal.ts'

/** Microsoft Graph and its delegated permission User.Read, by the ids that they have in every tenant. */
export const userRead: RequiredAccess = {
  resourceAppId: '00000003-0000-0000-c000-000000000000',
  resourceAccess: [{ id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' }],
}

export interface NewRegistration {
  /** The body of `POST /applications`. */
  readonly properties: Readonly<Record<string, unknown>>
  /** What can be said only when the client id is known. */
  readonly afterwards?: (application: Application) => Readonly<Record<string, unknown>> | undefined
  /** Description of a secret to add, `true` for one without. */
  readonly secret?: string | true | undefined
}

export interface Registered {
  readonly application: Application
  readonly servicePrincipalId: string
  readonly secret: NewSecret | undefined
}

/**
 * Application, service principal, secret: all of them, or none stays.
 *
 * @throws {RefusedError} naming what could not be removed again, where that happened
 */
export async function registerApplication(graph: GraphClient, wanted: NewRegistration): Promise<Registered> {
  const application = await graph.post<Application>('/applications', wanted.properties)
  const made = [`/applications/${application.id}`]
  try {
    const patch = wanted.afterwards?.(application)
    if (patch) await onceReplicated(graph, () => graph.patch(`/applications/${application.id}`, patch))
    const { id: servicePrincipalId } = await createServicePrincipal(graph, application.appId)
    made.unshift(`/servicePrincipals/${servicePrincipalId}`)
    const { secret: description } = wanted
    if (description === undefined) return { application, servicePrincipalId, secret: undefined }
    const properties = description === true ? {} : { displayName: description }
    return { application, servicePrincipalId, secret: await addSecret(graph, application, properties, 0) }
  } catch (error) {
    const left = await removeAll(graph, made)
    if (left.length === 0) throw error
    const how = graph.commandLine(['app', 'delete', application.appId])
    throw new RefusedError(
      `${messageOf(error)}\nThis could not be removed again: ${left.join(', ')}. Remove it with: ${how}`,
      { cause: error },
    )
  }
}

/** @returns the paths that are still there */
async function removeAll(graph: GraphClient, paths: readonly string[]): Promise<string[]> {
  const left: string[] = []
  for (const path of paths) {
    await graph.delete(path).catch((error) => {
      if (!(error instanceof GraphRefusal) || error.status !== 404) left.push(path)
    })
  }
  return left
}
