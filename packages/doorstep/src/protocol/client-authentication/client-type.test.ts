import { describe, expect, it } from 'vitest'
import { EntraError } from '../errors.ts'
import { type ClientSituation, demandedProof } from './client-type.ts'

const origin = 'https://page.contoso.example'
const secret = { method: 'secret', candidates: ['x'] } as const
const none = { method: 'none' } as const

function decision(situation: Partial<ClientSituation>): string | number {
  try {
    return demandedProof({
      redirectUriType: null,
      isFallbackPublicClient: false,
      credential: none,
      origin: undefined,
      ...situation,
    })
  } catch (error) {
    if (error instanceof EntraError) return error.code
    throw error
  }
}

describe('a client', () => {
  it.each([
    ['web', secret, undefined, 'prove'],
    ['web', none, undefined, 7000218],
    ['web', secret, origin, 9002326],
    ['publicClient', none, undefined, 'nothing'],
    ['publicClient', secret, undefined, 700025],
    ['publicClient', none, origin, 9002326],
    ['spa', none, origin, 'nothing'],
    ['spa', none, undefined, 9002327],
    ['spa', secret, undefined, 9002327],
    ['spa', secret, origin, 90023],
    [null, secret, undefined, 'prove'],
    [null, none, undefined, 7000218],
    [null, none, origin, 7000218],
  ] as const)('of %s with %o and Origin %s: %s', (redirectUriType, credential, from, expected) => {
    expect(decision({ redirectUriType, credential, origin: from })).toBe(expected)
  })

  it('without redirect URI is public when its registration says so, and then only', () => {
    expect(decision({ isFallbackPublicClient: true })).toBe('nothing')
    expect(decision({ isFallbackPublicClient: true, credential: secret })).toBe(700025)
    expect(decision({ isFallbackPublicClient: true, redirectUriType: 'web' })).toBe(7000218)
  })
})
