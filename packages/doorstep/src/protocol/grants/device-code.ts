import type { UserStore } from '../../directory/user.ts'
import { EntraError, entraError } from '../errors.ts'
import { opaqueTokenId } from '../opaque-token.ts'
import type { DeviceCode, DeviceCodeStore, SignedInUser } from '../sign-in-records.ts'
import { segmentName } from '../tenant-segment.ts'
import type { TokenRequest } from '../token-request.ts'
import { type DevicePollPace, devicePollPace } from './device-poll-pace.ts'
import type { Grant } from './grant.ts'
import { provenClient } from './proven-client.ts'
import { requestedDelegation } from './requested-delegation.ts'
import { accountBehindCode } from './sign-in-revocation.ts'
import { authorizeUser, type UserGrantParts } from './user-authorization.ts'

export interface DeviceCodeParts extends UserGrantParts {
  readonly deviceCodes: DeviceCodeStore
  readonly users: UserStore
}

/** The value comes as `device_code`, as `code`, or as both. */
function presentedCode(request: TokenRequest): string {
  return request.parameter('device_code') ?? request.parameter('code') ?? request.required('device_code')
}

/** Device authorization grant: a device asks until a person has signed in elsewhere. RFC 8628 §3.4, §3.5. */
export function deviceCodeGrant(parts: DeviceCodeParts): Grant {
  const pace = devicePollPace()
  const find = (request: TokenRequest) => parts.deviceCodes.byId(opaqueTokenId(presentedCode(request)))
  return {
    grantTypes: ['urn:ietf:params:oauth:grant-type:device_code', 'device_code'],
    async tenantOver(request, segment, now) {
      const poll = { clientAppId: request.clientId.toLowerCase(), segment: segmentName(segment), now }
      return decidePoll(await find(request), poll, pace).signIn.tenantId
    },
    required: (request) => (request.parameter('code') === undefined ? ['device_code'] : []),
    async redeem(request, context) {
      const { registered, segment, tenant, now } = context
      const { application } = registered
      const client = await provenClient(request, context, null)
      const poll = { clientAppId: application.appId, segment: segmentName(segment), now }
      const { code, signIn } = decidePoll(await find(request), poll, pace)
      const user = await accountBehindCode(signIn, tenant, parts.users)
      return authorizeUser(
        {
          endpoint: request.endpoint,
          client,
          user,
          signIn,
          requested: requestedDelegation(request, code, 'first'),
          redirectUriType: null,
          nonce: null,
          redeemed: null,
          consumes: [{ change: 'consumeDeviceCode', id: code.id }],
          takenRefusal: 'deviceCodeInvalid',
        },
        context,
        parts,
      )
    },
  }
}

export interface DevicePoll {
  readonly clientAppId: string
  /** The tenant segment of the token URL, in lower case. */
  readonly segment: string
  /** Milliseconds. */
  readonly now: number
}

/**
 * What a poll hears. Refusals carry the correlation id of the request that began the flow.
 * @throws {EntraError} 7000014 for an unknown code or another client or tenant, 70020 after 15 minutes, 65004 when the
 * person declined, what stood in the way when nobody could be asked, 70016 while nobody has answered.
 */
function decidePoll(
  code: DeviceCode | undefined,
  poll: DevicePoll,
  pace: DevicePollPace,
): { readonly code: DeviceCode; readonly signIn: SignedInUser } {
  if (!code || code.clientAppId !== poll.clientAppId || !isSameSegment(code, poll.segment)) {
    throw entraError('deviceCodeInvalid')
  }
  const answer = { correlationId: code.correlationId }
  if (poll.now >= code.expiresAt) throw entraError('deviceCodeExpired').answeredWith(answer)
  if (code.answer.kind === 'declined') {
    const { because } = code.answer
    throw because
      ? new EntraError(because.refusal, because.text, answer)
      : entraError('deviceCodeDeclined').answeredWith(answer)
  }
  if (code.answer.kind === 'pending') {
    const refusal = pace.isTooFast(code.id, poll.now) ? 'devicePollsTooFast' : 'authorizationPending'
    throw entraError(refusal).answeredWith(answer)
  }
  return { code, signIn: code.answer }
}

/** Over an alias, what was begun there; else the tenant that the code was asked for, or the person signed in to. */
function isSameSegment({ segment, answer }: DeviceCode, asked: string): boolean {
  return segment === asked || (answer.kind === 'approved' && answer.tenantId === asked)
}
