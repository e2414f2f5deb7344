import type { Application } from '../../../directory/application.ts'
import type { AuthorizationRequest } from '../../../protocol/authorization-request.ts'
import type { Issued } from '../../../protocol/authorization-response.ts'
import { idTokenClaims } from '../../../protocol/claims/id-token.ts'
import { userAccessToken } from '../../../protocol/claims/user-access-token.ts'
import type { UserIssuance } from '../../../protocol/claims/user-claims.ts'
import type { SignedInClient } from '../../../protocol/grants/grant.ts'
import { membershipReader } from '../../../protocol/grants/memberships.ts'
import { authorizeUser } from '../../../protocol/grants/user-authorization.ts'
import { firstResource } from '../../../protocol/requested-scopes.ts'
import type { SignedInUser } from '../../../protocol/sign-in-records.ts'
import { newOpaqueToken } from '../../../tokens/opaque-token.ts'
import { opaqueValues } from '../../../tokens/opaque-values.ts'
import { askedOrigin } from '../../host.ts'
import type { LoginParts } from '../login-parts.ts'
import { userTokenLifetime } from '../user-tokens.ts'
import type { GrantedSignIn } from './purpose.ts'
import type { Visit } from './visit.ts'

interface AtOnce {
  readonly application: Application
  readonly request: AuthorizationRequest
  /** The code that is sent beside them. */
  readonly code: string | undefined
}

/**
 * The tokens that the authorization endpoint itself answers with: the implicit and the hybrid flow (RFC 6749 §4.2,
 * OpenID Connect Core §3.2 and §3.3). There is never a refresh token among them.
 * @throws {EntraError} 500011, 70011 or 65001 for an access token that cannot be had.
 */
export async function issueAtOnce(
  visit: Visit,
  granted: GrantedSignIn,
  { application, request, code }: AtOnce,
  parts: LoginParts,
): Promise<Pick<Issued, 'idToken' | 'accessToken'>> {
  const { responseType, responseMode, endpoint } = request
  if (!responseType.idToken && !responseType.accessToken) return {}
  const settings = await parts.settings.read()
  const issuance: UserIssuance = {
    authority: askedOrigin(visit.request.raw),
    tenant: granted.tenant,
    now: visit.now,
    lifetimeInSeconds: settings.accessTokenLifetimeInSeconds ?? userTokenLifetime(),
    opaque: opaqueValues(),
    keyedHash: parts.pairwiseHash,
    clientAddress: visit.request.ip,
    travelsInFragment: responseMode === 'fragment',
  }
  const signedIn = await signedInClient(granted, application, request, parts)
  const access = responseType.accessToken ? await accessTokenFor(signedIn, request, issuance, parts) : undefined
  if (!responseType.idToken) return { ...(access && { accessToken: access }) }
  const claims = idTokenClaims(
    signedIn,
    endpoint,
    { ...issuance, opaque: opaqueValues() },
    {
      ...(code !== undefined && { code }),
      ...(access && { accessToken: access.token }),
      tellsTime: request.maxAge !== undefined,
    },
  )
  const idToken = await parts.issuer.sign({ version: endpoint, claims })
  return { idToken, ...(access && { accessToken: access }) }
}

async function signedInClient(
  { tenant, user, servicePrincipal, signedIn }: GrantedSignIn,
  application: Application,
  { requested, nonce }: AuthorizationRequest,
  parts: LoginParts,
): Promise<SignedInClient> {
  const client = { application, servicePrincipal, authenticatedBy: 'nothing' as const }
  const { method, authenticatedAt } = signedIn.account
  return {
    client,
    tenant,
    user,
    signIn: { method, authenticatedAt, sessionId: signedIn.sessionId },
    openId: requested.openId,
    nonce: nonce ?? null,
    clientMemberships: await membershipReader(user, parts)(client),
  }
}

async function accessTokenFor(
  { client, user, tenant, signIn, nonce }: SignedInClient,
  { endpoint, requested, scopes, resource }: AuthorizationRequest,
  issuance: UserIssuance,
  parts: LoginParts,
): Promise<NonNullable<Issued['accessToken']>> {
  const person: SignedInUser = { ...signIn, tenantId: tenant.id, userId: user.id }
  const authorization = await authorizeUser(
    {
      endpoint,
      client,
      user,
      signIn: person,
      requested: { openId: requested.openId, resource: firstResource(requested), scopes, v1Resource: resource },
      redirectUriType: null,
      nonce,
      redeemed: null,
      consumes: [],
      takenRefusal: null,
      isAtOnce: true,
    },
    { tenant, now: issuance.now, origin: undefined },
    { ...parts, newOpaqueToken },
  )
  const accessToken = userAccessToken(authorization, issuance)
  return {
    token: await parts.issuer.sign(accessToken),
    expiresIn: accessToken.expiresOn - Math.floor(issuance.now / 1000),
    scope: authorization.scopeEcho,
  }
}
