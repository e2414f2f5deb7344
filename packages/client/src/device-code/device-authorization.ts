import { CredentialOptionError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import { refuseStepUp } from '../person/step-up.ts'
import { metadataOf, requestSettings, type UserClient } from '../person/user-client.ts'
import type { UserRequest } from '../person/user-request.ts'
import { sendWithRetries } from '../token-endpoint/token-request.ts'
import { invalidResponse, seconds, successOf } from '../token-endpoint/token-response.ts'

/** A code for a person to type elsewhere, and one to poll with. RFC 8628 §3.2. */
export interface DeviceAuthorization {
  readonly deviceCode: string
  readonly userCode: string
  readonly verificationUri: string
  /** The authority's own sentence for the person; `undefined` where it has none. */
  readonly message: string | undefined
  /** Milliseconds since 1970, by this machine's clock. */
  readonly expiresAt: number
  /** Between two polls. */
  readonly intervalMilliseconds: number
}

/** RFC 8628 §3.2: what counts when the authority names none. */
const DEFAULT_INTERVAL_SECONDS = 5

/**
 * Asks for a device code, RFC 8628 §3.1; v1.0 by `resource`.
 * @throws {CredentialOptionError} when the request wants what no device code can ask for
 * @throws {TokenRequestError} when the authority refuses or its answer holds no code
 * @throws {AuthorityUnreachableError} when no answer comes
 */
export async function requestDeviceAuthorization(
  client: UserClient,
  request: UserRequest,
  signal: AbortSignal,
): Promise<DeviceAuthorization> {
  const { clientId } = client
  const { scope, resource, stepUp = {} } = request
  refuseStepUp(stepUp, 'a device code cannot ask for that; use InteractiveBrowserCredential where a browser is')
  const form = { client_id: clientId, ...(resource === undefined ? { scope } : { resource }) }
  const correlationId = crypto.randomUUID()
  const sentAt = Date.now()
  const url = await addressOf(client, request)
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    'client-request-id': correlationId,
  }
  const body = new URLSearchParams(form).toString()
  const response = await sendWithRetries({ method: 'POST', url, headers, body }, requestSettings(client, signal))
  const asked = { authorityHost: new URL(url).origin, correlationId, form }
  const authorization = authorizationOf(successOf(response, asked), sentAt)
  if (authorization !== undefined) return authorization
  const message = `${asked.authorityHost} answered ${response.status} without a device code, a user code, an address to type it at or a lifetime.`
  throw invalidResponse(message, response.status, correlationId)
}

async function addressOf(client: UserClient, request: UserRequest): Promise<string> {
  const { authorityHost, discoveryUrl } = client
  const { tenantId, version } = request
  if (discoveryUrl === undefined) {
    return `${authorityHost}/${tenantId}/oauth2/${version === 'v2.0' ? 'v2.0/' : ''}devicecode`
  }
  const { deviceAuthorizationEndpoint } = await metadataOf(client, request)
  if (deviceAuthorizationEndpoint !== undefined) return deviceAuthorizationEndpoint
  throw new CredentialOptionError(
    'discoveryUrl',
    'The provider of discoveryUrl offers no device codes (its metadata has no device_authorization_endpoint): use InteractiveBrowserCredential.',
  )
}

/** v1.0 writes its numbers as strings and names the address differently. */
function authorizationOf(answer: JsonObject, sentAt: number): DeviceAuthorization | undefined {
  const text = (name: string) => {
    const value = answer[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const [deviceCode, userCode] = [text('device_code'), text('user_code')]
  const verificationUri = text('verification_uri') ?? text('verification_url')
  const lifetime = seconds(answer.expires_in)
  if (!deviceCode || !userCode || !verificationUri || lifetime === undefined) return undefined
  return {
    deviceCode,
    userCode,
    verificationUri,
    message: text('message'),
    expiresAt: sentAt + lifetime * 1000,
    intervalMilliseconds: Math.max(1, seconds(answer.interval) ?? DEFAULT_INTERVAL_SECONDS) * 1000,
  }
}
