import { messageOf, RefusedError } from '../failure.ts'
import type { Application, RequiredAccess } from './application.ts'
import { apisOf } from './find-api.ts'
import { type GraphClient, onceReplicated } from './graph-client.ts'
import { type Api, permissionName } from './permission.ts'
import { servicePrincipalOf } from './service-principal.ts'

/** Delegated permissions that were consented to for everybody, or for one user. Ids are of service principals. */
export interface RecordedGrant {
  readonly id: string
  readonly consentType: string
  readonly resourceId: string
  readonly scope: string
}

/** An application permission that was given. */
export interface RecordedAssignment {
  readonly appRoleId: string
  readonly resourceId: string
}

/** One change that consent needs. `names` are the permissions that it grants, as people know them. */
export type ConsentStep =
  | { readonly kind: 'grant'; readonly resourceId: string; readonly scope: string; readonly names: readonly string[] }
  | { readonly kind: 'extend'; readonly grantId: string; readonly scope: string; readonly names: readonly string[] }
  | {
      readonly kind: 'assign'
      readonly resourceId: string
      readonly appRoleId: string
      readonly names: readonly string[]
    }

export interface ConsentPlan {
  readonly steps: readonly ConsentStep[]
  /** What is listed and cannot be consented to: the API is not in the tenant, or has no such permission. */
  readonly impossible: readonly string[]
}

/**
 * What an administrator's consent for the whole tenant has to change: a grant per API for delegated permissions, an
 * assignment for each application permission. What was consented to before stays.
 */
export function planConsent(
  required: readonly RequiredAccess[],
  apis: ReadonlyMap<string, Api>,
  grants: readonly RecordedGrant[],
  assignments: readonly RecordedAssignment[],
): ConsentPlan {
  const steps: ConsentStep[] = []
  const impossible: string[] = []
  for (const { resourceAppId, resourceAccess } of required) {
    const api = apis.get(resourceAppId)
    const isKnown = ({ id, type }: { id: string; type: string }) =>
      (type === 'Scope' ? api?.oauth2PermissionScopes : api?.appRoles)?.some((permission) => permission.id === id)
    for (const access of resourceAccess.filter((entry) => !isKnown(entry)))
      impossible.push(permissionName(api, resourceAppId, access))
    if (!api) continue
    const scopes = api.oauth2PermissionScopes.filter(({ id }) =>
      resourceAccess.some((access) => access.type === 'Scope' && access.id === id),
    )
    steps.push(
      ...scopeSteps(
        api,
        scopes.flatMap(({ value }) => value ?? []),
        grants,
      ),
    )
    const roles = api.appRoles.filter(({ id }) =>
      resourceAccess.some((access) => access.type === 'Role' && access.id === id),
    )
    for (const { id, value } of roles) {
      if (assignments.some(({ appRoleId, resourceId }) => appRoleId === id && resourceId === api.id)) continue
      steps.push({ kind: 'assign', resourceId: api.id, appRoleId: id, names: [`${api.displayName}/${value ?? id}`] })
    }
  }
  return { steps, impossible }
}

function scopeSteps(api: Api, wanted: readonly string[], grants: readonly RecordedGrant[]): readonly ConsentStep[] {
  const before = grants.find(({ consentType, resourceId }) => consentType === 'AllPrincipals' && resourceId === api.id)
  const had = before?.scope.split(' ').filter((value) => value !== '') ?? []
  const missing = wanted.filter((value) => !had.includes(value))
  if (missing.length === 0) return []
  const names = missing.map((value) => `${api.displayName}/${value}`)
  const scope = [...had, ...missing].join(' ')
  return before
    ? [{ kind: 'extend', grantId: before.id, scope, names }]
    : [{ kind: 'grant', resourceId: api.id, scope, names }]
}

/** What consent did. */
export interface GrantedConsent {
  readonly granted: readonly string[]
  readonly impossible: readonly string[]
}

/**
 * Consents to all that an application lists, for the whole tenant. Repeating it does nothing more.
 *
 * @throws {RefusedError} at the first refusal: the message says what was granted before
 */
export async function grantAdminConsent(
  graph: GraphClient,
  application: Pick<Application, 'appId' | 'requiredResourceAccess'>,
): Promise<GrantedConsent> {
  const { requiredResourceAccess: required = [] } = application
  const client = await servicePrincipalOf(graph, application)
  const plan = planConsent(
    required,
    await apisOf(graph, required),
    await onceReplicated(graph, () =>
      graph.list<RecordedGrant>(`/servicePrincipals/${client.id}/oauth2PermissionGrants`),
    ),
    await graph.list<RecordedAssignment>(`/servicePrincipals/${client.id}/appRoleAssignments`),
  )
  const granted: string[] = []
  for (const step of plan.steps) {
    try {
      await onceReplicated(graph, () => consent(graph, client.id, step))
    } catch (error) {
      const before = granted.length === 0 ? 'Nothing was granted.' : `Granted before that: ${granted.join(', ')}.`
      throw new RefusedError(`Consent to ${step.names.join(', ')} was refused: ${messageOf(error)}\n${before}`, {
        cause: error,
      })
    }
    granted.push(...step.names)
  }
  return { granted, impossible: plan.impossible }
}

async function consent(graph: GraphClient, clientId: string, step: ConsentStep): Promise<void> {
  if (step.kind === 'extend') return graph.patch(`/oauth2PermissionGrants/${step.grantId}`, { scope: step.scope })
  if (step.kind === 'assign') {
    const { resourceId, appRoleId } = step
    await graph.post(`/servicePrincipals/${clientId}/appRoleAssignments`, {
      principalId: clientId,
      resourceId,
      appRoleId,
    })
    return
  }
  const { resourceId, scope } = step
  await graph.post('/oauth2PermissionGrants', { clientId, consentType: 'AllPrincipals', resourceId, scope })
}
