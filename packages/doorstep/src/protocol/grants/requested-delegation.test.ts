import { describe, expect, it } from 'vitest'
import { EntraError } from '../errors.ts'
import { parseTokenRequest } from '../token-request.ts'
import {
  type EarlierRequest,
  nothingEarlier,
  requestedDelegation,
  type SeveralResources,
} from './requested-delegation.ts'

const api = 'https://api.contoso.example'
const other = 'https://other.contoso.example'

interface Asked {
  readonly scope?: string
  readonly resource?: string
}

function delegation(
  asked: Asked,
  earlier: Partial<EarlierRequest> = {},
  several: SeveralResources = 'refuse',
  endpoint: 'v1' | 'v2' = 'v2',
) {
  const body = new URLSearchParams({ grant_type: 'x', client_id: 'y', ...asked }).toString()
  const request = parseTokenRequest({ endpoint, contentType: undefined, authorization: undefined, body })
  try {
    const { openId, resource, scopes } = requestedDelegation(request, { ...nothingEarlier, ...earlier }, several)
    return { openId: [...openId].sort().join(' '), resource: resource.identifier, asks: resource.scopes, scopes }
  } catch (error) {
    if (error instanceof EntraError) return error.code
    throw error
  }
}

describe('on v2.0', () => {
  it('OpenID scopes of the first request and of the redemption count together', () => {
    const found = delegation(
      { scope: `${api}/.default openid profile` },
      { scopes: [`${api}/.default`, 'offline_access'] },
    )
    expect(found).toMatchObject({ openId: 'offline_access openid profile', resource: api, asks: 'default' })
  })

  it('a redemption with OpenID scopes alone is for the API of the first request', () => {
    expect(delegation({ scope: 'openid' }, { scopes: [`${api}/Read`] })).toMatchObject({
      resource: api,
      asks: ['Read'],
    })
    expect(delegation({ scope: 'openid' }, { resource: api })).toMatchObject({ resource: api, asks: 'default' })
  })

  it('a redemption without scope is for what was asked for at first', () => {
    expect(delegation({}, { scopes: [`${api}/Read`, 'openid'] })).toMatchObject({ resource: api, openId: 'openid' })
    expect(delegation({}, { resource: api })).toMatchObject({ resource: api, asks: 'default' })
  })

  it('OpenID scopes alone are about Microsoft Graph', () => {
    expect(delegation({ scope: 'openid' })).toMatchObject({ resource: 'https://graph.microsoft.com', asks: [] })
  })

  it('several APIs are refused for a code, and the first one counts for a refresh token', () => {
    const scope = `${other}/Read ${api}/Read`
    expect(delegation({ scope })).toBe(28000)
    expect(delegation({}, { scopes: scope.split(' ') })).toBe(28003)
    expect(delegation({ scope }, {}, 'first')).toMatchObject({ resource: other })
    expect(delegation({}, { scopes: scope.split(' ') }, 'first')).toMatchObject({ resource: other })
  })

  it('resource may repeat the API and name no other', () => {
    expect(delegation({ scope: `${api}/.default`, resource: `${api}/` })).toMatchObject({ resource: api })
    expect(delegation({ scope: `${api}/.default`, resource: other })).toBe(9010010)
  })
})

describe('on v1.0', () => {
  const v1 = (asked: Asked, earlier: Partial<EarlierRequest> = {}, several: SeveralResources = 'refuse') =>
    delegation(asked, earlier, several, 'v1')

  it('resource names the API and scope nothing', () => {
    expect(v1({ resource: api, scope: 'client.default' })).toMatchObject({ resource: api, asks: 'default' })
  })

  it('the API of the first request is taken where none is named', () => {
    expect(v1({}, { resource: api })).toMatchObject({ resource: api })
    expect(v1({}, { scopes: [`${api}/Read`] })).toMatchObject({ resource: api, asks: 'default' })
    expect(v1({})).toBe(900144)
  })

  it('a code is for the API it was asked for, a refresh token for any', () => {
    expect(v1({ resource: other }, { resource: api })).toBe(9010010)
    expect(v1({ resource: other }, { resource: api }, 'first')).toMatchObject({ resource: other })
  })

  it('a refresh token is always given', () => {
    expect(v1({ resource: api })).toMatchObject({ openId: 'offline_access openid profile' })
  })
})
