import type { VerifiedToken } from '../access-token-claims.ts'
import { type AdmissionOptions, admit, requiredNames, requireGuard } from '../admission.ts'
import type { Guard } from '../guard.ts'
import { refusalAnswer } from '../refusal-answer.ts'

/** A handler of a server in the manner of `fetch`; `Rest` is what that server passes besides. */
export type FetchHandler<Rest extends readonly unknown[] = []> = (
  request: Request,
  token: VerifiedToken,
  ...rest: Rest
) => Response | Promise<Response>

/**
 * Guards a handler from Request to Response, as servers in the manner of `fetch` take them: it is called with the
 * verified token only when the request is let in; every other is answered 401, 403 or 503.
 *
 * @throws {TypeError} when a requirement is wrong
 */
export function guarded<Rest extends readonly unknown[]>(
  guard: Guard,
  handler: FetchHandler<Rest>,
  options: AdmissionOptions = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  requireGuard(guard, 'guarded')
  requiredNames(options, 'guarded')
  return async (request, ...rest) => {
    let token: VerifiedToken
    try {
      token = await admit(guard, request.headers.get('authorization'), options)
    } catch (error) {
      const answer = refusalAnswer(error, options.challenge)
      if (!answer) throw error
      options.onRefused?.(error as Error)
      return new Response(answer.body, { status: answer.status, headers: answer.headers })
    }
    return handler(request, token, ...rest)
  }
}
