import { describe, expect, it } from 'vitest'
import { parseCodeChallenge, verifyCodeVerifier } from './pkce.ts'

// The pair of RFC 7636, appendix B.
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const value = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

describe('a code challenge', () => {
  it.each([
    [value, 'S256', { method: 'S256', value }],
    [verifier, 'plain', { method: 'plain', value: verifier }],
    [verifier, undefined, { method: 'plain', value: verifier }],
    ['~'.repeat(128), 'plain', { method: 'plain', value: '~'.repeat(128) }],
    [undefined, undefined, null],
  ])('%s with method %s is read', (challenge, method, expected) => {
    expect(parseCodeChallenge(challenge, method)).toEqual(expected)
  })

  it.each([
    [undefined, 'S256', 50147],
    [value, 's256', 50149],
    [value, 'S512', 50149],
    [value.slice(1), 'S256', 501491],
    ['a'.repeat(129), 'plain', 501491],
    [`${value}=`, 'S256', 501491],
    [`${value.slice(0, 42)}+`, 'S256', 501491],
  ])('%s with method %s is refused with %i', (challenge, method, code) => {
    expect(() => parseCodeChallenge(challenge, method)).toThrow(
      expect.objectContaining({ code, error: 'invalid_request' }),
    )
  })
})

describe('a code verifier', () => {
  it.each([
    [{ method: 'S256', value }, verifier],
    [{ method: 'plain', value: verifier }, verifier],
    [null, undefined],
  ] as const)('for %j is right', (challenge, presented) => {
    expect(() => verifyCodeVerifier(challenge, presented, 'web')).not.toThrow()
  })

  it.each([
    [{ method: 'S256', value }, value, 501481],
    [{ method: 'S256', value }, undefined, 501481],
    [{ method: 'S256', value }, 'short', 501481],
    [{ method: 'plain', value: verifier }, verifier.toLowerCase(), 501481],
    [null, verifier, 50148],
  ] as const)('for %j is refused when it is %s', (challenge, presented, code) => {
    expect(() => verifyCodeVerifier(challenge, presented, 'publicClient')).toThrow(
      expect.objectContaining({ code, error: 'invalid_grant' }),
    )
  })

  it('is mandatory for the code of a single-page application', () => {
    const unbound = () => verifyCodeVerifier(null, undefined, 'spa')
    expect(unbound).toThrow(expect.objectContaining({ code: 9002325, error: 'invalid_request' }))
  })
})
