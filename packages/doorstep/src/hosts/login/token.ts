import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Tenant } from '../../directory/tenant.ts'
import { appAccessToken } from '../../protocol/claims/access-token.ts'
import { EntraError, entraError } from '../../protocol/errors.ts'
import { authorizationCodeGrant } from '../../protocol/grants/authorization-code.ts'
import { clientCredentialsGrant } from '../../protocol/grants/client-credentials.ts'
import { deviceCodeGrant } from '../../protocol/grants/device-code.ts'
import type { Grant, RegisteredClient, TenantlessSegment } from '../../protocol/grants/grant.ts'
import { passwordGrant } from '../../protocol/grants/password.ts'
import { refreshTokenGrant } from '../../protocol/grants/refresh-token.ts'
import { refuseSegment } from '../../protocol/sign-in-audience.ts'
import { resolveTenantSegment } from '../../protocol/tenant-segment.ts'
import { parseTokenRequest, type TokenRequest } from '../../protocol/token-request.ts'
import { appTokenResponse } from '../../protocol/token-response.ts'
import { newOpaqueToken } from '../../tokens/opaque-token.ts'
import { opaqueValues } from '../../tokens/opaque-values.ts'
import { askedOrigin } from '../host.ts'
import type { PasswordParts } from './check-password.ts'
import { authenticateClient, clientAppId, findClient } from './client.ts'
import type { LoginParts } from './login-parts.ts'
import { requestIds, sendUncached } from './response-headers.ts'
import { issueUserTokens, userTokenLifetime } from './user-tokens.ts'

/** The life of an application's own token where the seed says nothing else. */
const defaultLifetimeInSeconds = 3600
/** Where an application is looked for that nobody knows and no tenant is named. */
const servicesName = 'Microsoft Services'
/** `x-ms-clitelem` of a success. */
const telemetry = '1,0,0,,'
const methodsRefused = ['GET', 'PUT', 'PATCH', 'DELETE'] as const

interface TokenRoute {
  Params: { tenant: string }
  Body: string | undefined
}

/** POST /{tenant}/oauth2/token and /{tenant}/oauth2/v2.0/token (RFC 6749 §3.2). */
export function tokenRoutes(app: FastifyInstance, parts: PasswordParts): void {
  for (const [url, endpoint] of [
    ['/:tenant/oauth2/v2.0/token', 'v2'],
    ['/:tenant/oauth2/token', 'v1'],
  ] as const) {
    app.post<TokenRoute>(url, tokenEndpoint(endpoint, parts))
    app.options(url, answerPreflight)
    app.route({
      method: [...methodsRefused],
      url,
      handler: async (request) => {
        throw entraError('postRequired', { method: request.method })
      },
    })
  }
}

/** The phases that all grants share, in Entra's order of refusal. */
function tokenEndpoint(endpoint: 'v1' | 'v2', parts: PasswordParts) {
  const grants = grantTable(allGrants(parts))
  return async (http: FastifyRequest<TokenRoute>, reply: FastifyReply): Promise<FastifyReply> => {
    const now = parts.clock.now()
    const authority = askedOrigin(http.raw)
    const ids = requestIds(http)
    const segment = await resolveTenantSegment(http.params.tenant, parts.tenants)
    const request = parseTokenRequest({
      endpoint,
      contentType: http.headers['content-type'],
      authorization: http.headers.authorization,
      body: http.body ?? '',
    })
    const tenant =
      segment.kind === 'tenant' ? segment.tenant : await impliedTenant(segment, request, grants, now, parts)
    const registered = await findClient(request.clientId, tenant, parts)
    const { origin } = http.headers
    try {
      const grant = grants(request.grantType)
      for (const parameter of grant.required(request)) request.required(parameter)
      const authorization = await grant.redeem(request, {
        segment,
        tenant,
        registered,
        origin,
        now,
        correlationId: ids.correlationId,
        authenticate: () => authenticateClient(request, registered, { tenant, authority, now }, parts),
      })
      const settings = await parts.settings.read()
      const issuance = {
        authority,
        tenant,
        now,
        lifetimeInSeconds: settings.accessTokenLifetimeInSeconds ?? defaultLifetimeInSeconds,
        opaque: opaqueValues(),
      }
      if (authorization.kind === 'user') {
        const lifetimeInSeconds = settings.accessTokenLifetimeInSeconds ?? userTokenLifetime()
        const ofUser = { ...issuance, lifetimeInSeconds, keyedHash: parts.pairwiseHash, clientAddress: http.ip }
        const body = await issueUserTokens(authorization, request, ofUser, parts)
        const { allowOrigin } = authorization
        return sendUncached(http, reply, { status: 200, ids, telemetry, body, allowOrigin })
      }
      const accessToken = appAccessToken(authorization, issuance)
      const signedToken = await parts.issuer.sign(accessToken)
      const { identifier } = authorization.resource
      const body = appTokenResponse({ endpoint, accessToken, signedToken, now, resource: identifier })
      return sendUncached(http, reply, { status: 200, ids, telemetry, body })
    } catch (error) {
      throw origin === undefined ? error : readableByPage(error, origin, registered)
    }
  }
}

/** Every way to get tokens. */
function allGrants(parts: PasswordParts): readonly Grant[] {
  const made = { ...parts, newOpaqueToken, newId: randomUUID }
  return [
    clientCredentialsGrant(parts),
    authorizationCodeGrant(made),
    refreshTokenGrant(made),
    deviceCodeGrant(made),
    passwordGrant(made),
  ]
}

/** Finds a grant by its name. @throws {EntraError} 70003 for a name that none has. */
type GrantTable = (grantType: string) => Grant

function grantTable(grants: readonly Grant[]): GrantTable {
  const byType = new Map(grants.flatMap((grant) => grant.grantTypes.map((type) => [type, grant] as const)))
  return (grantType) => {
    const grant = byType.get(grantType)
    if (!grant) throw entraError('grantTypeUnsupported', { grantType })
    return grant
  }
}

/**
 * The tenant of a request whose URL names none: what is redeemed says it.
 * @throws {EntraError} 50059 when nothing does, 700016, 50194 or 9002332 for a client that is not for this segment, or
 * what the grant says of what it was given.
 */
async function impliedTenant(
  segment: TenantlessSegment,
  request: TokenRequest,
  grants: GrantTable,
  now: number,
  { applications, tenants }: LoginParts,
): Promise<Tenant> {
  const grant = grants(request.grantType)
  if (segment.kind === 'alias' && !grant.tenantOver) throw entraError('tenantUnidentified')
  const application = await applications.byAppId(clientAppId(request.clientId))
  if (!application) throw entraError('applicationNotFound', { appId: request.clientId, tenant: servicesName })
  refuseSegment(application, segment)
  for (const parameter of grant.required(request)) request.required(parameter)
  const tenantId = await grant.tenantOver?.(request, segment, now)
  const tenant = tenantId === undefined ? undefined : await tenants.byId(tenantId)
  if (!tenant) throw entraError('tenantUnidentified')
  return tenant
}

/** A page of an application that has pages learns why it was refused, else it could only guess. */
function readableByPage(error: unknown, origin: string, { application }: RegisteredClient): unknown {
  if (!(error instanceof EntraError) || application.spa.redirectUris.length === 0) return error
  return error.answeredWith({ allowOrigin: origin })
}

/**
 * A pre-flight cannot say which redirect URI its request will be about, so it is answered generously; whether the
 * page may read the answer is decided by the redirect URI's type.
 */
async function answerPreflight(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = request.headers['access-control-request-headers']
  return reply
    .code(200)
    .headers({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': typeof asked === 'string' ? asked : 'content-type',
      'access-control-max-age': '86400',
    })
    .send()
}
