import { describe, expect, it } from 'vitest'
import { builtInRoles, roleDefinitionById, roleDefinitionByName } from './role-definition.ts'

describe('built-in roles', () => {
  it('have ids and names of their own', () => {
    expect(new Set(builtInRoles.map(({ id }) => id)).size).toBe(builtInRoles.length)
    expect(new Set(builtInRoles.map(({ roleName }) => roleName.toLowerCase())).size).toBe(builtInRoles.length)
  })

  it('are found by name in any case', () => {
    expect(roleDefinitionByName('monitoring metrics publisher')?.id).toBe('3913510d-42f4-4e42-8a64-420c390055eb')
    expect(roleDefinitionByName('Metrics Publisher')).toBeUndefined()
  })

  it('are found by GUID and by a full resource id, whose last segment counts', () => {
    const id = 'ACDD72A7-3385-48EF-BD42-F606FBA81AE7'
    expect(roleDefinitionById(id)?.roleName).toBe('Reader')
    expect(
      roleDefinitionById(`/subscriptions/1/providers/Microsoft.Authorization/roleDefinitions/${id}`)?.roleName,
    ).toBe('Reader')
    expect(roleDefinitionById('1')).toBeUndefined()
  })

  it('give no access to data to Owner and Contributor', () => {
    for (const name of ['Owner', 'Contributor']) {
      expect(roleDefinitionByName(name)).toMatchObject({ actions: ['*'], dataActions: [] })
    }
  })

  it('keep a Contributor from giving access to others', () => {
    expect(roleDefinitionByName('Contributor')?.notActions).toContain('Microsoft.Authorization/*/Write')
  })
})
