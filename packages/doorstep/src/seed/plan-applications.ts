import { isDeepStrictEqual } from 'node:util'
import { type Application, newApplication, type RequiredResourceAccess } from '../directory/application.ts'
import { changedApplication } from '../directory/application-properties.ts'
import { applicationProblem } from '../directory/application-rules.ts'
import type { DirectoryChange } from '../directory/changes.ts'
import { firstPartyAppIds } from '../directory/first-party-ids.ts'
import { graphPermissionScopes } from '../directory/graph-permissions.ts'
import { newServicePrincipal } from '../directory/service-principal.ts'
import { defaultDomain } from '../directory/tenant.ts'
import { registrationOf, type SeedApplication } from './form.ts'
import { conflict, type IdentifiedApplication, type IdentifiedTenant } from './identities.ts'
import { answersTo, type PermissionKind, sameValue, splitPermission } from './permission-name.ts'
import type { Planning } from './plan-parts.ts'
import { ownersNamed } from './plan-people.ts'

/** A registration as it will be, beside where it comes from. */
export interface PlannedApplication extends IdentifiedApplication {
  readonly tenant: IdentifiedTenant
  readonly application: Application
}

const signInAndReadProfile: RequiredResourceAccess = {
  resourceAppId: firstPartyAppIds.microsoftGraph,
  resourceAccess: graphPermissionScopes
    .filter(({ value }) => value === 'User.Read')
    .map(({ id }) => ({ id, type: 'Scope' as const })),
}

type Access = RequiredResourceAccess['resourceAccess'][number] & { readonly resourceAppId: string }

/**
 * The registrations of all tenants as they will be. Permissions are resolved last, since an application may ask for
 * permissions of any other one in the file.
 */
export function planRegistrations(
  tenants: readonly IdentifiedTenant[],
  firstParty: readonly Application[],
  planning: Planning,
): readonly PlannedApplication[] {
  const registered = tenants.flatMap((tenant) =>
    tenant.applications.map((identified) => ({
      ...identified,
      tenant,
      application: registration(identified, tenant, planning),
    })),
  )
  return registered.map((planned) => {
    const requiredResourceAccess = requiredAccess(planned, apisFor(planned.tenant, registered, firstParty))
    return { ...planned, application: { ...planned.application, requiredResourceAccess } }
  })
}

function registration(
  { form, kept, id, appId }: IdentifiedApplication,
  tenant: IdentifiedTenant,
  { now }: Planning,
): Application {
  const identity = {
    id,
    appId,
    tenantId: tenant.tenant.id,
    publisherDomain: defaultDomain(tenant.tenant),
    createdDateTime: now,
  }
  const before = kept ?? newApplication({ displayName: form.displayName }, identity)
  const owners = ownersNamed(tenant, form.owners, before.owners)
  const after = { ...changedApplication(before, registrationOf(form)), owners }
  const problem = applicationProblem(after, { tenant: tenant.tenant })
  if (problem) throw conflict(`${form.displayName}: ${problem.path}`, problem.message)
  return after
}

/** APIs as applications of `tenant` see them: their own tenant's first, then Microsoft's, then those of others. */
function apisFor(
  tenant: IdentifiedTenant,
  registered: readonly PlannedApplication[],
  firstParty: readonly Application[],
): readonly Application[] {
  const own = registered.filter((planned) => planned.tenant === tenant)
  const others = registered.filter(
    (planned) => planned.tenant !== tenant && planned.application.signInAudience !== 'AzureADMyOrg',
  )
  return [...own.map(({ application }) => application), ...firstParty, ...others.map(({ application }) => application)]
}

/**
 * The permissions an application lists: what the seed file says, else what it had; a new one that says nothing gets
 * what the portal gives it, the delegated `User.Read`.
 */
function requiredAccess(
  { form, kept, application }: PlannedApplication,
  apis: readonly Application[],
): readonly RequiredResourceAccess[] {
  const named = [
    ...(form.permissions ?? []).map((name) => accessNamed(name, 'delegated', apis)),
    ...(form.applicationPermissions ?? []).map((name) => accessNamed(name, 'application', apis)),
  ]
  const says = form.permissions ?? form.applicationPermissions ?? form.requiredResourceAccess
  if (says !== undefined) return grouped([...listedAccess(form), ...named])
  if (kept) return application.requiredResourceAccess
  return [signInAndReadProfile]
}

function listedAccess({ requiredResourceAccess }: SeedApplication): readonly Access[] {
  return (requiredResourceAccess ?? []).flatMap(({ resourceAppId, resourceAccess }) =>
    resourceAccess.map((access) => ({ ...access, resourceAppId })),
  )
}

function accessNamed(name: string, kind: PermissionKind, apis: readonly Application[]): Access {
  const permission = splitPermission(name)
  const api = permission && apis.find((candidate) => answersTo(candidate, permission.api))
  const values = kind === 'delegated' ? api?.api.oauth2PermissionScopes : api?.appRoles
  const found = permission && values?.find(({ value }) => sameValue(value, permission.value))
  if (!api || !found) throw new Error(`The seed file names the ${kind} permission '${name}', which does not exist.`)
  return { resourceAppId: api.appId, id: found.id, type: kind === 'delegated' ? 'Scope' : 'Role' }
}

/** One entry per API, in the order in which they are first named, nothing twice. */
function grouped(accesses: readonly Access[]): readonly RequiredResourceAccess[] {
  return [...new Set(accesses.map(({ resourceAppId }) => resourceAppId))].map((resourceAppId) => {
    const ofApi = accesses.filter((access) => access.resourceAppId === resourceAppId)
    const once = new Map(ofApi.map(({ id, type }) => [`${type} ${id}`, { id, type }]))
    return { resourceAppId, resourceAccess: [...once.values()] }
  })
}

/** What is written for the registrations: each with its service principal in its own tenant. */
export function applicationChanges(
  planned: readonly PlannedApplication[],
  { now }: Planning,
): readonly DirectoryChange[] {
  return planned.flatMap(({ application, kept, servicePrincipal }) => {
    const written = applicationChange(application, kept)
    if (servicePrincipal.kept) return written
    const identity = { id: servicePrincipal.id, tenantId: application.tenantId, createdDateTime: now }
    return [
      ...written,
      {
        change: 'createServicePrincipal' as const,
        servicePrincipal: newServicePrincipal(application, identity),
      },
    ]
  })
}

function applicationChange(application: Application, kept: Application | undefined): readonly DirectoryChange[] {
  if (!kept) return [{ change: 'createApplication', application }]
  return isDeepStrictEqual({ ...kept }, { ...application }) ? [] : [{ change: 'updateApplication', application }]
}
