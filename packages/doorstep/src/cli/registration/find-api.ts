import { initialFirstPartyApplications } from '../../directory/first-party.ts'
import { answersTo } from '../../seed/permission-name.ts'
import { nearest, suggestion } from '../../seed/problem.ts'
import { RefusedError } from '../failure.ts'
import { alignColumns } from '../terminal.ts'
import type { Application, RequiredAccess } from './application.ts'
import { applicationsCalled } from './find-application.ts'
import {
  filterOption,
  type GraphClient,
  GraphRefusal,
  odataText,
  onceReplicated,
  unlessMissing,
} from './graph-client.ts'
import { isGuid } from './guid.ts'
import { type Api, resourceAccessFor, type WantedPermission, withAccess } from './permission.ts'

const apiProperties = '$select=id,appId,displayName,oauth2PermissionScopes,appRoles'

/** Says what was done beside the thing that was asked for. */
export type Note = (sentence: string) => void

/**
 * An API by its appId, identifier URI, or the display name that it has in the tenant. One of Microsoft's, or one of this
 * tenant, that has no service principal here gets it, which is said through `note`: permissions cannot be granted
 * without.
 *
 * @throws {RefusedError} when there is none, or several have the name
 */
export async function findApi(graph: GraphClient, name: string, note: Note): Promise<Api> {
  const present = await presentApi(graph, name)
  if (present) return present
  const appId = isGuid(name) ? name : (await absentApi(graph, name))?.appId
  if (appId === undefined) throw await noSuchApi(graph, name)
  const added = await addApi(graph, appId)
  note(`${added.displayName} (${appId}) was not in this tenant; its service principal was added.`)
  return added
}

/** An API that has its service principal in the tenant. @throws {RefusedError} when several have the name */
export async function presentApi(graph: GraphClient, name: string): Promise<Api | undefined> {
  if (isGuid(name)) return apiById(graph, name)
  const found = await apisNamed(graph, name)
  const [only, ...others] = found
  if (others.length === 0) return only
  const lines = alignColumns(found.map(({ appId, displayName }) => ['', appId, displayName]))
  throw new RefusedError([`${found.length} APIs are called ${name}; name one by its appId:`, ...lines].join('\n'))
}

/** The refusal of an API that is not there, with the name that was probably meant. */
export async function noSuchApi(graph: GraphClient, name: string): Promise<RefusedError> {
  return new RefusedError(`There is no API '${name}' in this tenant.${await nearNames(graph, name)}`)
}

async function apisNamed(graph: GraphClient, name: string): Promise<readonly Api[]> {
  const list = (filter: string) => graph.list<Api>(`/servicePrincipals?${filterOption(filter)}&${apiProperties}`)
  if (name.includes(':')) {
    const [one = '', other = ''] = name.endsWith('/') ? [name, name.slice(0, -1)] : [name, `${name}/`]
    const exactly = await list(`servicePrincipalNames/any(n:n eq ${odataText(one)})`)
    return exactly.length > 0 ? exactly : list(`servicePrincipalNames/any(n:n eq ${odataText(other)})`)
  }
  const called = await list(`displayName eq ${odataText(name)}`)
  const apis = called.filter(
    ({ oauth2PermissionScopes, appRoles }) => oauth2PermissionScopes.length + appRoles.length > 0,
  )
  if (called.length > 0) return apis.length > 0 ? apis : called
  // The real tenants of Cognite's customers call it as they like; the identifier URI is the same everywhere. Their
  // guides say the cluster alone.
  const cluster = /^(?:CDF )?([\w-]+)$/i.exec(name)?.[1]
  return cluster === undefined ? [] : apisNamed(graph, `https://${cluster}.cognitedata.com`)
}

async function apiById(graph: GraphClient, id: string): Promise<Api | undefined> {
  return (
    (await unlessMissing(graph.get<Api>(`/servicePrincipals(appId='${id}')?${apiProperties}`))) ??
    (await unlessMissing(graph.get<Api>(`/servicePrincipals/${id}?${apiProperties}`)))
  )
}

/** An API that people may mean though it has no service principal here: one of Microsoft's, or of this tenant. */
export async function absentApi(graph: GraphClient, name: string): Promise<AbsentApi | undefined> {
  const known = microsoftsApis().find((api) => answersTo(api, name))
  if (known) return { ...known, oauth2PermissionScopes: known.api.oauth2PermissionScopes }
  const isUri = name.includes(':')
  const filter = `identifierUris/any(u:u eq ${odataText(name)})`
  const own = isUri
    ? await graph.list<Application>(`/applications?${filterOption(filter)}`)
    : await applicationsCalled(graph, name)
  const [only] = own
  if (!only || own.length > 1) return undefined
  const { appId, displayName, api, appRoles = [] } = only
  return { appId, displayName, appRoles, oauth2PermissionScopes: api?.oauth2PermissionScopes ?? [] }
}

/** What an API offers, where it has no service principal to be known by. */
export type AbsentApi = Pick<Api, 'appId' | 'displayName' | 'oauth2PermissionScopes' | 'appRoles'>

/** Ids that are derived belong to the local cloud alone, and are in every tenant of it. */
function microsoftsApis() {
  return initialFirstPartyApplications((text) => text).filter(({ appId }) => isGuid(appId))
}

/** Gives an API its service principal in the tenant. @throws {RefusedError} when nobody can use that id here */
export async function addApi(graph: GraphClient, appId: string): Promise<Api> {
  const made = await graph.post<Api>('/servicePrincipals', { appId }).catch((error: unknown) => {
    if (!(error instanceof GraphRefusal) || error.status !== 400) throw error
    throw new RefusedError(
      `There is no API ${appId}: neither in this tenant, nor one of another that may be added here.`,
      {
        cause: error,
      },
    )
  })
  return onceReplicated(graph, () => graph.get<Api>(`/servicePrincipals/${made.id}?${apiProperties}`))
}

/** The end of a message about an API that is not there. */
async function nearNames(graph: GraphClient, name: string): Promise<string> {
  const beginning = async (start: string) => {
    const filter = filterOption(`startswith(displayName,${odataText(start)})`)
    const path = `/servicePrincipals?${filter}&$top=100&$select=displayName`
    const { items } = await graph.page<{ displayName: string }>(path)
    return items.map(({ displayName }) => displayName)
  }
  const clusters = await beginning('CDF ')
  const cluster = nearest(`CDF ${name.replace(/^CDF /i, '')}`, clusters)
  if (cluster !== undefined) return ` Did you mean '${cluster}'?`
  const names = [...(await beginning(name.slice(0, 2))), ...microsoftsApis().map(({ displayName }) => displayName)]
  return suggestion(name, [...new Set(names)].sort())
}

/** The APIs of which an application lists permissions, by their appIds; those that are not in the tenant are missing. */
export async function apisOf(
  graph: GraphClient,
  required: readonly RequiredAccess[],
): Promise<ReadonlyMap<string, Api>> {
  const apis = new Map<string, Api>()
  for (const { resourceAppId } of required) {
    const found = await unlessMissing(graph.get<Api>(`/servicePrincipals(appId='${resourceAppId}')?${apiProperties}`))
    if (found) apis.set(resourceAppId, found)
  }
  return apis
}

/** `requiredResourceAccess` with permissions added that were named by a person. @throws {RefusedError} */
export async function withPermissions(
  graph: GraphClient,
  required: readonly RequiredAccess[],
  wanted: readonly WantedPermission[],
  note: Note,
): Promise<readonly RequiredAccess[]> {
  let result = required
  for (const permission of wanted) {
    const api = await findApi(graph, permission.api, note)
    result = withAccess(result, api.appId, [resourceAccessFor(api, permission)])
  }
  return result
}
