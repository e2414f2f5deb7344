import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { User } from '../../directory/user.ts'
import { askedOrigin } from '../host.ts'
import { callerOf } from './access-token.ts'
import { insufficientPrivileges } from './errors.ts'
import type { GraphParts } from './graph-parts.ts'
import { commonHeaders, graphOrigin } from './respond.ts'
import { rightsOf } from './user-rights.ts'

/**
 * `GET` and `POST /oidc/userinfo`: who has signed in, as far as the token's scopes tell (OpenID Connect Core §5.3).
 * It is no part of Graph's versions and knows no OData.
 */
export async function userInfoRoute(server: FastifyInstance, parts: GraphParts): Promise<void> {
  // A form may come along (RFC 6750 §2.2); the token is taken from the header, so it does not matter what is in it.
  await server.register(async (own) => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', { parseAs: 'string' }, async () => undefined)
    own.route({ method: ['GET', 'POST'], url: '/oidc/userinfo', handler: (request, reply) => answer(request, reply) })
  })

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const caller = callerOf(request)
    const scopes = caller.kind === 'user' ? caller.permissions : []
    const user = (await rightsOf(caller, parts)) && (await parts.users.byId(caller.objectId))
    if (!scopes.includes('openid') || !user || caller.subjectAtClient === undefined) throw insufficientPrivileges()
    const picture = `${graphOrigin(askedOrigin(request.raw))}/v1.0/me/photo/$value`
    return reply
      .headers(commonHeaders(request))
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(userInfo(user, caller.subjectAtClient, scopes, picture)))
  }
}

/** @param subject - the `sub` of the client's id_token */
function userInfo(user: User, subject: string, scopes: readonly string[], picture: string): object {
  return {
    sub: subject,
    ...(scopes.includes('profile') && {
      name: user.displayName,
      ...(user.surname !== null && { family_name: user.surname }),
      ...(user.givenName !== null && { given_name: user.givenName }),
      picture,
    }),
    ...(scopes.includes('email') && user.mail !== null && { email: user.mail }),
  }
}
