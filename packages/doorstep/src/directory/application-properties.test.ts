import { describe, expect, it } from 'vitest'
import { type Application, newApplication } from './application.ts'
import {
  changedApplication,
  parseApplicationProperties,
  parseApplicationPropertiesPatch,
} from './application-properties.ts'
import { applicationProblem } from './application-rules.ts'
import type { Tenant } from './tenant.ts'

const appId = '0a123b56-c987-1234-abcd-1a2b3c4d5e6f'
const scopeId = '1b123b56-c987-1234-abcd-1a2b3c4d5e6f'
const roleId = '2c123b56-c987-1234-abcd-1a2b3c4d5e6f'
const tenant: Tenant = {
  id: '3d123b56-c987-1234-abcd-1a2b3c4d5e6f',
  displayName: 'Contoso',
  verifiedDomains: [{ name: 'contoso.example', isDefault: true, isInitial: true }],
  createdDateTime: '2030-01-01T00:00:00.000Z',
  countryLetterCode: null,
  usersCanRegisterApplications: true,
  usersCanConsent: true,
}

function problemOf(body: object) {
  const parsed = parseApplicationProperties({ displayName: 'demo', ...body })
  return 'problem' in parsed ? parsed.problem : undefined
}

function application(properties: object = {}): Application {
  const parsed = parseApplicationProperties({ displayName: 'demo', ...properties })
  if ('problem' in parsed) throw new Error(parsed.problem.message)
  const identity = { id: roleId, appId, tenantId: tenant.id, publisherDomain: 'contoso.example' }
  return newApplication(parsed.properties, { ...identity, createdDateTime: tenant.createdDateTime })
}

describe('properties of a new registration', () => {
  it('are taken as they are, objects completed with Graph’s defaults', () => {
    const body = { displayName: 'demo', web: { redirectUris: ['https://app.contoso.example/cb'] }, tags: ['a'] }
    expect(parseApplicationProperties(body)).toEqual({
      properties: {
        displayName: 'demo',
        tags: ['a'],
        web: {
          redirectUris: ['https://app.contoso.example/cb'],
          homePageUrl: null,
          logoutUrl: null,
          implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
        },
      },
    })
  })

  it('need a name', () => {
    expect(parseApplicationProperties({})).toMatchObject({ problem: { path: 'displayName', kind: 'missing' } })
    expect(parseApplicationProperties([])).toMatchObject({ problem: { path: '', kind: 'invalid' } })
  })

  it.each([
    [{ displayName: '' }, 'displayName', 'invalid'],
    [{ displayName: 'x'.repeat(257) }, 'displayName', 'invalid'],
    [{ signInAudience: 'Everybody' }, 'signInAudience', 'invalid'],
    [{ redirectUris: [] }, 'redirectUris', 'unknown'],
    [{ web: { redirectUri: [] } }, 'web.redirectUri', 'unknown'],
    [{ appId }, 'appId', 'readOnly'],
    [{ passwordCredentials: [{}] }, 'passwordCredentials', 'invalid'],
    [{ addIns: [{}] }, 'addIns', 'invalid'],
    [{ groupMembershipClaims: 'Groups' }, 'groupMembershipClaims', 'invalid'],
    [{ api: { requestedAccessTokenVersion: 3 } }, 'api.requestedAccessTokenVersion', 'invalid'],
    [{ api: { oauth2PermissionScopes: [{ id: 'x', value: 'a' }] } }, 'api.oauth2PermissionScopes[0].id', 'invalid'],
    [
      { api: { oauth2PermissionScopes: [{ id: scopeId, value: 'a b' }] } },
      'api.oauth2PermissionScopes[0].value',
      'invalid',
    ],
    [
      { requiredResourceAccess: [{ resourceAppId: 'x', resourceAccess: [] }] },
      'requiredResourceAccess[0].resourceAppId',
      'invalid',
    ],
    [{ keyCredentials: [{ type: 'AsymmetricX509Cert' }] }, 'keyCredentials[0].keyId', 'invalid'],
  ])('are refused: %o', (body, path, kind) => {
    expect(problemOf(body)).toMatchObject({ path, kind })
  })

  it('may hold empty values of what only the real platform keeps', () => {
    expect(problemOf({ addIns: [], tokenEncryptionKeyId: null, passwordCredentials: [], keyCredentials: [] })).toBe(
      undefined,
    )
  })
})

describe('redirect URIs', () => {
  it.each([
    ['web', 'https://app.contoso.example/cb?x=1'],
    ['web', 'http://localhost:53000'],
    ['web', 'http://127.0.0.1/cb'],
    ['spa', 'http://localhost:3000/'],
    ['publicClient', 'http://localhost:53000'],
    ['publicClient', 'urn:ietf:wg:oauth:2.0:oob'],
    ['publicClient', `msal${appId}://auth`],
    ['publicClient', 'https://login.microsoftonline.com/common/oauth2/nativeclient'],
  ])('of %s may be %s', (platform, uri) => {
    expect(problemOf({ [platform]: { redirectUris: [uri] } })).toBe(undefined)
  })

  it.each([
    ['web', 'http://app.contoso.example/cb', /use https/],
    ['web', 'http://localhost.evil.example/cb', /use https/],
    ['web', 'http://[::1]/cb', /use https/],
    ['web', 'https://app.contoso.example/#x', /fragment/],
    ['web', '/cb', /absolute URI/],
    ['web', 'urn:ietf:wg:oauth:2.0:oob', /publicClient/],
    ['spa', 'myapp://auth', /publicClient/],
    ['publicClient', 'javascript:alert(1)', /character '\('/],
    ['publicClient', 'javascript:alert', /never allowed/],
    ['publicClient', `https://a.example/${'x'.repeat(256)}`, /256 characters/],
    ['web', 'https://a.example/a b', /percent-encode/],
  ])('of %s may not be %s', (platform, uri, message) => {
    expect(problemOf({ [platform]: { redirectUris: [uri] } })?.message).toMatch(message)
  })

  it('belong to one platform each', () => {
    const redirectUris = ['http://localhost:53000']
    expect(problemOf({ web: { redirectUris }, publicClient: { redirectUris } })?.message).toMatch(
      /'http:\/\/localhost:53000' is in web.redirectUris already/,
    )
  })

  it('come back with their mirror, of which the list itself counts', () => {
    const redirectUriSettings = [{ uri: 'https://old.example/', index: null }]
    const kept = application({ web: { redirectUris: ['https://new.example/'], redirectUriSettings } })
    expect(kept.web.redirectUris).toEqual(['https://new.example/'])
    expect(application({ web: { redirectUriSettings } }).web.redirectUris).toEqual(['https://old.example/'])
  })
})

describe('rules of a whole registration', () => {
  const scope = { id: scopeId, value: 'Data.Read', type: 'Admin' }
  const role = { id: roleId, value: 'Data.Read', displayName: 'd', description: 'd', allowedMemberTypes: ['User'] }

  it('personal accounts need version 2 access tokens', () => {
    const signInAudience = 'AzureADandPersonalMicrosoftAccount'
    expect(problemOf({ signInAudience })).toMatchObject({ path: 'api.requestedAccessTokenVersion' })
    expect(problemOf({ signInAudience, api: { requestedAccessTokenVersion: 2 } })).toBe(undefined)
  })

  it('ids are unique over scopes and app roles, values within each', () => {
    expect(problemOf({ api: { oauth2PermissionScopes: [scope] }, appRoles: [role] })).toBe(undefined)
    expect(
      problemOf({ api: { oauth2PermissionScopes: [scope] }, appRoles: [{ ...role, id: scopeId }] })?.message,
    ).toMatch(/used twice/)
    const twin = { ...role, id: scopeId }
    expect(problemOf({ appRoles: [role, twin] })?.message).toMatch(/value 'Data.Read' is used twice/)
  })

  it('only scopes that are there can be pre-authorized', () => {
    const preAuthorizedApplications = [{ appId, delegatedPermissionIds: [scopeId] }]
    expect(problemOf({ api: { preAuthorizedApplications } })?.path).toBe('api.preAuthorizedApplications')
    expect(problemOf({ api: { preAuthorizedApplications, oauth2PermissionScopes: [scope] } })).toBe(undefined)
  })

  it('an enabled permission is disabled before it goes or changes its value', () => {
    const before = application({ api: { oauth2PermissionScopes: [scope] }, appRoles: [role] })
    const removed = { ...before, api: { ...before.api, oauth2PermissionScopes: [] } }
    expect(applicationProblem(removed, { before })).toMatchObject({ kind: 'enabledPermission' })
    const renamed = { ...before, appRoles: before.appRoles.map((kept) => ({ ...kept, value: 'Other' })) }
    expect(applicationProblem(renamed, { before })).toMatchObject({ kind: 'enabledPermission', path: 'appRoles' })
    const disabled = { ...before, appRoles: before.appRoles.map((kept) => ({ ...kept, isEnabled: false })) }
    expect(applicationProblem(disabled, { before })).toBe(undefined)
    expect(applicationProblem({ ...disabled, appRoles: [] }, { before: disabled })).toBe(undefined)
  })

  it('a unique name stays', () => {
    const before = application({ uniqueName: 'one' })
    expect(applicationProblem({ ...before, uniqueName: 'two' }, { before })).toMatchObject({ path: 'uniqueName' })
  })
})

describe('identifier URIs', () => {
  const problem = (uri: string) => applicationProblem(application({ identifierUris: [uri] }), { tenant })

  it.each([
    `api://${appId}`,
    `api://${appId}/path`,
    `api://${tenant.id}/${appId}`,
    `api://${tenant.id}/anything`,
    `api://anything/${appId}`,
    'https://contoso.example/api',
    'https://api.contoso.example',
    'https://api.contoso.example/v1',
    'api://api.contoso.example/v1',
    'https://localhost/azure-monitor',
  ])('may be %s', (uri) => {
    expect(problem(uri)).toBe(undefined)
  })

  it.each([
    'api://anything',
    'https://contoso.example',
    'https://fabrikam.example/api',
    'https://notcontoso.example/api',
    'https://contoso.example.evil.example/api',
    'https://graph.microsoft.com',
    'api://api.contoso.example',
    'urn:contoso',
    'http://localhost/api',
  ])('may not be %s', (uri) => {
    expect(problem(uri)).toMatchObject({ kind: 'unverifiedDomain', path: 'identifierUris' })
  })

  it('are judged when they are new', () => {
    const before = { ...application(), identifierUris: ['https://graph.microsoft.com'] }
    expect(applicationProblem({ ...before, description: 'x' }, { tenant, before })).toBe(undefined)
  })
})

describe('a change', () => {
  function changed(before: Application, body: object): Application {
    const parsed = parseApplicationPropertiesPatch(body)
    if ('problem' in parsed) throw new Error(parsed.problem.message)
    return changedApplication(before, parsed.properties)
  }

  it('keeps what it does not name and replaces collections as a whole', () => {
    const before = application({
      web: { redirectUris: ['https://a.example/'], homePageUrl: 'https://a.example' },
      api: { requestedAccessTokenVersion: 2 },
    })
    const after = changed(before, { web: { redirectUris: ['https://b.example/'] }, description: 'new' })
    expect(after.web).toMatchObject({ redirectUris: ['https://b.example/'], homePageUrl: 'https://a.example' })
    expect(after.api.requestedAccessTokenVersion).toBe(2)
    expect(after.description).toBe('new')
    expect(after.displayName).toBe('demo')
  })

  it('clears with null', () => {
    const before = application({ optionalClaims: { idToken: [{ name: 'email' }] }, description: 'x' })
    expect(changed(before, { optionalClaims: { accessToken: [{ name: 'idtyp' }] } }).optionalClaims).toMatchObject({
      idToken: [{ name: 'email', source: null, essential: false, additionalProperties: [] }],
      accessToken: [{ name: 'idtyp' }],
      saml2Token: [],
    })
    expect(changed(before, { optionalClaims: null, description: null })).toMatchObject({
      optionalClaims: null,
      description: null,
    })
  })
})
