import { describe, expect, it } from 'vitest'
import { isAtOrBelow, showsSubscription } from './evaluate.ts'
import type { RoleAssignment, Subscription } from './role-assignment.ts'

const subscription: Subscription = {
  id: '5b0e6c1a-92d7-4c3f-8f21-6a7d8e9f0a1b',
  tenantId: '7d1f0c52-3a44-4f0e-9a6b-0b8f5f1c2d10',
  displayName: 'Development',
  state: 'Enabled',
}

const assignedAt = (resourceScope: string, tenantId = subscription.tenantId): RoleAssignment => ({
  id: '8c1f7d2b-03e8-4d40-9032-7b8e9f0a1b2c',
  tenantId,
  resourceScope,
  roleDefinitionId: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  principalId: '9d20e83c-14f9-4e51-8143-8c9f0a1b2c3d',
  principalType: 'User',
  createdOn: '2026-01-01T00:00:00Z',
})

describe('a role assignment shows a subscription', () => {
  it.each([
    ['at it', `/subscriptions/${subscription.id}`],
    ['in another case', `/SUBSCRIPTIONS/${subscription.id.toUpperCase()}`],
    ['at the root', '/'],
    ['at one of its resource groups', `/subscriptions/${subscription.id}/resourceGroups/rg-001`],
    ['at one of its resources', `/subscriptions/${subscription.id}/resourceGroups/rg-001/providers/A.B/c/d`],
  ])('given %s', (_where, scope) => {
    expect(showsSubscription(assignedAt(scope), subscription)).toBe(true)
  })

  it.each([
    ['at another subscription', '/subscriptions/6c1f7d2b-03e8-4d40-9032-7b8e9f0a1b2c'],
    ['at one whose id only begins like its own', `/subscriptions/${subscription.id}0`],
    ['in another tenant', `/subscriptions/${subscription.id}`, '0e31f94d-250a-4f62-9254-9d0a1b2c3d4e'],
  ])('but not %s', (_where, scope, tenantId?: string) => {
    expect(showsSubscription(assignedAt(scope, tenantId), subscription)).toBe(false)
  })
})

describe('scopes', () => {
  it('are compared by whole segments', () => {
    expect(isAtOrBelow('/subscriptions/1/resourceGroups/rg-001', '/subscriptions/1/resourcegroups/RG-001/')).toBe(true)
    expect(isAtOrBelow('/subscriptions/1/resourceGroups/rg-0012', '/subscriptions/1/resourceGroups/rg-001')).toBe(false)
    expect(isAtOrBelow('/subscriptions/1', '/subscriptions/1/resourceGroups/rg-001')).toBe(false)
  })
})
