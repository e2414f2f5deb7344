import type { IncomingMessage, ServerResponse } from 'node:http'
import type { VerifiedToken } from '../access-token-claims.ts'
import { type AdmissionOptions, admit, requiredNames, requireGuard } from '../admission.ts'
import { authorizationHeader } from '../authorization-header.ts'
import type { Guard } from '../guard.ts'
import { refusalAnswer } from '../refusal-answer.ts'
import { rememberToken } from '../request-tokens.ts'

export type { AdmissionOptions, Requirements } from '../admission.ts'
export { tokenOf } from '../request-tokens.ts'

/** Middleware of Express 4 and 5, and of everything else that takes Connect's. */
export type ExpressGuard = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

/**
 * Middleware that lets in who has a good token and the permissions asked for; `tokenOf(request)` then gives the token.
 * Every other request is answered 401, 403 or 503. Put middleware for CORS before it: a preflight has no token.
 *
 * @throws {TypeError} when a requirement is wrong
 */
export function expressGuard(guard: Guard, options: AdmissionOptions = {}): ExpressGuard {
  requireGuard(guard, 'expressGuard')
  requiredNames(options, 'expressGuard')
  return (request, response, next) => {
    const refuse = (error: Error) => {
      const answer = refusalAnswer(error, options.challenge)
      if (!answer) return next(error)
      options.onRefused?.(error)
      response.writeHead(answer.status, answer.headers).end(answer.body)
    }
    const letIn = (token: VerifiedToken) => {
      rememberToken(request, token)
      next()
    }
    admit(guard, authorizationHeader(request), options).then(letIn, refuse).catch(next)
  }
}
