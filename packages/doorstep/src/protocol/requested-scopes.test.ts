import { describe, expect, it } from 'vitest'
import { firstResource, onlyResource, parseRequestedScopes } from './requested-scopes.ts'

const graph = 'https://graph.microsoft.com'
const appId = '0a123b56-c987-1234-abcd-1a2b3c4d5e6f'
const full = (identifier: string, scopes: readonly string[] | 'default') => ({ identifier, form: 'full', scopes })

describe('a scope parameter', () => {
  it.each([
    ['User.Read', { identifier: graph, form: 'short', scopes: ['User.Read'] }],
    ['.default', { identifier: graph, form: 'short', scopes: 'default' }],
    [`${graph}/User.Read`, full(graph, ['User.Read'])],
    [`${graph}/User.Read ${graph}/Mail.Read`, full(graph, ['User.Read', 'Mail.Read'])],
    ['User.Read user.read', { identifier: graph, form: 'short', scopes: ['User.Read'] }],
    ['api://a/access_as_user', full('api://a', ['access_as_user'])],
    [`${appId}/access_as_user`, full(appId, ['access_as_user'])],
    [`${appId}/.default`, full(appId, 'default')],
    [`${appId}/.default ${appId}/.DEFAULT`, full(appId, 'default')],
    ['https://westeurope-1.cognitedata.com/IDENTITY', full('https://westeurope-1.cognitedata.com', ['IDENTITY'])],
    ['https://management.core.windows.net//.default', full('https://management.core.windows.net/', 'default')],
    ['https://a.example/x https://A.example//y', full('https://a.example', ['x', 'y'])],
  ])('%s names one API', (scope, resource) => {
    expect(parseRequestedScopes(scope)).toEqual({ openId: new Set(), resources: [resource] })
  })

  it('keeps OpenID Connect scopes apart, however they are written', () => {
    const { openId, resources } = parseRequestedScopes(`openid\r\n Profile\t${graph}/email api://a/b offline_access`)
    expect(openId).toEqual(new Set(['openid', 'profile', 'email', 'offline_access']))
    expect(resources).toEqual([full('api://a', ['b'])])
  })

  it('may name several APIs, in their order', () => {
    const { resources } = parseRequestedScopes('api://b/.default api://a/x User.Read api://b/.default')
    expect(resources.map(({ identifier }) => identifier)).toEqual(['api://b', 'api://a', graph])
  })

  it.each([
    'address',
    'phone',
    `${appId}.default`,
    '/.default',
    '/x',
    'https://graph.microsoft.com',
    'https://a.example/',
    'api://a',
    'a"b',
    'a\\b',
    'Grüße',
  ])('%s is refused', (scope) => {
    expect(() => parseRequestedScopes(scope)).toThrow(
      `AADSTS70011: The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
    )
  })

  it.each(['.default User.Read', `User.Read ${graph}/.default`, 'api://a/x api://A/.default'])(
    '%s mixes .default and named scopes of one API',
    (scope) => {
      expect(() => parseRequestedScopes(scope)).toThrow(
        ".default scope can't be combined with resource-specific scopes",
      )
    },
  )
})

describe('the API a token is for', () => {
  it('is the first, or Microsoft Graph', () => {
    expect(firstResource(parseRequestedScopes('openid api://b/x api://a/x')).identifier).toBe('api://b')
    expect(firstResource(parseRequestedScopes('openid profile')).identifier).toBe(graph)
  })

  it('must be the only one where a code is redeemed', () => {
    expect(onlyResource(parseRequestedScopes('openid api://b/x'), '').identifier).toBe('api://b')
    const scope = 'api://b/x api://a/x'
    expect(() => onlyResource(parseRequestedScopes(scope), scope)).toThrow(
      'AADSTS28000: Provided value for the input parameter scope is not valid because it contains more than one resource. Scope api://b/x api://a/x is not valid.',
    )
  })
})
