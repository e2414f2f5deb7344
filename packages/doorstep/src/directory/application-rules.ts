import type { Application } from './application.ts'
import { audienceLimitProblem, signsInPersonalAccounts } from './audience-limits.ts'
import { identifierUriProblem } from './identifier-uri.ts'
import type { PropertyProblem } from './property-problem.ts'
import type { Tenant } from './tenant.ts'

/** What a registration is judged in, besides itself. */
export interface RegistrationContext {
  /** The home tenant, to judge identifier URIs by its domains. */
  readonly tenant?: Tenant
  /** The registration as it was; undefined for a new one. */
  readonly before?: Application
}

/** What is wrong with a registration as a whole, as it would be kept; undefined when nothing is. */
export function applicationProblem(
  application: Application,
  context: RegistrationContext = {},
): PropertyProblem | undefined {
  return (
    redirectUrisProblem(application) ??
    tokenVersionProblem(application) ??
    audienceLimitProblem(application) ??
    requiredAccessProblem(application) ??
    permissionIdsProblem(application) ??
    permissionValuesProblem(application) ??
    preAuthorizationProblem(application) ??
    uniqueNameProblem(application, context.before) ??
    enabledPermissionProblem(application, context.before) ??
    identifierUrisProblem(application, context)
  )
}

function invalid(path: string, message: string): PropertyProblem {
  return { path, kind: 'invalid', message }
}

/** One URI has one type, since the type decides how a code is redeemed. */
function redirectUrisProblem(application: Application): PropertyProblem | undefined {
  const seen = new Map<string, string>()
  for (const platform of ['web', 'spa', 'publicClient'] as const) {
    for (const uri of application[platform].redirectUris) {
      const other = seen.get(uri)
      if (other) {
        return invalid(
          `${platform}.redirectUris`,
          `'${uri}' is in ${other}.redirectUris already; keep it in one of them.`,
        )
      }
      seen.set(uri, platform)
    }
  }
  return undefined
}

function tokenVersionProblem(application: Application): PropertyProblem | undefined {
  if (!signsInPersonalAccounts(application) || application.api.requestedAccessTokenVersion === 2) return undefined
  const message = `It must be 2 when signInAudience is '${application.signInAudience}', which includes personal accounts.`
  return invalid('api.requestedAccessTokenVersion', message)
}

/** Each API stands once in the list, each of its permissions once in its entry. */
function requiredAccessProblem({ requiredResourceAccess }: Application): PropertyProblem | undefined {
  const api = firstRepeated(requiredResourceAccess.map(({ resourceAppId }) => resourceAppId))
  if (api !== undefined) {
    return invalid('requiredResourceAccess', `The API '${api}' is listed twice; put its permissions into one entry.`)
  }
  for (const { resourceAccess } of requiredResourceAccess) {
    const permission = firstRepeated(resourceAccess.map(({ id, type }) => `${type} ${id}`))
    if (permission !== undefined) return invalid('requiredResourceAccess', `'${permission}' is listed twice.`)
  }
  return undefined
}

/** Scopes and roles share one set of ids: `requiredResourceAccess` and consent name them by id alone. */
function permissionIdsProblem({ api, appRoles }: Application): PropertyProblem | undefined {
  const repeated = firstRepeated([...api.oauth2PermissionScopes, ...appRoles].map(({ id }) => id))
  if (repeated === undefined) return undefined
  const path = appRoles.some(({ id }) => id === repeated) ? 'appRoles' : 'api.oauth2PermissionScopes'
  return invalid(path, `The id '${repeated}' is used twice; ids are unique over all scopes and app roles.`)
}

function permissionValuesProblem({ api, appRoles }: Application): PropertyProblem | undefined {
  const scope = firstRepeated(api.oauth2PermissionScopes.map(({ value }) => value))
  if (scope !== undefined) return invalid('api.oauth2PermissionScopes', `The value '${scope}' is used twice.`)
  const role = firstRepeated(appRoles.flatMap(({ value }) => (value === null ? [] : [value])))
  return role === undefined ? undefined : invalid('appRoles', `The value '${role}' is used twice.`)
}

function preAuthorizationProblem({ api }: Application): PropertyProblem | undefined {
  const twice = firstRepeated(api.preAuthorizedApplications.map(({ appId }) => appId))
  if (twice !== undefined) {
    return invalid('api.preAuthorizedApplications', `The application '${twice}' is listed twice.`)
  }
  const scopes = new Set(api.oauth2PermissionScopes.map(({ id }) => id))
  const ids = api.preAuthorizedApplications.flatMap(({ delegatedPermissionIds }) => delegatedPermissionIds)
  const unknown = ids.find((id) => !scopes.has(id))
  if (unknown === undefined) return undefined
  return invalid(
    'api.preAuthorizedApplications',
    `'${unknown}' is not the id of a scope in api.oauth2PermissionScopes.`,
  )
}

function uniqueNameProblem({ uniqueName }: Application, before: Application | undefined): PropertyProblem | undefined {
  if (!before || before.uniqueName === null || before.uniqueName === uniqueName) return undefined
  return invalid('uniqueName', `It is '${before.uniqueName}' and cannot be changed once it is set.`)
}

/** A permission in use does not vanish in one step: it is disabled first, so that what breaks is seen and undone. */
function enabledPermissionProblem(after: Application, before: Application | undefined): PropertyProblem | undefined {
  if (!before) return undefined
  const lists = [
    ['api.oauth2PermissionScopes', before.api.oauth2PermissionScopes, after.api.oauth2PermissionScopes],
    ['appRoles', before.appRoles, after.appRoles],
  ] as const
  for (const [path, had, has] of lists) {
    const kept = new Map(has.map(({ id, value }) => [id, value]))
    const lost = had.find(({ id, value, isEnabled }) => isEnabled && kept.get(id) !== value)
    if (!lost) continue
    const message = `Set isEnabled of '${lost.value ?? lost.id}' to false in a request of its own, then remove or change it.`
    return { path, kind: 'enabledPermission', message }
  }
  return undefined
}

/** Only new identifier URIs are judged: those that are there were allowed when they came. */
function identifierUrisProblem(
  application: Application,
  { tenant, before }: RegistrationContext,
): PropertyProblem | undefined {
  if (!tenant) return undefined
  for (const uri of application.identifierUris) {
    if (before?.identifierUris.includes(uri)) continue
    const problem = identifierUriProblem(uri, application.appId, tenant)
    if (problem) return problem
  }
  return undefined
}

function firstRepeated(values: readonly string[]): string | undefined {
  return values.find((value, position) => values.indexOf(value) !== position)
}
