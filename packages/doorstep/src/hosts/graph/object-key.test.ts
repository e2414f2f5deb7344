import { describe, expect, it } from 'vitest'
import { parseObjectKey, parseOpaqueId, withKeysAsSegments } from './object-key.ts'

const id = '0a123b56-c987-1234-abcd-1a2b3c4d5e6f'

describe('withKeysAsSegments', () => {
  it.each([
    [`/v1.0/applications(appId='${id}')`, `/v1.0/applications/(appId='${id}')`],
    [`/v1.0/applications(appId=%27${id}%27)/addPassword`, `/v1.0/applications/(appId=%27${id}%27)/addPassword`],
    [`/v1.0/applications%28appId=%27${id}%27%29`, `/v1.0/applications/(appId=%27${id}%27)`],
    ["/v1.0/users?$filter=startswith(a,'x')", "/v1.0/users?$filter=startswith(a,'x')"],
    [`/v1.0/applications/${id}`, `/v1.0/applications/${id}`],
  ])('%s', (url, rewritten) => {
    expect(withKeysAsSegments(url)).toBe(rewritten)
  })
})

describe('parseObjectKey', () => {
  it('reads object ids and client ids in lower case', () => {
    expect(parseObjectKey(id.toUpperCase())).toEqual({ by: 'id', value: id })
    expect(parseObjectKey(`('${id}')`)).toEqual({ by: 'id', value: id })
    expect(parseObjectKey(`(AppId='${id.toUpperCase()}')`)).toEqual({ by: 'appId', value: id })
  })

  it.each([
    ['me', /Invalid object identifier 'me'/],
    ["(appId='x')", /Invalid object identifier 'x'/],
    ["(displayName='x')", /key property 'displayName' in the path is not supported/],
  ])('refuses %s', (segment, message) => {
    expect(() => parseObjectKey(segment)).toThrow(message)
  })

  it('keeps the case of opaque ids and refuses what is none', () => {
    expect(parseOpaqueId('LD1PXjMzzEyN')).toBe('LD1PXjMzzEyN')
    expect(() => parseOpaqueId('a\0b')).toThrow(/Invalid object identifier/)
  })
})
