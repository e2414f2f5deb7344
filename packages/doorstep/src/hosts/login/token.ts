import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Tenant } from '../../directory/tenant.ts'
import { appAccessToken } from '../../protocol/claims/access-token.ts'
import { authenticateBySecret } from '../../protocol/client-authentication/secret.ts'
import { entraError } from '../../protocol/errors.ts'
import { clientCredentialsGrant } from '../../protocol/grants/client-credentials.ts'
import type { Client, Grant } from '../../protocol/grants/grant.ts'
import { resolveTenantSegment, type TenantSegment } from '../../protocol/tenant-segment.ts'
import { parseTokenRequest, type TokenRequest } from '../../protocol/token-request.ts'
import { appTokenResponse } from '../../protocol/token-response.ts'
import { opaqueValues } from '../../tokens/opaque-values.ts'
import { askedOrigin } from '../host.ts'
import type { LoginParts } from './login-parts.ts'
import { requestIds, sendUncached } from './response-headers.ts'

/** The life of an application's own token where the seed says nothing else. */
const defaultLifetimeInSeconds = 3600
const emptyGuid = '00000000-0000-0000-0000-000000000000'
const methodsRefused = ['GET', 'PUT', 'PATCH', 'DELETE'] as const

interface TokenRoute {
  Params: { tenant: string }
  Body: string | undefined
}

/** POST /{tenant}/oauth2/token and /{tenant}/oauth2/v2.0/token (RFC 6749 §3.2). */
export function tokenRoutes(app: FastifyInstance, parts: LoginParts): void {
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
function tokenEndpoint(endpoint: 'v1' | 'v2', parts: LoginParts) {
  const grants = grantTable([clientCredentialsGrant(parts)])
  return async (http: FastifyRequest<TokenRoute>, reply: FastifyReply): Promise<FastifyReply> => {
    const now = parts.clock.now()
    const segment = await resolveTenantSegment(http.params.tenant, parts.tenants)
    const request = parseTokenRequest({
      endpoint,
      contentType: http.headers['content-type'],
      authorization: http.headers.authorization,
      body: http.body ?? '',
    })
    const tenant = await namedTenant(segment, request, grants, parts)
    const registered = await findClient(request, tenant, parts)
    const grant = grants(request.grantType)
    for (const parameter of grant.required(request)) request.required(parameter)
    const client = await authenticateClient(request, registered, grant, now, parts)
    const authorization = await grant.redeem(request, { tenant, client })
    const settings = await parts.settings.read()
    const accessToken = appAccessToken(authorization, {
      authority: askedOrigin(http.raw),
      tenant,
      now,
      lifetimeInSeconds: settings.accessTokenLifetimeInSeconds ?? defaultLifetimeInSeconds,
      opaque: opaqueValues(),
    })
    const signedToken = await parts.issuer.sign(accessToken)
    const { identifier } = authorization.resource
    const body = appTokenResponse({ endpoint, accessToken, signedToken, now, resource: identifier })
    return sendUncached(http, reply, { status: 200, ids: requestIds(http), telemetry: '1,0,0,,', body })
  }
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

/** @throws {EntraError} 50059 or 9002332 when the grant needs a tenant and the URL names none. */
async function namedTenant(
  segment: TenantSegment,
  request: TokenRequest,
  grants: GrantTable,
  { applications }: LoginParts,
): Promise<Tenant> {
  if (segment.kind === 'tenant') return segment.tenant
  const grant = grants(request.grantType)
  if (segment.kind === 'alias' || grant.overAliases) throw entraError('tenantUnidentified')
  const application = await applications.byAppId(request.clientId.toLowerCase())
  if (!application) throw entraError('applicationNotFound', { appId: request.clientId, tenant: 'Microsoft Accounts' })
  if (application.signInAudience === 'AzureADMyOrg' || application.signInAudience === 'AzureADMultipleOrgs') {
    throw entraError('consumersNotSupported', { appId: application.appId, name: application.displayName })
  }
  throw entraError('tenantUnidentified')
}

type RegisteredClient = Pick<Client, 'application' | 'servicePrincipal'>

/** Finds the client in the tenant. @throws {EntraError} 700038, 700016 or 7000112. */
async function findClient(request: TokenRequest, tenant: Tenant, parts: LoginParts): Promise<RegisteredClient> {
  const appId = request.clientId.toLowerCase()
  if (appId === emptyGuid) throw entraError('applicationIdentifierInvalid', { appId: request.clientId })
  const servicePrincipal = await parts.servicePrincipals.byAppId(tenant.id, appId)
  const application = servicePrincipal && (await parts.applications.byAppId(appId))
  if (!application) throw entraError('applicationNotFound', { appId: request.clientId, tenant: tenant.displayName })
  if (!servicePrincipal.accountEnabled) {
    throw entraError('applicationDisabled', { appId, name: application.displayName })
  }
  return { application, servicePrincipal }
}

/** Lets the client prove who it is. @throws {EntraError} 7000216, 7000215 or 7000222. */
async function authenticateClient(
  request: TokenRequest,
  { application, servicePrincipal }: RegisteredClient,
  grant: Grant,
  now: number,
  parts: LoginParts,
): Promise<Client> {
  if (request.credential.method === 'none') {
    if (grant.clients === 'confidential') throw entraError('clientCredentialMissing')
    return { application, servicePrincipal, authenticatedBy: 'nothing' }
  }
  const ofApplication = await parts.passwordCredentials.byOwner(application.id)
  const ofServicePrincipal = await parts.passwordCredentials.byOwner(servicePrincipal.id)
  const kept = ofServicePrincipal.length === 0 ? ofApplication : [...ofApplication, ...ofServicePrincipal]
  const check = { appId: application.appId, now, secrets: parts.secrets }
  await authenticateBySecret(request.credential.candidates, kept, check)
  return { application, servicePrincipal, authenticatedBy: 'secret' }
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
