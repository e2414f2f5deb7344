import { describe, expect, it } from 'vitest'
import { newApplication } from '../../directory/application.ts'
import type { PermissionGrant } from '../../directory/permission.ts'
import { newServicePrincipal } from '../../directory/service-principal.ts'
import { EntraError } from '../errors.ts'
import { parseRequestedScopes } from '../requested-scopes.ts'
import { type Delegation, delegatedScopes } from './delegated-scopes.ts'

const tenantId = 'a0000000-0000-4000-8000-000000000000'
const createdDateTime = '2030-01-01T00:00:00Z'
const uri = 'https://api.contoso.example'
const userId = 'alice'

function registered(appId: string, values: readonly string[] = []) {
  const permission = (value: string) => ({
    id: `id of ${value}`,
    value,
    type: 'User' as const,
    isEnabled: value !== 'Retired',
    adminConsentDisplayName: null,
    adminConsentDescription: null,
    userConsentDisplayName: null,
    userConsentDescription: null,
  })
  const made = newApplication(
    { displayName: appId },
    { id: `object of ${appId}`, appId, tenantId, publisherDomain: 'contoso.example', createdDateTime },
  )
  const application = { ...made, api: { ...made.api, oauth2PermissionScopes: values.map(permission) } }
  const id = `principal of ${appId}`
  return { application, servicePrincipal: newServicePrincipal(application, { id, tenantId, createdDateTime }) }
}

const client = registered('client')
const resource = { ...registered('api', ['Read', 'Write', 'Retired']), identifier: uri }

function grant(scope: string, principalId: string | null = null, resourceId = resource.servicePrincipal.id) {
  const consentType = principalId === null ? 'AllPrincipals' : 'Principal'
  return {
    id: scope,
    tenantId,
    clientId: client.servicePrincipal.id,
    consentType,
    principalId,
    resourceId,
    scope,
  } as const
}

function scopes(asked: string, permissionGrants: readonly PermissionGrant[], more: Partial<Delegation> = {}) {
  const { openId, resources } = parseRequestedScopes(asked)
  const requested = resources[0] ?? { identifier: uri, form: 'full', scopes: [] }
  try {
    const delegation = {
      client,
      resource,
      userId,
      permissionGrants,
      requested,
      openId,
      consent: 'ask',
      ...more,
    } as const
    return delegatedScopes(delegation).scopes
  } catch (error) {
    if (error instanceof EntraError) return error.code
    throw error
  }
}

describe('the scopes of a token', () => {
  it('are all that is granted, for everybody or for this user, and still enabled', () => {
    const grants = [grant('Read'), grant('Write Retired', userId)]
    expect(scopes(`${uri}/Read`, grants)).toEqual(['Read', 'Write'])
    expect(scopes(`${uri}/.default`, [grant('Read'), grant('Write', 'bob')])).toEqual(['Read'])
  })

  it.each([
    ['nothing is granted', `${uri}/.default`, [], 65001],
    ['it is granted to somebody else', `${uri}/.default`, [grant('Read', 'bob')], 65001],
    ['it is granted at another API', `${uri}/.default`, [grant('Read', null, 'elsewhere')], 65001],
    ['one that is asked for is not granted', `${uri}/Read ${uri}/Write`, [grant('Read')], 65001],
    ['one that is asked for is disabled', `${uri}/Retired`, [grant('Read Retired')], 70011],
    ['one that is asked for is unknown', `${uri}/Burn`, [grant('Read')], 70011],
  ])('are refused when %s', (_, asked, grants, code) => {
    expect(scopes(asked, grants)).toBe(code)
  })

  it('are compared without regard to case', () => {
    expect(scopes(`${uri}/rEAD`, [grant('READ')])).toEqual(['Read'])
  })

  it('count as granted with automatic consent', () => {
    expect(scopes(`${uri}/Write`, [grant('Read')], { consent: 'auto' })).toEqual(['Read', 'Write'])
    expect(scopes(`${uri}/.default`, [], { consent: 'auto' })).toEqual(['Read', 'Write'])
    expect(scopes(`${uri}/Burn`, [], { consent: 'auto' })).toBe(70011)
  })

  it('of an application that asks for itself need no exposed scope, but consent to read the user', () => {
    const itself = { resource: { ...client, identifier: 'client' } }
    expect(scopes('client/.default', [grant('User.Read', null, 'graph')], itself)).toEqual(['User.Read'])
    expect(scopes('client/.default', [], itself)).toBe(65001)
  })
})
