import { pause } from '../abort.ts'
import { AuthorityUnreachableError, SignInError, TokenRequestError } from '../errors.ts'
import { requestForUser, type UserClient } from '../person/user-client.ts'
import type { UserRequest } from '../person/user-request.ts'
import type { UserTokens } from '../token-endpoint/token-request.ts'
import type { DeviceAuthorization } from './device-authorization.ts'

const SLOW_DOWN_MILLISECONDS = 5_000
const LONGEST_INTERVAL_MILLISECONDS = 60_000

/** What an answer to a poll means. Names other than RFC 8628's §3.5 are Entra's, today's and of earlier years. */
const MEANING: Readonly<Record<string, 'pending' | 'slowDown' | 'declined' | 'expired'>> = {
  authorization_pending: 'pending',
  slow_down: 'slowDown',
  authorization_declined: 'declined',
  access_denied: 'declined',
  expired_token: 'expired',
  code_expired: 'expired',
}

/**
 * Asks for the tokens at the authority's pace until the person has answered, RFC 8628 §3.4 and §3.5. An authority that
 * is out of reach for a while is asked again, more and more slowly, as long as the code lasts.
 * @throws {SignInError} `refused` when the person declined, `timedOut` when the code has expired
 * @throws {TokenRequestError} for any other refusal
 * @throws {AuthorityUnreachableError} when it could not be reached to the end
 */
export async function pollForTokens(
  client: UserClient,
  request: UserRequest,
  authorization: DeviceAuthorization,
  signal: AbortSignal,
): Promise<UserTokens> {
  const grant = deviceCodeGrant(request, authorization)
  let interval = authorization.intervalMilliseconds
  for (;;) {
    await pause(interval, signal)
    try {
      return await requestForUser(client, request, grant, signal)
    } catch (error) {
      const isOver = Date.now() + interval >= authorization.expiresAt
      interval = Math.min(intervalAfter(error, interval, isOver), LONGEST_INTERVAL_MILLISECONDS)
    }
  }
}

/** v1.0 has names of its own for the grant and the code; it is sent both names of the code. */
function deviceCodeGrant({ version }: UserRequest, { deviceCode }: DeviceAuthorization): Record<string, string> {
  return version === 'v2.0'
    ? { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode }
    : { grant_type: 'device_code', code: deviceCode, device_code: deviceCode }
}

/** Milliseconds until the next poll. @throws when there is none: `isOver` says that the code would not outlast it. */
function intervalAfter(error: unknown, interval: number, isOver: boolean): number {
  if (isOutOfOrder(error) && !isOver) return interval * 2
  if (!(error instanceof TokenRequestError)) throw error
  const { error: name, code } = error
  const meaning = MEANING[name]
  const details = { error: name, cause: error, ...(code !== undefined && { code }) }
  if (meaning === undefined) throw error
  if (meaning === 'declined') {
    throw new SignInError('refused', `The person declined the sign-in: ${error.message}`, details)
  }
  if (meaning === 'expired' || isOver) {
    const message = 'Nobody entered the code before it expired: ask again, and enter the new code in time.'
    throw new SignInError('timedOut', message, details)
  }
  return meaning === 'slowDown' ? interval + SLOW_DOWN_MILLISECONDS : interval
}

/** Out of reach, or it answered with a fault or that there is too much to do: that may pass. */
function isOutOfOrder(error: unknown): boolean {
  if (error instanceof TokenRequestError) return error.status === 429 || error.status >= 500
  return error instanceof AuthorityUnreachableError
}
