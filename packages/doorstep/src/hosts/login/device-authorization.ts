import { randomInt } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { personalAccountsTenantName } from '../../directory/personal-accounts.ts'
import { entraError } from '../../protocol/errors.ts'
import { opaqueTokenId } from '../../protocol/opaque-token.ts'
import { parseRequestedScopes, scopeValues } from '../../protocol/requested-scopes.ts'
import { refuseSegment, refuseVersion } from '../../protocol/sign-in-audience.ts'
import type { DeviceCode } from '../../protocol/sign-in-records.ts'
import { resolveTenantSegment, segmentName, type TenantSegment } from '../../protocol/tenant-segment.ts'
import { parseForm } from '../../protocol/token-request.ts'
import { newOpaqueToken } from '../../tokens/opaque-token.ts'
import { askedOrigin } from '../host.ts'
import { clientAppId } from './client.ts'
import type { LoginParts } from './login-parts.ts'
import { requestIds, sendUncached } from './response-headers.ts'

const lifetimeInSeconds = 900
const intervalInSeconds = 5
const verificationUri = 'https://microsoft.com/devicelogin'
const methodsRefused = ['GET', 'PUT', 'PATCH', 'DELETE'] as const

interface DeviceAuthorizationRoute {
  Params: { tenant: string }
  Body: string | undefined
}

/** POST /{tenant}/oauth2/devicecode and /{tenant}/oauth2/v2.0/devicecode (RFC 8628 §3.1, §3.2). */
export function deviceAuthorizationRoutes(app: FastifyInstance, parts: LoginParts): void {
  for (const [url, endpoint] of [
    ['/:tenant/oauth2/v2.0/devicecode', 'v2'],
    ['/:tenant/oauth2/devicecode', 'v1'],
  ] as const) {
    app.post<DeviceAuthorizationRoute>(url, deviceAuthorizationEndpoint(endpoint, parts))
    app.route({
      method: [...methodsRefused],
      url,
      handler: async (request) => {
        throw entraError('postRequired', { method: request.method })
      },
    })
  }
}

function deviceAuthorizationEndpoint(endpoint: 'v1' | 'v2', parts: LoginParts) {
  return async (http: FastifyRequest<DeviceAuthorizationRoute>, reply: FastifyReply): Promise<FastifyReply> => {
    const now = parts.clock.now()
    const ids = requestIds(http)
    const segment = await resolveTenantSegment(http.params.tenant, parts.tenants)
    refuseVersion(endpoint, segmentName(segment))
    const form = parseForm({ contentType: http.headers['content-type'], body: http.body ?? '' })
    const appId = await knownClient(form.required('client_id'), segment, parts)
    const deviceCode = newOpaqueToken()
    const runId = askedOrigin(http.raw).runId ?? null
    const code: DeviceCode = {
      id: opaqueTokenId(deviceCode),
      userCode: newUserCode(),
      clientAppId: appId,
      scopes: endpoint === 'v2' ? requestedScopes(form.required('scope')) : scopeValues(form.parameter('scope') ?? ''),
      resource: endpoint === 'v1' ? form.required('resource') : null,
      segment: segmentName(segment),
      correlationId: ids.correlationId,
      runId,
      expiresAt: now + lifetimeInSeconds * 1000,
      answer: { kind: 'pending' },
    }
    await parts.commit([{ change: 'addDeviceCode', code }])
    const body = deviceAuthorizationResponse(endpoint, code.userCode, deviceCode)
    // Answered no sooner than it was handed out.
    if (runId !== null) reply.raw.once('close', () => parts.deviceCodeIssued?.({ userCode: code.userCode, runId }))
    return sendUncached(http, reply, { status: 200, ids, telemetry: '1,0,0,,', body })
  }
}

/**
 * The client's id, when it may be used here; whether it has a service principal is told to the person who signs in.
 * @throws {EntraError} 700038, 700016, 7000112, 50194, 9002331 or 9002332.
 */
async function knownClient(clientId: string, segment: TenantSegment, parts: LoginParts): Promise<string> {
  const appId = clientAppId(clientId)
  const application = await parts.applications.byAppId(appId)
  if (!application) throw entraError('applicationNotFound', { appId: clientId, tenant: directoryName(segment) })
  refuseSegment(application, segment)
  const servicePrincipal = await parts.servicePrincipals.byAppId(segmentName(segment), appId)
  if (servicePrincipal?.accountEnabled === false) {
    throw entraError('applicationDisabled', { appId, name: application.displayName })
  }
  return application.appId
}

/** Where an application is looked for, as a refusal names it. */
function directoryName(segment: TenantSegment): string {
  if (segment.kind === 'tenant') return segment.tenant.displayName
  return segment.kind === 'personal' ? personalAccountsTenantName : 'Microsoft Services'
}

/** @throws {EntraError} 70011 for scopes of a wrong form; whether they exist is told to the person who signs in. */
function requestedScopes(scope: string): readonly string[] {
  parseRequestedScopes(scope)
  return scopeValues(scope)
}

/** Without letters and digits that look alike. */
const userCodeAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const userCodeLength = 9

function newUserCode(): string {
  return Array.from({ length: userCodeLength }, () => userCodeAlphabet[randomInt(userCodeAlphabet.length)]).join('')
}

/** Members in Entra's order; v1.0 writes numbers as strings and names the address differently. */
function deviceAuthorizationResponse(endpoint: 'v1' | 'v2', userCode: string, deviceCode: string): string {
  const written = endpoint === 'v2' ? (seconds: number) => seconds : (seconds: number) => String(seconds)
  return JSON.stringify({
    user_code: userCode,
    device_code: deviceCode,
    [endpoint === 'v2' ? 'verification_uri' : 'verification_url']: verificationUri,
    expires_in: written(lifetimeInSeconds),
    interval: written(intervalInSeconds),
    message: `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode} to authenticate.`,
  })
}
