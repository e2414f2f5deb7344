import { randomUUID } from 'node:crypto'
import { entraError } from '../../protocol/errors.ts'
import { accountInTenant, homeOf } from '../../protocol/grants/account-in-tenant.ts'
import { consentChanges } from '../../protocol/record-consent.ts'
import { parseRequestedScopes } from '../../protocol/requested-scopes.ts'
import { issuingTenantId } from '../../protocol/sign-in-audience.ts'
import { resolveTenantSegment } from '../../protocol/tenant-segment.ts'
import type { LoginParts } from './login-parts.ts'
import { accountNamed } from './sign-in/accounts.ts'
import { type Asking, consentFor, presenceOf } from './sign-in/authorization.ts'

export interface DeviceCodeApproval {
  readonly userCode: string
  readonly userPrincipalName: string
  /** Whether missing consent is given on the way. */
  readonly consent: boolean
  readonly decline?: boolean | undefined
}

/** Answers a device code for somebody who is not asked. @throws {EntraError} for why it cannot be approved */
export async function approveDeviceCode(
  { userCode, userPrincipalName, consent: consents, decline }: DeviceCodeApproval,
  parts: LoginParts,
): Promise<{ readonly applicationName: string }> {
  const now = parts.clock.now()
  const code = await parts.deviceCodes.byUserCode(userCode, now)
  const application = code && (await parts.applications.byAppId(code.clientAppId))
  if (!application || code.answer.kind !== 'pending') throw entraError('deviceCodeInvalid')
  const applicationName = application.displayName
  if (decline) {
    await parts.commit([{ change: 'answerDeviceCode', id: code.id, answer: { kind: 'declined' } }])
    return { applicationName }
  }
  const found = await accountNamed(userPrincipalName, parts)
  if (!found) throw entraError('userNotFound', { tenant: code.segment })
  if (!found.user.accountEnabled) throw entraError('userDisabled')
  const segment = await resolveTenantSegment(code.segment, parts.tenants)
  const tenant = await parts.tenants.byId(issuingTenantId(segment, found.tenant.id))
  const user = tenant && (await accountInTenant(homeOf(found.user), tenant, parts.users))
  if (!tenant || !user) throw entraError('userNotFound', { tenant: code.segment })
  const requested = parseRequestedScopes(code.scopes.join(' '))
  const request = { endpoint: 'v2', requested, prompt: undefined } as Asking['request']
  const asking: Asking = { application, tenant, user, request, consentAnswered: false }
  const presence = await presenceOf(asking, parts)
  const consent = await consentFor(asking, presence, parts)
  if (consent.kind === 'adminNeeded') throw entraError('adminConsentRequired')
  if (consent.kind === 'ask' && !consents) {
    throw entraError('consentRequired', { appId: application.appId, name: applicationName })
  }
  const signIn = { tenantId: tenant.id, userId: user.id, authenticatedAt: now, sessionId: randomUUID() }
  await parts.commit([
    ...presence.changes,
    ...consentChanges({
      tenantId: tenant.id,
      servicePrincipalId: presence.servicePrincipal.id,
      principalId: user.id,
      permissions: consent.kind === 'ask' ? consent.permissions : consent.unrecorded,
      permissionGrants: await parts.permissionGrants.byClient(presence.servicePrincipal.id),
      appRoleAssignments: await parts.appRoleAssignments.byPrincipal(presence.servicePrincipal.id),
      now: new Date(now).toISOString(),
      newId: parts.newId,
    }),
    { change: 'answerDeviceCode', id: code.id, answer: { kind: 'approved', ...signIn, method: 'control' } },
  ])
  return { applicationName }
}
