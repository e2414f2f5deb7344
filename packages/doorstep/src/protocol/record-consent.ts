import type { DirectoryChange } from '../directory/changes.ts'
import type { AppRoleAssignment, PermissionGrant } from '../directory/permission.ts'
import { appRoleAssignmentId, permissionGrantId } from '../directory/permission-id.ts'
import type { ConsentPermission, PermissionHolder } from './listed-permissions.ts'
import { scopeValues } from './requested-scopes.ts'

/** Consent that was given, and what it is added to. */
export interface GivenConsent {
  readonly tenantId: string
  /** Object id of the client's service principal. */
  readonly servicePrincipalId: string
  /** Object id of the user it is for; null when an administrator consented for everybody. */
  readonly principalId: string | null
  readonly permissions: readonly ConsentPermission[]
  /** All recorded consent of the client. */
  readonly permissionGrants: readonly PermissionGrant[]
  /** App roles the client holds. */
  readonly appRoleAssignments: readonly AppRoleAssignment[]
  /** ISO 8601. */
  readonly now: string
  /** Makes a GUID, for an app role assignment. */
  readonly newId: () => string
}

/**
 * The changes that record consent: one grant per API and principal, whose scopes grow and never shrink; application
 * permissions become app role assignments, and only for everybody. What an API is to hold for its own calls is
 * recorded as the API's. Nothing is written twice.
 */
export function consentChanges(given: GivenConsent): readonly DirectoryChange[] {
  const holders = new Map(given.permissions.map(({ holder }) => [holder?.servicePrincipalId, holder]))
  return [
    ...[...holders.values()].flatMap((holder) => grantChanges(holder, given)),
    ...(given.principalId === null ? roleChanges(given) : []),
  ]
}

/** The grants of one holder, an API or the client itself. */
function grantChanges(holder: PermissionHolder | undefined, given: GivenConsent): readonly DirectoryChange[] {
  const delegated = given.permissions.filter(
    (permission) =>
      permission.kind === 'delegated' && permission.holder?.servicePrincipalId === holder?.servicePrincipalId,
  )
  const resourceIds = [...new Set(delegated.map(({ resourceId }) => resourceId))]
  return resourceIds.flatMap((resourceId) =>
    grantChange(
      resourceId,
      delegated.filter((permission) => permission.resourceId === resourceId).map(({ value }) => value),
      holder ? { ...given, ...holder } : given,
    ),
  )
}

function grantChange(resourceId: string, values: readonly string[], given: GivenConsent): readonly DirectoryChange[] {
  const { tenantId, servicePrincipalId: clientId, principalId } = given
  const ofResource = given.permissionGrants.filter((grant) => grant.resourceId === resourceId)
  const before = ofResource.find((grant) => grant.principalId === principalId)
  const forEverybody = ofResource.filter(({ consentType }) => consentType === 'AllPrincipals')
  const held = [before, ...forEverybody].flatMap((grant) => (grant ? scopeValues(grant.scope.toLowerCase()) : []))
  const added = [...new Set(values)].filter((value) => !held.includes(value.toLowerCase()))
  if (added.length === 0) return []
  const scope = [...(before ? scopeValues(before.scope) : []), ...added].join(' ')
  if (before) return [{ change: 'updatePermissionGrant', grant: { ...before, scope }, before }]
  const grant: PermissionGrant = {
    id: permissionGrantId(clientId, resourceId, principalId),
    tenantId,
    clientId,
    consentType: principalId === null ? 'AllPrincipals' : 'Principal',
    principalId,
    resourceId,
    scope,
  }
  return [{ change: 'createPermissionGrant', grant }]
}

function roleChanges(given: GivenConsent): readonly DirectoryChange[] {
  const { servicePrincipalId: principalId, appRoleAssignments, tenantId, now: createdDateTime } = given
  return given.permissions
    .filter(({ kind }) => kind === 'application')
    .filter(({ id, resourceId }) =>
      appRoleAssignments.every((held) => held.appRoleId !== id || held.resourceId !== resourceId),
    )
    .map(({ id: appRoleId, resourceId }) => {
      const id = appRoleAssignmentId(principalId, given.newId())
      const principal = { principalId, principalType: 'ServicePrincipal' as const }
      const assignment = { id, tenantId, appRoleId, ...principal, resourceId, createdDateTime }
      return { change: 'createAppRoleAssignment', assignment }
    })
}
