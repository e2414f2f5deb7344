import type { FastifyReply } from 'fastify'
import { NoSuchRecord } from '../../../directory/changes.ts'
import { type EntraError, entraError } from '../../../protocol/errors.ts'
import {
  firstResource,
  parseRequestedScopes,
  type RequestedScopes,
  scopeValues,
} from '../../../protocol/requested-scopes.ts'
import type { DeviceCode, SignedInUser, SignInChange } from '../../../protocol/sign-in-records.ts'
import { resolveTenantSegment, type TenantSegment } from '../../../protocol/tenant-segment.ts'
import type { LoginParts } from '../login-parts.ts'
import { deviceConfirmPage } from '../pages/device-confirm.ts'
import { deviceDonePage } from '../pages/device-done.ts'
import { type Difference, missingValues } from '../pages/difference.ts'
import type { SignInFlow } from './flow.ts'
import type { AskedOfPerson, GrantedSignIn, SignInPurpose } from './purpose.ts'
import { formOf, showPage, showRefusal, type Visit } from './visit.ts'

type DeviceFlow = Extract<SignInFlow['purpose'], { readonly kind: 'device' }>

/**
 * A device waits for somebody to sign in to it (RFC 8628 §3.3).
 * @throws {EntraError} 90119, 70018 or 90120 for what was typed, 700016 when the application is gone.
 */
export async function devicePurpose(flow: DeviceFlow, parts: LoginParts): Promise<SignInPurpose> {
  const code = await pendingDeviceCode(flow.userCode, parts)
  const application = await parts.applications.byAppId(code.clientAppId)
  const segment = await resolveTenantSegment(code.segment, parts.tenants)
  if (!application) throw entraError('applicationNotFound', { appId: code.clientAppId, tenant: code.segment })
  const name = application.displayName
  return {
    application,
    segment,
    asked: () => ({ ...askedBy(code), prompt: 'select_account' }),
    complete: (visit, granted) =>
      visit.flow.confirmed ? approve(visit, granted, code, name, parts) : confirm(visit, granted, code, name, parts),
    refuse: async (visit, refusal) =>
      refusal.refusal === 'consentDeclined'
        ? decline(visit, code, name, parts)
        : showRefusal(visit, refusal, { differences: await scopeDifferences(refusal, visit, code, segment, parts) }),
    cancel: (visit) => decline(visit, code, name, parts),
  }
}

/**
 * The device behind what a person typed, blanks and hyphens left aside.
 * @throws {EntraError} 90119 for nothing, 70018 for an unknown, old or redeemed code, 90120 for one
 * that was answered already.
 */
export async function pendingDeviceCode(
  typed: string | undefined,
  { deviceCodes, clock }: Pick<LoginParts, 'deviceCodes' | 'clock'>,
): Promise<DeviceCode> {
  const userCode = typed?.replace(/[\s-]/g, '') ?? ''
  if (userCode === '') throw entraError('userCodeMissing')
  const code = await deviceCodes.byUserCode(userCode, clock.now())
  if (!code) throw entraError('userCodeInvalid')
  if (code.answer.kind !== 'pending') throw entraError('userCodeAnswered')
  return code
}

/** What a device asks of a person. */
export function askedBy(code: DeviceCode): AskedOfPerson {
  return {
    endpoint: code.resource === null ? 'v2' : 'v1',
    requested:
      code.resource === null ? parseRequestedScopes(code.scopes.join(' ')) : requestedOfV1(code.resource, code),
    prompt: undefined,
    loginHint: undefined,
    sid: undefined,
    domainHint: undefined,
    maxAge: undefined,
  }
}

/** v1.0 names one API; its `scope` says no more than that an id_token is wanted. */
function requestedOfV1(identifier: string, { scopes }: DeviceCode): RequestedScopes {
  const asksOpenId = scopes.flatMap((scope) => scopeValues(scope.toLowerCase())).includes('openid')
  return {
    openId: new Set(asksOpenId ? (['openid'] as const) : []),
    resources: [{ identifier, form: 'full', scopes: 'default' }],
  }
}

/** The question that stops codes which somebody else has sent (RFC 8628 §5.4). */
async function confirm(
  visit: Visit,
  { user }: GrantedSignIn,
  { userCode }: DeviceCode,
  application: string,
  parts: LoginParts,
): Promise<FastifyReply> {
  const view = { ...formOf(visit, 'confirm', parts), userName: user.userPrincipalName, application, code: userCode }
  return showPage(visit, (nonce) => deviceConfirmPage({ nonce, ...view }))
}

async function approve(
  visit: Visit,
  { signedIn, tenant, user, changes }: GrantedSignIn,
  code: DeviceCode,
  application: string,
  parts: LoginParts,
): Promise<FastifyReply> {
  const { method, authenticatedAt } = signedIn.account
  const signIn = { tenantId: tenant.id, userId: user.id, method, authenticatedAt, sessionId: signedIn.sessionId }
  await commitAnswer([...changes, approval(code, signIn)], parts)
  return showPage(visit, (nonce) => deviceDonePage({ nonce, application, outcome: 'approved' }))
}

async function decline(visit: Visit, code: DeviceCode, application: string, parts: LoginParts): Promise<FastifyReply> {
  await commitAnswer([refusal(code)], parts)
  return showPage(visit, (nonce) => deviceDonePage({ nonce, application, outcome: 'declined' }))
}

/** The answer that lets the device's next poll succeed. */
export function approval({ id }: DeviceCode, signIn: SignedInUser): SignInChange {
  return { change: 'answerDeviceCode', id, answer: { kind: 'approved', ...signIn } }
}

/** The answer that ends the device's polls: somebody declined, else what stood in the way. */
export function refusal({ id }: DeviceCode, because?: EntraError): SignInChange {
  const reason = because && { because: { refusal: because.refusal, text: because.text } }
  return { change: 'answerDeviceCode', id, answer: { kind: 'declined', ...reason } }
}

/** @throws {EntraError} 90120 when somebody else has answered the code meanwhile; nothing is written then. */
export async function commitAnswer(changes: Parameters<LoginParts['commit']>[0], parts: LoginParts): Promise<void> {
  try {
    await parts.commit(changes)
  } catch (error) {
    if (error instanceof NoSuchRecord) throw entraError('userCodeAnswered')
    throw error
  }
}

/** What a person can compare: the scopes that the device asks for with those that the API has. */
async function scopeDifferences(
  { refusal }: EntraError,
  { flow }: Visit,
  code: DeviceCode,
  segment: TenantSegment,
  { applications, servicePrincipals }: LoginParts,
): Promise<readonly Difference[]> {
  if (refusal !== 'scopeNotFound') return []
  const { identifier, scopes } = firstResource(askedBy(code).requested)
  const tenantId = segment.kind === 'tenant' ? segment.tenant.id : (flow.chosen?.tenantId ?? '')
  const servicePrincipal = await servicePrincipals.byResourceIdentifier(tenantId, identifier)
  const api = servicePrincipal && (await applications.byAppId(servicePrincipal.appId))
  if (!api || scopes === 'default') return []
  const known = api.api.oauth2PermissionScopes.filter(({ isEnabled }) => isEnabled).map(({ value }) => value)
  const inWords = `${api.displayName} does not have every scope that is asked for.`
  return [missingValues('Scope', inWords, { label: 'Asked for', values: scopes }, { label: 'It has', values: known })]
}
