import { describe, expect, it } from 'vitest'
import { firstPartyAppIds } from '../../directory/first-party-ids.ts'
import { EntraError } from '../errors.ts'
import type { RefreshToken } from '../sign-in-records.ts'
import { refuseClient, refuseExpired } from './refresh-token.ts'
import { newRefreshToken } from './refresh-token-record.ts'

const dayInMilliseconds = 86_400_000
const issuedAt = Date.UTC(2030, 0, 1)
const token: RefreshToken = {
  id: 'id',
  tenantId: 'tenant',
  userId: 'user',
  method: 'pwd',
  authenticatedAt: issuedAt,
  sessionId: 'session',
  clientAppId: 'client',
  redirectUriType: 'web',
  scopes: ['openid'],
  resource: null,
  issuedAt,
  expiresAt: issuedAt + 90 * dayInMilliseconds,
}

function codeOf(decide: () => void): number | undefined {
  try {
    decide()
  } catch (error) {
    if (error instanceof EntraError) return error.code
    throw error
  }
  return undefined
}

describe('a refresh token', () => {
  it.each([
    [token.expiresAt - 1, 'web', undefined],
    [token.expiresAt, 'web', 700082],
    [token.expiresAt, null, 700082],
    [token.expiresAt, 'spa', 700084],
  ] as const)('at %i of %s: %s', (now, redirectUriType, code) => {
    expect(codeOf(() => refuseExpired({ ...token, redirectUriType }, now))).toBe(code)
  })

  it.each([
    ['client', 'client', undefined],
    ['client', 'other', 70000],
    [firstPartyAppIds.azureCli, firstPartyAppIds.azurePowerShell, undefined],
    [firstPartyAppIds.azureCli, 'other', 70000],
    ['client', firstPartyAppIds.azureCli, 70000],
  ])('of %s used by %s: %s', (clientAppId, appId, code) => {
    expect(codeOf(() => refuseClient({ clientAppId }, appId))).toBe(code)
  })
})

describe('a new refresh token', () => {
  const client = { application: { appId: 'client' } } as Parameters<typeof newRefreshToken>[1]['client']
  const origin = {
    client,
    signIn: token,
    requested: { scopes: ['offline_access'], v1Resource: 'api' },
    redirectUriType: null,
    redeemed: null,
  }

  it('lives 90 days, and is kept by its hash', () => {
    const { record } = newRefreshToken('text', origin, issuedAt)
    expect(record).toMatchObject({ expiresAt: token.expiresAt, scopes: ['offline_access'], resource: 'api' })
    expect(JSON.stringify(record)).not.toContain('text')
  })

  it('remembers what the one before was for', () => {
    const { record } = newRefreshToken('text', { ...origin, redeemed: token }, issuedAt + dayInMilliseconds)
    expect(record).toMatchObject({ scopes: ['openid'], resource: null, expiresAt: issuedAt + 91 * dayInMilliseconds })
  })

  it('of a page ends when the first one does', () => {
    const page = { ...origin, redirectUriType: 'spa' as const }
    expect(newRefreshToken('text', page, issuedAt).record.expiresAt).toBe(issuedAt + dayInMilliseconds)
    const redeemed = { ...token, expiresAt: issuedAt + dayInMilliseconds }
    const later = newRefreshToken('text', { ...page, redeemed }, issuedAt + 1000)
    expect(later.record.expiresAt).toBe(issuedAt + dayInMilliseconds)
  })
})
