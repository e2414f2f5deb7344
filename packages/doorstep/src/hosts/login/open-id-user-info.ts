import {
  bearerChallenge,
  bearerToken,
  type ChallengeParameters,
  TokenRefused,
  type VerifiedToken,
} from '@doorstep/guard'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { resolveTenantSegment } from '../../protocol/tenant-segment.ts'
import type { LoginParts } from './login-parts.ts'
import { requestIds, sendUncached } from './response-headers.ts'

interface UserInfoRoute {
  Params: { tenant: string }
}

/**
 * `GET` and `POST /{tenant}/openid/userinfo`: the v1.0 counterpart of Microsoft Graph's `/oidc/userinfo`. It takes a
 * user's access token for Microsoft Graph and says what a v1.0 id_token says (OpenID Connect Core §5.3).
 */
export function openIdUserInfoRoute(app: FastifyInstance, parts: LoginParts): void {
  app.route<UserInfoRoute>({
    method: ['GET', 'POST'],
    url: '/:tenant/openid/userinfo',
    handler: async (request, reply) => {
      const segment = await resolveTenantSegment(request.params.tenant, parts.tenants)
      try {
        const token = await parts.graphTokens.verify(bearerToken(request.headers.authorization))
        const isOfTenant = segment.kind !== 'tenant' || segment.tenant.id === token.tenantId
        if (!isOfTenant)
          throw new TokenRefused('tenant', 'The token was issued for another tenant than that of the URL.')
        if (token.kind === 'app') return refuse(403, noUser, noUser.errorDescription, request, reply)
        return send(200, personOf(token), request, reply)
      } catch (error) {
        if (!(error instanceof TokenRefused)) throw error
        return refuse(401, error, error.message, request, reply)
      }
    },
  })
}

const noUser = { error: 'insufficient_scope', errorDescription: 'The token speaks for an application, not for a user.' }

/** A refusal by the rules of bearer tokens. RFC 6750 §3. */
function refuse(
  status: 401 | 403,
  cause: TokenRefused | ChallengeParameters,
  description: string,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  // Set on the response itself: what is sent uncached is written past Fastify's own headers.
  reply.raw.setHeader('www-authenticate', bearerChallenge(cause))
  const error = status === 401 ? 'invalid_token' : 'insufficient_scope'
  return send(status, { error, error_description: description }, request, reply)
}

function send(status: number, body: object, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const ids = requestIds(request)
  return sendUncached(request, reply, { status, ids, telemetry: '1,0,0,,', body: JSON.stringify(body) })
}

const shownClaims = ['amr', 'email', 'family_name', 'given_name', 'ipaddr', 'name', 'oid', 'tid', 'unique_name', 'upn']

/** `sub` is the user as the client knows him, which tokens for Microsoft Graph carry besides. */
function personOf({ claims }: VerifiedToken): object {
  const { xms_st: known } = claims
  const sub = typeof known === 'object' && known !== null && 'sub' in known ? known.sub : claims.sub
  const shown = shownClaims.flatMap((name) => (claims[name] === undefined ? [] : [[name, claims[name]] as const]))
  return { ...Object.fromEntries(shown), sub, ver: '1.0' }
}
