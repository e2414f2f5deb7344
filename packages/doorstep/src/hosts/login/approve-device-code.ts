import { randomUUID } from 'node:crypto'
import { decidedAgain } from '../../directory/decided-again.ts'
import { type EntraError, entraError } from '../../protocol/errors.ts'
import { loggedSignIn } from '../../protocol/sign-in-log.ts'
import { resolveTenantSegment } from '../../protocol/tenant-segment.ts'
import type { LoginParts } from './login-parts.ts'
import { accountNamed } from './sign-in/accounts.ts'
import { type Asking, consentFor, refuseWithoutAssignment } from './sign-in/authorization.ts'
import { consentRecords } from './sign-in/consent-records.ts'
import { approval, askedBy, commitAnswer, pendingDeviceCode, refusal } from './sign-in/device-purpose.ts'
import { isOvertakenSignIn } from './sign-in/overtaken.ts'
import { presenceOf } from './sign-in/presence.ts'
import { userInTenant } from './sign-in/user-in-tenant.ts'

/** Who answers which device, without a person at a page. */
export interface DeviceCodeApproval {
  /** As the device shows it. */
  readonly userCode: string
  readonly userPrincipalName: string
  /** Whether missing consent is given on the way. */
  readonly consent: boolean
  readonly decline?: boolean
  /** With `decline`: what stood in the way, for the device; without it, that the person said no. */
  readonly because?: EntraError
}

export interface ApprovedDevice {
  readonly applicationName: string
}

/**
 * Answers a device code for somebody who is not asked: `doorstep approve`, and `doorstep run --sign-in-as`. By the
 * rules of the pages, but for the password; the sign-in log says `control`.
 * @throws {EntraError} 70018, 90119 or 90120 for the code, 50034 or 50057 for the account, 50020, 500200, 700016 or
 * 50105 when it may not use the application, 65001 or 90094 when consent is missing.
 */
export function approveDeviceCode(request: DeviceCodeApproval, parts: LoginParts): Promise<ApprovedDevice> {
  return decidedAgain(() => approveOnce(request, parts), isOvertakenSignIn)
}

async function approveOnce(request: DeviceCodeApproval, parts: LoginParts): Promise<ApprovedDevice> {
  const now = parts.clock.now()
  const code = await pendingDeviceCode(request.userCode, parts)
  const application = await parts.applications.byAppId(code.clientAppId)
  if (!application) throw entraError('applicationNotFound', { appId: code.clientAppId, tenant: code.segment })
  const applicationName = application.displayName
  if (request.decline) {
    await commitAnswer([refusal(code, request.because)], parts)
    return { applicationName }
  }
  const account = await enabledAccount(request.userPrincipalName, parts)
  const home = {
    homeTenantId: account.tenantId,
    homeUserId: account.id,
    method: 'control',
    authenticatedAt: now,
  } as const
  const segment = await resolveTenantSegment(code.segment, parts.tenants)
  const { tenant, user } = await userInTenant(home, segment, application, parts)
  const asking: Asking = { application, tenant, user, request: askedBy(code), consentAnswered: false }
  const presence = await presenceOf(asking, parts)
  await refuseWithoutAssignment(asking, presence, parts)
  const consent = await consentFor(asking, presence, parts)
  if (consent.kind === 'adminNeeded') throw entraError('adminConsentRequired')
  if (consent.kind === 'ask' && !request.consent) {
    throw entraError('consentRequired', { appId: application.appId, name: applicationName })
  }
  const permissions = consent.kind === 'ask' ? consent.permissions : consent.unrecorded
  const signIn = { tenantId: tenant.id, userId: user.id, authenticatedAt: now, sessionId: randomUUID() }
  const logged = loggedSignIn(
    {
      kind: 'control',
      user,
      tenantId: tenant.id,
      clientAppId: application.appId,
      resourceAppId: null,
      errorCode: 0,
      correlationId: code.correlationId,
      now,
    },
    parts,
  )
  await commitAnswer(
    [
      ...presence.changes,
      ...(await consentRecords(permissions, user.id, asking, presence, parts)),
      logged,
      approval(code, { ...signIn, method: 'control' }),
    ],
    parts,
  )
  return { applicationName }
}

/** @throws {EntraError} 50034 for a name that nobody has, 50057 for an account that is disabled. */
async function enabledAccount(userPrincipalName: string, parts: LoginParts) {
  const found = await accountNamed(userPrincipalName, parts)
  if (!found) {
    const directory = userPrincipalName.split('@')[1] ?? 'home'
    throw entraError('userNotFound', { tenant: directory })
  }
  if (!found.user.accountEnabled) throw entraError('userDisabled')
  return found.user
}
