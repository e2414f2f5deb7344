import { directoryRoles, findDirectoryRole } from '../directory/directory-role.ts'
import { builtInRoles, roleDefinitionById, roleDefinitionByName } from '../rbac/role-definition.ts'
import { apisFor, type NamedPrincipal, type PrincipalKind, type SeedNames, type TenantNames } from './names.ts'
import { permissionProblem } from './permission-name.ts'
import { itemsOf, type Place, textIn } from './place.ts'
import { type SeedProblem, suggestion } from './problem.ts'

const every: readonly PrincipalKind[] = ['user', 'group', 'application']

/** What is wrong with the names by which parts of a seed file refer to one another. */
export function referenceProblems(seed: Place, names: SeedNames): readonly SeedProblem[] {
  return [
    ...names.tenants.flatMap((tenant) => [
      ...itemsOf(tenant.place, 'users').flatMap((user) => listed(user, 'directoryRoles', directoryRoleProblem)),
      ...itemsOf(tenant.place, 'groups').flatMap((group) => [
        ...listed(group, 'members', (name) => principalProblem(name, every, tenant.principals)),
        ...listed(group, 'owners', (name) => principalProblem(name, ['user', 'application'], tenant.principals)),
      ]),
      ...listed(tenant.place, 'guests', (name) => guestProblem(name, tenant, seed, names)),
      ...applicationReferences(tenant, names),
      ...itemsOf(tenant.place, 'subscriptions').flatMap((subscription) => roleAssignments(subscription, tenant)),
    ]),
    ...cdfProblems(seed, names),
    ...itemsOf(seed, 'energy').flatMap((instance) =>
      text(instance, 'application', (name) => principalProblem(name, ['application'], everyPrincipal(names))),
    ),
  ]
}

type Judge = (text: string) => string | undefined

/** The problems that `judge` finds with the texts of the list `name`. */
function listed(place: Place, name: string, judge: Judge): readonly SeedProblem[] {
  return itemsOf(place, name).flatMap(({ path, value }) => {
    const message = typeof value === 'string' ? judge(value) : undefined
    return message === undefined ? [] : [{ path, message }]
  })
}

function text(place: Place, name: string, judge: Judge): readonly SeedProblem[] {
  const value = textIn(place, name)
  const message = value === undefined ? undefined : judge(value)
  return message === undefined ? [] : [{ path: `${place.path}.${name}`, message }]
}

function directoryRoleProblem(name: string): string | undefined {
  if (findDirectoryRole(name)) return undefined
  return `There is no directory role '${name}'.${suggestion(
    name,
    directoryRoles.map((role) => role.displayName),
  )}`
}

/** What is wrong with `name` as the name of one of `kinds`; names of a seed file mean one thing each. */
function principalProblem(
  name: string,
  kinds: readonly PrincipalKind[],
  principals: readonly NamedPrincipal[],
): string | undefined {
  const wanted = name.toLowerCase()
  const fitting = principals.filter(({ kind }) => kinds.includes(kind))
  const meant = fitting.filter(({ calledBy }) => calledBy.includes(wanted))
  if (meant.length > 1) {
    const places = [...new Set(meant.map(({ kind }) => kind))].join(' and as ')
    return `'${name}' is declared more than once, as ${places}. Name an application by its appId, or rename one.`
  }
  if (meant.length === 1) return undefined
  return `There is no ${kinds.join(' or ')} '${name}' here.${suggestion(
    name,
    fitting.map((principal) => principal.name),
  )}`
}

function guestProblem(name: string, tenant: TenantNames, seed: Place, { tenants }: SeedNames): string | undefined {
  const others = tenants.filter((other) => other !== tenant).flatMap(({ place }) => itemsOf(place, 'users'))
  const elsewhere = [...others, ...itemsOf(seed, 'personalAccounts')].flatMap(
    (user) => textIn(user, 'userPrincipalName') ?? [],
  )
  if (elsewhere.some((user) => user.toLowerCase() === name.toLowerCase())) return undefined
  return `A guest is a user of another tenant, or a personal account, of this file; there is none called '${name}'.${suggestion(name, elsewhere)}`
}

function applicationReferences(tenant: TenantNames, names: SeedNames): readonly SeedProblem[] {
  const apis = apisFor(tenant, names)
  return itemsOf(tenant.place, 'applications').flatMap((application) => [
    ...listed(application, 'permissions', (name) => permissionProblem(name, 'delegated', apis)),
    ...listed(application, 'applicationPermissions', (name) => permissionProblem(name, 'application', apis)),
    ...listed(application, 'owners', (name) => principalProblem(name, ['user', 'application'], tenant.principals)),
  ])
}

function roleAssignments(subscription: Place, tenant: TenantNames): readonly SeedProblem[] {
  const resourceGroups = itemsOf(subscription, 'resourceGroups').flatMap((group) => textIn(group, 'name') ?? [])
  return itemsOf(subscription, 'roleAssignments').flatMap((assignment) => [
    ...text(assignment, 'principal', (name) => principalProblem(name, every, tenant.principals)),
    ...text(assignment, 'role', roleProblem),
    ...text(assignment, 'scope', (scope) =>
      scopeProblem(scope, textIn(subscription, 'subscriptionId'), resourceGroups),
    ),
  ])
}

function roleProblem(name: string): string | undefined {
  if (roleDefinitionByName(name) ?? roleDefinitionById(name)) return undefined
  return `There is no built-in role '${name}'.${suggestion(
    name,
    builtInRoles.map(({ roleName }) => roleName),
  )}`
}

function scopeProblem(
  scope: string,
  subscriptionId: string | undefined,
  resourceGroups: readonly string[],
): string | undefined {
  const inner = withinSubscription(scope, subscriptionId)
  if (inner === undefined) {
    return `Expected a scope in this subscription: /resourceGroups/rg-001, or ${subscriptionId ? `/subscriptions/${subscriptionId}/…` : '/subscriptions/… once the subscription has a subscriptionId'}.`
  }
  const resourceGroup = /^\/resourceGroups\/([^/]+)/i.exec(inner)?.[1]
  if (
    resourceGroup === undefined ||
    resourceGroups.some((name) => name.toLowerCase() === resourceGroup.toLowerCase())
  ) {
    return undefined
  }
  return `This subscription has no resource group '${resourceGroup}'.${suggestion(resourceGroup, resourceGroups)}`
}

/**
 * The part of a scope after its subscription, `''` for the subscription itself; undefined when the scope is not in
 * this subscription. A scope may leave the subscription out: `/resourceGroups/rg-001`.
 */
export function withinSubscription(scope: string, subscriptionId: string | undefined): string | undefined {
  const trimmed = scope.replace(/\/+$/, '')
  const [, id, rest = ''] = /^\/subscriptions\/([^/]*)(\/.*)?$/i.exec(trimmed) ?? []
  const inner = id === undefined ? trimmed : id.toLowerCase() === subscriptionId?.toLowerCase() ? rest : undefined
  return inner !== undefined && /^(\/(resourceGroups|providers)\/[^/].*)?$/i.test(inner) ? inner : undefined
}

function cdfProblems(seed: Place, names: SeedNames): readonly SeedProblem[] {
  return itemsOf(seed, 'cdf').flatMap((cdf) =>
    itemsOf(cdf, 'projects').flatMap((project) =>
      itemsOf(project, 'groups').flatMap((group) =>
        text(group, 'source', (name) => principalProblem(name, ['group'], everyPrincipal(names))),
      ),
    ),
  )
}

function everyPrincipal({ tenants }: SeedNames): readonly NamedPrincipal[] {
  return tenants.flatMap(({ principals }) => principals)
}
