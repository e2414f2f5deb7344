import { bearerChallenge, TokenRefused } from '@doorstep/guard'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type AskedOrigin, askedOrigin } from '../host.ts'
import { ManagementError } from './errors.ts'
import type { ManagementParts } from './management-parts.ts'
import { commonHeaders } from './respond.ts'

/** Gives every refusal and fault its form: the only place where Azure Resource Manager's error object is made. */
export async function sendError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: ManagementParts,
): Promise<FastifyReply> {
  const refusal = asManagementError(error)
  if (refusal.status >= 500) parts.reportFault?.(error, request.id)
  if (refusal.status === 401) reply.header('www-authenticate', await challenge(refusal, request, parts))
  const { code, message } = refusal
  return reply
    .code(refusal.status)
    .headers(commonHeaders(request, parts.clock.now()))
    .send(JSON.stringify({ error: { code, message } }))
}

/** Where tokens come from, as challenges name it; ends in a slash. */
export function authorityOf(asked: AskedOrigin): string {
  return asked.kind === 'local' ? `${asked.origin}/` : 'https://login.windows.net/'
}

/**
 * Says where to get a token: of a subscription's address the tenant that owns it, by which tools discover it before
 * anybody has signed in.
 */
async function challenge(
  refusal: ManagementError,
  request: FastifyRequest,
  { subscriptions }: ManagementParts,
): Promise<string> {
  const [, subscriptionId] = /^\/+subscriptions\/+([^/?]+)/i.exec(request.originalUrl) ?? []
  const tenantId = subscriptionId === undefined ? undefined : (await subscriptions.byId(subscriptionId))?.tenantId
  return bearerChallenge({
    authorizationUri: `${authorityOf(askedOrigin(request.raw))}${tenantId ?? ''}`,
    ...refusal.challenge,
  })
}

function asManagementError(error: unknown): ManagementError {
  if (error instanceof ManagementError) return error
  if (error instanceof TokenRefused) return tokenRefusal(error)
  return transportError(error) ?? new ManagementError(500, 'InternalServerError', 'Encountered internal server error.')
}

/** What Fastify itself refuses before a handler runs; its words name no path and no internals. */
function transportError(error: unknown): ManagementError | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined
  if (status === 413) {
    return new ManagementError(413, 'RequestContentTooLarge', 'The request content is larger than 1 MiB.')
  }
  return new ManagementError(status, 'InvalidRequestUri', 'The request is not one that the service understands.')
}

function tokenRefusal(refused: TokenRefused): ManagementError {
  const [code, message] = codeAndMessage(refused)
  const errorDescription =
    refused.reason === 'missing' ? "The authentication failed because of missing 'Authorization' header." : message
  return new ManagementError(401, code, message, { error: 'invalid_token', errorDescription })
}

function codeAndMessage({ reason, message }: TokenRefused): readonly [code: string, message: string] {
  switch (reason) {
    case 'missing':
      return ['AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."]
    case 'expired':
      return ['ExpiredAuthenticationToken', message]
    case 'audience':
      return [
        'InvalidAuthenticationTokenAudience',
        `The access token has been obtained for wrong audience or resource. ${message}`,
      ]
    default:
      return ['InvalidAuthenticationToken', 'The access token is invalid.']
  }
}
