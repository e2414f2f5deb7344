import type { FastifyPluginAsync, RegisterOptions } from 'fastify'
import { type AdmissionOptions, admit, requiredNames } from '../admission.ts'
import { authorizationHeader } from '../authorization-header.ts'
import type { Guard } from '../guard.ts'
import { refusalAnswer } from '../refusal-answer.ts'
import { rememberToken } from '../request-tokens.ts'

export type { AdmissionOptions, Requirements } from '../admission.ts'
export { tokenOf } from '../request-tokens.ts'

export interface FastifyGuardOptions extends AdmissionOptions {
  readonly guard: Guard
}

/**
 * Plugin that guards every route of the scope it is registered in, and of the scopes inside: it lets in who has a good
 * token and the permissions asked for; `tokenOf(request)` then gives the token. Every other request is answered 401, 403
 * or 503. Routes with other requirements belong in a scope of their own.
 */
export const fastifyGuard: FastifyPluginAsync<FastifyGuardOptions> = async (instance, given) => {
  // Fastify hands its own options of `register` over too.
  const { guard, prefix, logLevel, logSerializers, ...options } = given as FastifyGuardOptions & RegisterOptions
  if (typeof guard?.verify !== 'function') throw new TypeError('fastifyGuard: expected { guard: createGuard({ … }) }.')
  requiredNames(options, 'fastifyGuard')
  instance.addHook('onRequest', async (request, reply) => {
    try {
      rememberToken(request, await admit(guard, authorizationHeader(request.raw), options))
    } catch (error) {
      const answer = refusalAnswer(error, options.challenge)
      if (!answer) throw error
      options.onRefused?.(error as Error)
      return reply.code(answer.status).headers(answer.headers).send(answer.body)
    }
  })
}

// Without this a plugin's hooks stay inside the plugin, and the routes beside it would go unguarded (Fastify's reference, "Plugins").
Object.assign(fastifyGuard, { [Symbol.for('skip-override')]: true })
