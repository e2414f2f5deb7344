import { describe, expect, it } from 'vitest'
import { requestedResource } from './scopes.ts'
import { parseTokenRequest } from './token-request.ts'

function resourceOf(endpoint: 'v1' | 'v2', form: Record<string, string>): string {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'c', ...form }).toString()
  return requestedResource(parseTokenRequest({ endpoint, contentType: undefined, authorization: undefined, body }))
}

describe('the resource of a v2.0 scope', () => {
  it.each([
    ['https://graph.microsoft.com/.default', 'https://graph.microsoft.com'],
    ['https://management.core.windows.net//.default', 'https://management.core.windows.net/'],
    ['api://0a123b56-c987-1234-abcd-1a2b3c4d5e6f/.default', 'api://0a123b56-c987-1234-abcd-1a2b3c4d5e6f'],
    ['0a123b56-c987-1234-abcd-1a2b3c4d5e6f/.default', '0a123b56-c987-1234-abcd-1a2b3c4d5e6f'],
    ['.default', 'https://graph.microsoft.com'],
    ['https://graph.microsoft.com/.DEFAULT', 'https://graph.microsoft.com'],
    ['openid profile https://a.example/.default offline_access', 'https://a.example'],
  ])('%s is %s', (scope, resource) => {
    expect(resourceOf('v2', { scope })).toBe(resource)
  })

  it.each([
    ['User.Read', 1002012],
    ['https://graph.microsoft.com/User.Read', 1002012],
    ['openid profile', 1002012],
    ['0a123b56-c987-1234-abcd-1a2b3c4d5e6f.default', 70011],
    ['https://a.example/.default https://b.example/.default', 70011],
    ['/.default', 70011],
  ])('%s is refused with %i', (scope, code) => {
    expect(() => resourceOf('v2', { scope })).toThrow(expect.objectContaining({ code }))
  })

  it('must agree with a resource that is sent as well', () => {
    const scope = 'https://a.example/.default'
    expect(resourceOf('v2', { scope, resource: 'https://A.example/' })).toBe('https://a.example')
    const disagreeing = () => resourceOf('v2', { scope, resource: 'https://b.example' })
    expect(disagreeing).toThrow(expect.objectContaining({ code: 9010010 }))
  })
})

describe('the resource of a v1.0 request', () => {
  it('is what resource says; scope is ignored', () => {
    expect(resourceOf('v1', { resource: 'c', scope: 'c.default' })).toBe('c')
  })

  it('is missed when only scope is sent', () => {
    const withoutResource = () => resourceOf('v1', { scope: 'https://a.example/.default' })
    expect(withoutResource).toThrow("AADSTS900144: The request body must contain the following parameter: 'resource'.")
  })
})
