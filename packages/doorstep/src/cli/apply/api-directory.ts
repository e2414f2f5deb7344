import { answersTo, type PermissionKind, permissionProblem, splitPermission } from '../../seed/permission-name.ts'
import { messageOf, RefusedError } from '../failure.ts'
import type { RequiredAccess, ResourceAccess } from '../registration/application.ts'
import { absentApi, apisOf, noSuchApi, presentApi } from '../registration/find-api.ts'
import type { GraphClient } from '../registration/graph-client.ts'
import type { Api } from '../registration/permission.ts'
import type { Report } from './match-application.ts'

/** An application of the file as an API: as it is to be. */
export interface FileApi extends Api {
  /** Client ids and identifier URIs by which the file may call it. */
  readonly calledBy: readonly string[]
}

/** The APIs of a tenant, and of a file that is to be applied to it. Asking for one changes nothing. */
export interface ApiDirectory {
  /** The entry of `requiredResourceAccess` for a permission by its name; undefined when it was reported. */
  access(text: string, kind: PermissionKind, path: string): Promise<RequiredAccess | undefined>
  /** Makes the names of listed permissions known. */
  learn(required: readonly RequiredAccess[]): Promise<void>
  /** All APIs that were asked for so far, by appId. */
  readonly known: ReadonlyMap<string, Api>
  /** Those of them that have no service principal in the tenant. */
  readonly absent: ReadonlySet<string>
}

export function apiDirectory(graph: GraphClient, ofFile: readonly FileApi[], report: Report): ApiDirectory {
  const known = new Map<string, Api>(ofFile.map((api) => [api.appId, api]))
  const absent = new Set<string>()
  const byName = new Map<string, Promise<Api>>()
  const find = async (name: string): Promise<Api> => {
    const own = ofFile.find(({ displayName, appId, calledBy }) =>
      answersTo({ displayName, appId, identifierUris: calledBy }, name),
    )
    const present = own ?? (await presentApi(graph, name))
    const missing = present ? undefined : await absentApi(graph, name)
    const api = present ?? (missing && { ...missing, id: `<service principal of ${missing.displayName}>` })
    if (!api) throw await noSuchApi(graph, name)
    if (missing) absent.add(api.appId)
    if (!known.has(api.appId)) known.set(api.appId, api)
    return api
  }
  return {
    known,
    absent,
    async access(text, kind, path) {
      const permission = splitPermission(text)
      if (!permission) return void report(path, permissionProblem(text, kind, []) ?? '')
      const { api: name, value } = permission
      const asked = byName.get(name) ?? find(name)
      byName.set(name, asked)
      const api = await asked.catch((error: unknown) => {
        if (!(error instanceof RefusedError)) throw error
        report(path, messageOf(error))
      })
      if (!api) return undefined
      const problem = permissionProblem(`${api.appId}/${value}`, kind, [namedApi(api)])
      if (problem !== undefined) return void report(path, problem)
      return { resourceAppId: api.appId, resourceAccess: [accessOf(api, value, kind)] }
    },
    async learn(required) {
      const unknown = required.filter(({ resourceAppId }) => !known.has(resourceAppId))
      for (const [appId, api] of await apisOf(graph, unknown)) known.set(appId, api)
    },
  }
}

function accessOf(api: Api, value: string, kind: PermissionKind): ResourceAccess {
  const permissions = kind === 'delegated' ? api.oauth2PermissionScopes : api.appRoles
  const found = permissions.find((permission) => permission.value?.toLowerCase() === value.toLowerCase())
  return { id: found?.id ?? value, type: kind === 'delegated' ? 'Scope' : 'Role' }
}

function namedApi({ displayName, appId, oauth2PermissionScopes, appRoles }: Api) {
  return {
    displayName,
    appId,
    identifierUris: [],
    scopes: oauth2PermissionScopes.flatMap(({ value, isEnabled = true }) => (isEnabled && value ? [value] : [])),
    appRoles: appRoles.flatMap(({ value, isEnabled = true, allowedMemberTypes = [] }) =>
      isEnabled && value && allowedMemberTypes.includes('Application') ? [value] : [],
    ),
  }
}
