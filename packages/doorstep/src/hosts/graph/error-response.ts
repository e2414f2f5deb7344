import { bearerChallenge, TokenRefused } from '@doorstep/guard'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AlreadyExists, ConcurrentChange, NoSuchRecord } from '../../directory/changes.ts'
import { firstPartyAppIds } from '../../directory/first-party-ids.ts'
import { type AskedOrigin, askedOrigin } from '../host.ts'
import { alreadyTaken, GraphError } from './errors.ts'
import type { GraphParts } from './graph-parts.ts'
import { clientRequestId, commonHeaders } from './respond.ts'

/** Gives every refusal and fault its form: the only place where Graph's error object is made. */
export function sendError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: GraphParts,
): FastifyReply {
  const refusal = asGraphError(error)
  if (refusal.status >= 500) parts.reportFault?.(error, request.id)
  if (error instanceof TokenRefused) {
    reply.header('www-authenticate', challenge(error, askedOrigin(request.raw)))
  }
  return reply
    .code(refusal.status)
    .headers(commonHeaders(request))
    .header('content-type', 'application/json')
    .send(JSON.stringify(errorObject(refusal, request, parts.clock.now())))
}

/** The body of an error ("Microsoft Graph error responses and resource types"). */
function errorObject({ code, message, details }: GraphError, request: FastifyRequest, now: number): object {
  return {
    error: {
      code,
      message,
      ...(details.length > 0 && { details }),
      innerError: {
        date: new Date(now).toISOString().slice(0, 19),
        'request-id': request.id,
        'client-request-id': clientRequestId(request),
      },
    },
  }
}

function asGraphError(error: unknown): GraphError {
  if (error instanceof GraphError) return error
  if (error instanceof TokenRefused) return new GraphError(401, 'InvalidAuthenticationToken', tokenMessage(error))
  if (error instanceof AlreadyExists) {
    const message = `Another object with the same value for property ${error.property} already exists.`
    return alreadyTaken(error.property, message)
  }
  if (error instanceof NoSuchRecord) {
    return new GraphError(404, 'Request_ResourceNotFound', 'The object was deleted by another request meanwhile.')
  }
  if (error instanceof ConcurrentChange) {
    const message = 'The object was changed by other requests at the same time. Repeat the request.'
    return new GraphError(409, 'Directory_ConcurrencyViolation', message)
  }
  return transportError(error) ?? new GraphError(500, 'InternalServerError', 'An internal server error occurred.')
}

/** What Fastify itself refuses before a handler runs; its words name no path and no internals. */
function transportError(error: unknown): GraphError | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined
  if (status === 413) return new GraphError(413, 'RequestEntityTooLarge', 'The request body is larger than 1 MiB.')
  return new GraphError(status, 'BadRequest', 'The request is not one that the service understands.')
}

function tokenMessage({ reason }: TokenRefused): string {
  switch (reason) {
    case 'missing':
      return 'Access token is empty.'
    case 'expired':
    case 'not-yet-valid':
      return 'Access token has expired or is not yet valid.'
    case 'audience':
      return 'Access token validation failure. Invalid audience.'
    default:
      return 'CompactToken validation failed with reason code: 80049228.'
  }
}

/** Says where to get a token, and in its `error_description` what is wrong with the one that came. */
function challenge(refused: TokenRefused, asked: AskedOrigin): string {
  const authority = asked.kind === 'local' ? asked.origin : 'https://login.microsoftonline.com'
  return bearerChallenge(refused, {
    realm: '',
    authorizationUri: `${authority}/common/oauth2/authorize`,
    clientId: firstPartyAppIds.microsoftGraph,
  })
}
