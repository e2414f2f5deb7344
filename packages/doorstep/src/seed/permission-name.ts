import type { Application } from '../directory/application.ts'
import { foldedIdentifier } from '../directory/service-principal.ts'
import { nearest, suggestion } from './problem.ts'

/** An API as a seed file names it: by display name, client id or identifier URI. */
export interface NamedApi {
  readonly displayName: string
  readonly appId: string | undefined
  readonly identifierUris: readonly string[]
  /** Values of the delegated permissions. */
  readonly scopes: readonly string[]
  /** Values of the application permissions. */
  readonly appRoles: readonly string[]
}

export type PermissionKind = 'delegated' | 'application'

/** `Microsoft Graph/User.Read`: an API, a slash, a permission; an identifier URI may have slashes of its own. */
export function splitPermission(text: string): { readonly api: string; readonly value: string } | undefined {
  const slash = text.lastIndexOf('/')
  const api = text.slice(0, slash).trim()
  const value = text.slice(slash + 1).trim()
  return slash < 1 || api === '' || value === '' || /^[a-z][a-z0-9+.-]*:\/?$/i.test(api) ? undefined : { api, value }
}

/** Whether `name` stands for this API. */
export function answersTo(api: Pick<NamedApi, 'displayName' | 'appId' | 'identifierUris'>, name: string): boolean {
  const folded = foldedIdentifier(name)
  return [api.displayName, api.appId ?? '', ...api.identifierUris].some((own) => foldedIdentifier(own) === folded)
}

/** An application as an API that permissions are named of. */
export function namedApi({ displayName, appId, identifierUris, api, appRoles }: Application): NamedApi {
  return {
    displayName,
    appId,
    identifierUris,
    scopes: api.oauth2PermissionScopes.map(({ value }) => value),
    appRoles: appRoles.flatMap(({ value, allowedMemberTypes }) =>
      value !== null && allowedMemberTypes.includes('Application') ? [value] : [],
    ),
  }
}

/** What is wrong with a permission of a seed file, given the APIs there are; undefined when nothing is. */
export function permissionProblem(text: string, kind: PermissionKind, apis: readonly NamedApi[]): string | undefined {
  const permission = splitPermission(text)
  if (!permission)
    return `Expected an API, a slash and a permission, such as Microsoft Graph/User.Read; found '${text}'.`
  const api = apis.find((candidate) => answersTo(candidate, permission.api))
  if (!api) {
    return `There is no API '${permission.api}'.${apiSuggestion(
      permission.api,
      apis.map(({ displayName }) => displayName),
    )}`
  }
  const [wanted, other] = kind === 'delegated' ? [api.scopes, api.appRoles] : [api.appRoles, api.scopes]
  const isIn = (values: readonly string[]) => values.some((value) => sameValue(value, permission.value))
  if (isIn(wanted)) return undefined
  if (isIn(other)) {
    return kind === 'delegated'
      ? `'${permission.value}' is an application permission of ${api.displayName}: list it under applicationPermissions.`
      : `'${permission.value}' is a delegated permission of ${api.displayName}: list it under permissions.`
  }
  return `${api.displayName} has no ${kind} permission '${permission.value}'.${suggestion(permission.value, wanted)}`
}

/** Where no name is near, those that begin with the same word: the clusters of CDF for one that is not there. */
function apiSuggestion(wanted: string, names: readonly string[]): string {
  const firstWord = (name: string) => name.toLowerCase().split(' ', 1)[0]
  const family = names.filter((name) => firstWord(name) === firstWord(wanted))
  return suggestion(wanted, nearest(wanted, names) === undefined && family.length > 0 ? family : names)
}

/** Permission values are compared without regard to case, as the token endpoint does. */
export function sameValue(one: string | null, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase()
}
