import { isDeepStrictEqual } from 'node:util'
import type { AzureChange } from '../rbac/changes.ts'
import type { ResourceGroup, Subscription } from '../rbac/role-assignment.ts'
import { roleDefinitionById, roleDefinitionByName } from '../rbac/role-definition.ts'
import type { SeedSubscription } from './form.ts'
import { conflict, type IdentifiedTenant } from './identities.ts'
import type { Planning } from './plan-parts.ts'
import { principalNamed } from './principals.ts'
import { withinSubscription } from './references.ts'

/** Subscriptions of a tenant with their resource groups and role assignments. */
export async function planSubscriptions(
  tenant: IdentifiedTenant,
  path: string,
  planning: Planning,
): Promise<readonly AzureChange[]> {
  const kept = tenant.made ? [] : await planning.reads.subscriptions.byTenant(tenant.tenant.id)
  const changes: AzureChange[] = []
  for (const [index, form] of (tenant.form.subscriptions ?? []).entries()) {
    const before = await keptSubscription(form, kept, `${path}.subscriptions[${index}]`, planning)
    const subscription: Subscription = before ?? {
      id: form.subscriptionId ?? planning.parts.newId(),
      tenantId: tenant.tenant.id,
      displayName: form.displayName,
      state: form.state ?? 'Enabled',
    }
    if (!before) changes.push({ change: 'createSubscription', subscription })
    changes.push(...(await resourceGroupChanges(form, subscription, before, planning)))
    changes.push(...(await roleAssignmentChanges(form, subscription, tenant, planning)))
  }
  return changes
}

async function keptSubscription(
  { subscriptionId, displayName }: SeedSubscription,
  ofTenant: readonly Subscription[],
  path: string,
  { reads }: Planning,
): Promise<Subscription | undefined> {
  if (subscriptionId === undefined) return ofTenant.find((subscription) => subscription.displayName === displayName)
  const found = ofTenant.find(({ id }) => id === subscriptionId)
  if (!found && (await reads.subscriptions.byId(subscriptionId))) {
    throw conflict(`${path}.subscriptionId`, 'A subscription of another tenant has this id.')
  }
  return found
}

async function resourceGroupChanges(
  { resourceGroups }: SeedSubscription,
  { id }: Subscription,
  before: Subscription | undefined,
  { reads }: Planning,
): Promise<readonly AzureChange[]> {
  if (!resourceGroups || resourceGroups.length === 0) return []
  const kept = before ? await reads.subscriptions.resourceGroups(id) : []
  return resourceGroups.flatMap(({ name, location, tags }) => {
    const existing = kept.find((group) => group.name.toLowerCase() === name.toLowerCase())
    const resourceGroup: ResourceGroup = {
      subscriptionId: id,
      name: existing?.name ?? name,
      location,
      tags: tags ?? existing?.tags ?? {},
    }
    if (existing && isDeepStrictEqual({ ...existing }, resourceGroup)) return []
    return [{ change: 'putResourceGroup' as const, resourceGroup }]
  })
}

async function roleAssignmentChanges(
  { roleAssignments }: SeedSubscription,
  subscription: Subscription,
  tenant: IdentifiedTenant,
  { reads, parts, now }: Planning,
): Promise<readonly AzureChange[]> {
  const changes: AzureChange[] = []
  const seen = new Set<string>()
  for (const { name, principal: principalName, role, scope } of roleAssignments ?? []) {
    const principal = principalNamed(tenant, principalName, ['user', 'group', 'application'])
    const definition = roleDefinitionByName(role) ?? roleDefinitionById(role)
    if (!definition) throw new Error(`The seed file names the role '${role}', which does not exist.`)
    const resourceScope = canonicalScope(scope ?? '', subscription.id)
    const key = `${principal.id} ${definition.id} ${resourceScope.toLowerCase()}`
    const held = principal.isNew ? [] : await reads.roleAssignments.byPrincipal(principal.id)
    const exists = held.some(
      (assignment) =>
        assignment.roleDefinitionId === definition.id &&
        assignment.resourceScope.toLowerCase() === resourceScope.toLowerCase(),
    )
    if (exists || seen.has(key)) continue
    seen.add(key)
    const assignment = {
      id: name ?? parts.newId(),
      tenantId: tenant.tenant.id,
      resourceScope,
      roleDefinitionId: definition.id,
      principalId: principal.id,
      principalType: principal.type,
      createdOn: now,
    }
    changes.push({ change: 'createRoleAssignment', assignment })
  }
  return changes
}

/** A seed file's scope in full, spelled as Azure Resource Manager spells it. */
function canonicalScope(scope: string, subscriptionId: string): string {
  const inner = withinSubscription(scope, subscriptionId) ?? ''
  return `/subscriptions/${subscriptionId}${inner.replace(/^\/resourceGroups\//i, '/resourceGroups/')}`
}
