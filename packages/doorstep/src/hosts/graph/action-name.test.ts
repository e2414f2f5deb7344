import { describe, expect, it } from 'vitest'
import { withShortActionName } from './action-name.ts'

describe('the name of an action', () => {
  it.each([
    ['/v1.0/applications/1/microsoft.graph.addPassword', '/v1.0/applications/1/addPassword'],
    ['/v1.0/applications/1/Microsoft.Graph.addPassword/?a=b', '/v1.0/applications/1/addPassword/?a=b'],
    ['/v1.0/applications/1/addPassword', '/v1.0/applications/1/addPassword'],
    ['/v1.0/applications?a=/microsoft.graph.addPassword', '/v1.0/applications?a=/microsoft.graph.addPassword'],
  ])('%s is %s', (url, expected) => {
    expect(withShortActionName('POST', url)).toBe(expected)
  })

  it('is not what stands in a path that is read: there it is a type', () => {
    const url = '/v1.0/groups/1/members/microsoft.graph.user'
    expect(withShortActionName('GET', url)).toBe(url)
  })
})
