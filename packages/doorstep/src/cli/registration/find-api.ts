import { initialFirstPartyApplications } from '../../directory/first-party.ts'
import { answersTo } from '../../seed/permission-name.ts'
import { suggestion } from '../../seed/problem.ts'
import { RefusedError } from '../failure.ts'
import { alignColumns } from '../terminal.ts'
import type { RequiredAccess } from './application.ts'
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
type Note = (sentence: string) => void

/**
 * An API by its appId, identifier URI, or the display name that it has in the tenant. One of Microsoft's, or one of this
 * tenant, that has no service principal here gets it, which is said through `note`: permissions cannot be granted
 * without.
 *
 * @throws {RefusedError} when there is none, or several have the name
 */
export async function findApi(graph: GraphClient, name: string, note: Note): Promise<Api> {
  if (isGuid(name)) return apiById(graph, name, note)
  const found = await apisNamed(graph, name)
  const [only, ...others] = found
  if (only && others.length > 0) {
    const lines = alignColumns(found.map(({ appId, displayName }) => ['', appId, displayName]))
    throw new RefusedError([`${found.length} APIs are called ${name}; name one by its appId:`, ...lines].join('\n'))
  }
  if (only) return only
  const appId = await absentApi(graph, name)
  if (appId !== undefined) return addApi(graph, appId, note)
  throw new RefusedError(`There is no API '${name}' in this tenant.${await nearNames(graph, name)}`)
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
  // The real tenants of Cognite's customers call it as they like; the identifier URI is the same everywhere.
  const cluster = /^CDF ([\w-]+)$/i.exec(name)?.[1]
  return cluster === undefined ? [] : apisNamed(graph, `https://${cluster}.cognitedata.com`)
}

/** @throws {RefusedError} when nobody can use that id here */
async function apiById(graph: GraphClient, id: string, note: Note): Promise<Api> {
  const found =
    (await unlessMissing(graph.get<Api>(`/servicePrincipals(appId='${id}')?${apiProperties}`))) ??
    (await unlessMissing(graph.get<Api>(`/servicePrincipals/${id}?${apiProperties}`)))
  return found ?? addApi(graph, id, note)
}

/** The appId of an API that people may mean though it has no service principal here. */
async function absentApi(graph: GraphClient, name: string): Promise<string | undefined> {
  const known = microsoftsApis().find((api) => answersTo(api, name))
  if (known) return known.appId
  const isUri = name.includes(':')
  const filter = `identifierUris/any(u:u eq ${odataText(name)})`
  const own = isUri
    ? await graph.list<{ appId: string }>(`/applications?${filterOption(filter)}`)
    : await applicationsCalled(graph, name)
  return own.length === 1 ? own[0]?.appId : undefined
}

/** Ids that are derived belong to the local cloud alone, and are in every tenant of it. */
function microsoftsApis() {
  return initialFirstPartyApplications((text) => text).filter(({ appId }) => isGuid(appId))
}

async function addApi(graph: GraphClient, appId: string, note: Note): Promise<Api> {
  const made = await graph.post<Api>('/servicePrincipals', { appId }).catch((error: unknown) => {
    if (!(error instanceof GraphRefusal) || error.status !== 400) throw error
    throw new RefusedError(
      `There is no API ${appId}: neither in this tenant, nor one of another that may be added here.`,
      {
        cause: error,
      },
    )
  })
  note(`${made.displayName} (${appId}) was not in this tenant; its service principal was added.`)
  return onceReplicated(graph, () => graph.get<Api>(`/servicePrincipals/${made.id}?${apiProperties}`))
}

/** The end of a message about an API that is not there. */
async function nearNames(graph: GraphClient, name: string): Promise<string> {
  const filter = filterOption(`startswith(displayName,${odataText(name.slice(0, 2))})`)
  const { items } = await graph.page<{ displayName: string }>(
    `/servicePrincipals?${filter}&$top=100&$select=displayName`,
  )
  const names = [...items, ...microsoftsApis()].map(({ displayName }) => displayName)
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
