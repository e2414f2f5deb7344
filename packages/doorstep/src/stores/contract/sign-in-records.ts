import { createHash, randomUUID } from 'node:crypto'
import type {
  AuthorizationCode,
  BrowserSession,
  DeviceCode,
  RefreshToken,
  SignedInUser,
  SignInRecord,
} from '../../protocol/sign-in-records.ts'
import { tenantId } from './records.ts'

export const minute = 60_000
export const day = 24 * 60 * minute
/** The instant at which the records below are made. */
export const now = Date.parse('2026-01-02T03:04:05.000Z')

/** As secrets are kept: SHA-256 in base64url. */
export function aHash(): string {
  return createHash('sha256').update(randomUUID()).digest('base64url')
}

export function aSignedInUser(): SignedInUser {
  return { tenantId, userId: randomUUID(), method: 'pwd', authenticatedAt: now - minute, sessionId: randomUUID() }
}

export function anAuthorizationCode(properties: Partial<AuthorizationCode> = {}): AuthorizationCode {
  return {
    ...aSignedInUser(),
    id: aHash(),
    clientAppId: randomUUID(),
    redirectUri: 'http://localhost:8400/',
    redirectUriType: 'publicClient',
    codeChallenge: { method: 'S256', value: aHash() },
    scopes: ['openid', 'https://Graph.microsoft.com/.default'],
    resource: null,
    nonce: 'n-0S6_WzA2Mj',
    segment: 'organizations',
    expiresAt: now + 10 * minute,
    ...properties,
  }
}

export function aRefreshToken(properties: Partial<RefreshToken> = {}): RefreshToken {
  return {
    ...aSignedInUser(),
    id: aHash(),
    clientAppId: randomUUID(),
    redirectUriType: null,
    scopes: ['offline_access'],
    resource: null,
    issuedAt: now,
    expiresAt: now + 90 * day,
    ...properties,
  }
}

export function aDeviceCode(properties: Partial<DeviceCode> = {}): DeviceCode {
  return {
    id: aHash(),
    userCode: aUserCode(),
    clientAppId: randomUUID(),
    scopes: ['User.Read'],
    resource: null,
    segment: 'common',
    correlationId: randomUUID(),
    runId: null,
    expiresAt: now + 15 * minute,
    answer: { kind: 'pending' },
    ...properties,
  }
}

function aUserCode(): string {
  return randomUUID().replaceAll('-', '').slice(0, 9).toUpperCase()
}

export function aSession(properties: Partial<BrowserSession> = {}): BrowserSession {
  return {
    id: aHash(),
    sessionId: randomUUID(),
    accounts: [{ homeTenantId: tenantId, homeUserId: randomUUID(), method: 'pwd', authenticatedAt: now }],
    persistent: false,
    createdAt: now,
    expiresAt: now + day,
    ...properties,
  }
}

export function aSignInRecord(properties: Partial<SignInRecord> = {}): SignInRecord {
  return {
    id: randomUUID(),
    tenantId,
    createdDateTime: new Date(now).toISOString(),
    userId: randomUUID(),
    userPrincipalName: 'alice@contoso.example',
    clientAppId: randomUUID(),
    resourceAppId: null,
    kind: 'interactive',
    errorCode: 0,
    correlationId: randomUUID(),
    ...properties,
  }
}
