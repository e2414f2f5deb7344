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
  const refusal = asManagementError(error, request, parts.clock.now())
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

function asManagementError(error: unknown, request: FastifyRequest, now: number): ManagementError {
  if (error instanceof ManagementError) return error
  if (error instanceof TokenRefused) return tokenRefusal(error, request, now)
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

const allowedAudiences = [
  'https://management.core.windows.net/',
  'https://management.core.windows.net',
  'https://management.azure.com/',
  'https://management.azure.com',
]

function tokenRefusal(refused: TokenRefused, { headers }: FastifyRequest, now: number): ManagementError {
  const [code, message] = codeAndMessage(refused, headers.authorization ?? '', now)
  const errorDescription =
    refused.reason === 'missing' ? "The authentication failed because of missing 'Authorization' header." : message
  return new ManagementError(401, code, message, { error: 'invalid_token', errorDescription })
}

function codeAndMessage(
  { reason }: TokenRefused,
  authorization: string,
  now: number,
): readonly [code: string, message: string] {
  if (reason === 'missing') {
    return ['AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."]
  }
  if (reason === 'expired') {
    const [expiry, current] = [Number(claimOf(authorization, 'exp')) * 1000, now].map((time) =>
      new Date(time).toISOString(),
    )
    const message = `The access token expiry UTC time '${expiry}' is earlier than current UTC time '${current}'.`
    return ['ExpiredAuthenticationToken', message]
  }
  if (reason === 'audience') {
    const message =
      `The access token has been obtained for wrong audience or resource '${claimOf(authorization, 'aud')}'. It should ` +
      `exactly match with one of the allowed audiences '${allowedAudiences.join(',')}'.`
    return ['InvalidAuthenticationTokenAudience', message]
  }
  return ['InvalidAuthenticationToken', 'The access token is invalid.']
}

/** A claim of the token in an Authorization header, when its signature was found good and its content was not. */
function claimOf(authorization: string, name: 'aud' | 'exp'): unknown {
  const [, payload = ''] = authorization.split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))[name]
}
