import type { RecordedAssignment, RecordedGrant } from './admin-consent.ts'
import type { Application } from './application.ts'
import { apisOf } from './find-api.ts'
import { type GraphClient, ifVisible, unlessMissing } from './graph-client.ts'
import type { LintContext } from './lint.ts'
import { type Api, permissionName } from './permission.ts'
import type { ServicePrincipal } from './service-principal.ts'

/** Asks the directory for what rules look at beside the registration. What the caller may not see stays undefined. */
export async function lintContext(graph: GraphClient, application: Application): Promise<LintContext> {
  const domains = await ifVisible(graph.list<{ id: string; isVerified?: boolean }>('/domains'))
  const owners = await ifVisible(graph.list<unknown>(`/applications/${application.id}/owners`))
  return {
    now: await graph.now(),
    tenantId: graph.tenantId,
    domains: domains?.filter(({ isVerified = true }) => isVerified).map(({ id }) => id),
    owners: owners?.length,
    ...(await consentFacts(graph, application)),
    command: (words) =>
      graph.commandLine(['app', ...words.map((word) => (word === 'NAME' ? application.appId : word))]),
  }
}

/** Scopes of signing in itself, which nobody lists and everybody consents to. */
const signInScopes = ['openid', 'profile', 'email', 'offline_access']

/** Which permissions listed nobody has consented to for everybody, and which consents are not listed; nothing where the caller may not see. */
export async function consentFacts(
  graph: GraphClient,
  application: Application,
): Promise<Pick<LintContext, 'unconsented' | 'unlisted'>> {
  const { requiredResourceAccess: required = [] } = application
  const found = await unlessMissing(graph.get<ServicePrincipal>(`/servicePrincipals(appId='${application.appId}')`))
  const path = `/servicePrincipals/${found?.id}`
  const grants = found ? await ifVisible(graph.list<RecordedGrant>(`${path}/oauth2PermissionGrants`)) : []
  const assignments = found ? await ifVisible(graph.list<RecordedAssignment>(`${path}/appRoleAssignments`)) : []
  if (grants === undefined || assignments === undefined) return {}
  const apis = await apisOf(graph, required)
  const held = new Set([...apis.values()].flatMap((api) => heldNames(api, grants, assignments)))
  const listed = required.flatMap(({ resourceAppId, resourceAccess }) =>
    resourceAccess.map((access) => permissionName(apis.get(resourceAppId), resourceAppId, access)),
  )
  const isOfSignIn = (name: string) => signInScopes.includes(name.slice(name.lastIndexOf('/') + 1))
  return {
    unconsented: listed.filter((name) => !held.has(name)),
    unlisted: [...held].filter((name) => !listed.includes(name) && !isOfSignIn(name)),
  }
}

function heldNames(
  api: Api,
  grants: readonly RecordedGrant[],
  assignments: readonly RecordedAssignment[],
): readonly string[] {
  const scopes = grants
    .filter(({ consentType, resourceId }) => consentType === 'AllPrincipals' && resourceId === api.id)
    .flatMap(({ scope }) => scope.split(' ').filter((value) => value !== ''))
  const roles = assignments
    .filter(({ resourceId }) => resourceId === api.id)
    .flatMap(({ appRoleId }) => api.appRoles.find(({ id }) => id === appRoleId)?.value ?? [])
  return [...scopes, ...roles].map((value) => `${api.displayName}/${value}`)
}
