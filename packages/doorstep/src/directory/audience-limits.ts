import type { Application } from './application.ts'
import type { PropertyProblem } from './property-problem.ts'

/** Whether an application is for personal Microsoft accounts too, for which narrower limits hold. */
export function signsInPersonalAccounts({ signInAudience }: Pick<Application, 'signInAudience'>): boolean {
  return signInAudience.includes('PersonalMicrosoftAccount')
}

/** Client secrets that an application for personal accounts can have. */
export const mostSecretsWithPersonalAccounts = 2

const general = { redirectUris: 256, apis: 50, permissions: 400, permissionsOfOneApi: 400, definitions: 700 }
const personal = {
  ...general,
  redirectUris: 100,
  permissions: 200,
  permissionsOfOneApi: 30,
  displayName: 90,
  identifierUris: 50,
  identifierUri: 120,
  scopes: 100,
  scopeValue: 40,
  clients: 100,
  scopesOfOneClient: 30,
  scopesOfAllClients: 500,
}

/**
 * What a registration has too much or too long of for the accounts that it is for ("Validation differences by
 * supported account types"); undefined when nothing.
 */
export function audienceLimitProblem(application: Application): PropertyProblem | undefined {
  const limits = signsInPersonalAccounts(application)
    ? [...personalLimits(application), ...sharedLimits(application)]
    : sharedLimits(application)
  const broken = limits.find(({ is, most }) => is > most)
  if (broken) {
    const message = `An application for '${application.signInAudience}' has at most ${broken.most} ${broken.what}; here are ${broken.is}.`
    return { path: broken.path, kind: 'invalid', message }
  }
  return signsInPersonalAccounts(application) ? personalFormProblem(application) : undefined
}

interface Limit {
  readonly path: string
  readonly is: number
  readonly most: number
  /** What is counted. */
  readonly what: string
}

const longestOf = (texts: readonly string[]) => Math.max(0, ...texts.map(({ length }) => length))
const total = (lists: readonly (readonly unknown[])[]) => lists.reduce((sum, { length }) => sum + length, 0)

function sharedLimits(application: Application): readonly Limit[] {
  const most = signsInPersonalAccounts(application) ? personal : general
  const { web, spa, publicClient, requiredResourceAccess, appRoles, api } = application
  const wanted = requiredResourceAccess.map(({ resourceAccess }) => resourceAccess)
  const path = 'requiredResourceAccess'
  return [
    {
      path: 'redirectUris',
      is: total([web.redirectUris, spa.redirectUris, publicClient.redirectUris]),
      most: most.redirectUris,
      what: 'redirect URIs',
    },
    { path, is: wanted.length, most: most.apis, what: 'APIs' },
    {
      path,
      is: Math.max(0, ...wanted.map(({ length }) => length)),
      most: most.permissionsOfOneApi,
      what: 'permissions of one API',
    },
    { path, is: total(wanted), most: most.permissions, what: 'permissions' },
    {
      path: 'appRoles',
      is: total([appRoles, api.oauth2PermissionScopes]),
      most: most.definitions,
      what: 'scopes and app roles',
    },
  ]
}

function personalLimits({ displayName, identifierUris, api }: Application): readonly Limit[] {
  const scopes = api.oauth2PermissionScopes
  const granted = api.preAuthorizedApplications.map(({ delegatedPermissionIds }) => delegatedPermissionIds)
  const scopesPath = 'api.oauth2PermissionScopes'
  const clientsPath = 'api.preAuthorizedApplications'
  return [
    { path: 'displayName', is: displayName.length, most: personal.displayName, what: 'characters in its name' },
    { path: 'identifierUris', is: identifierUris.length, most: personal.identifierUris, what: 'identifier URIs' },
    {
      path: 'identifierUris',
      is: longestOf(identifierUris),
      most: personal.identifierUri,
      what: 'characters in an identifier URI',
    },
    { path: scopesPath, is: scopes.length, most: personal.scopes, what: 'scopes' },
    {
      path: scopesPath,
      is: longestOf(scopes.map(({ value }) => value)),
      most: personal.scopeValue,
      what: 'characters in the value of a scope',
    },
    { path: clientsPath, is: granted.length, most: personal.clients, what: 'pre-authorized applications' },
    {
      path: clientsPath,
      is: Math.max(0, ...granted.map(({ length }) => length)),
      most: personal.scopesOfOneClient,
      what: 'scopes of one pre-authorized application',
    },
    { path: clientsPath, is: total(granted), most: personal.scopesOfAllClients, what: 'pre-authorized scopes' },
  ]
}

function personalFormProblem({
  signInAudience,
  identifierUris,
  web,
  spa,
  publicClient,
}: Application): PropertyProblem | undefined {
  const only = `An application for '${signInAudience}' has`
  const identifier = identifierUris.find((uri) => /[?#*]/.test(uri) || /^urn:/i.test(uri))
  if (identifier !== undefined) {
    const message = `${only} no identifier URI with scheme urn, wildcard, fragment or query, such as '${identifier}'.`
    return { path: 'identifierUris', kind: 'invalid', message }
  }
  for (const [platform, { redirectUris }] of Object.entries({ web, spa, publicClient })) {
    const uri = redirectUris.find((each) => /[?*]/.test(each))
    if (uri === undefined) continue
    const message = `${only} no redirect URI with query or wildcard, such as '${uri}'.`
    return { path: `${platform}.redirectUris`, kind: 'invalid', message }
  }
  if (web.logoutUrl === null || /^https:/i.test(web.logoutUrl)) return undefined
  return { path: 'web.logoutUrl', kind: 'invalid', message: `${only} a logout address that begins with https://.` }
}
