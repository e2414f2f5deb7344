import type { FastifyReply, FastifyRequest } from 'fastify'
import { askedOrigin } from '../host.ts'
import { callerOf } from './access-token.ts'
import { authorize, isPermittedToApplication } from './authorize.ts'
import type { GraphCall, Route } from './call.ts'
import { insufficientPrivileges } from './errors.ts'
import type { GraphParts } from './graph-parts.ts'
import { leftOutRefusal } from './left-out.ts'
import { nextPageQuery, parseQueryOptions, requireOffered } from './odata/query-options.ts'
import { graphOrigin, sendAnswer } from './respond.ts'
import { directoryRolesOf, rightsOf } from './user-rights.ts'

/** The phases that all operations share, behind the check of the token: may the caller, what is asked, the answer. */
export function endpoint(route: Route, version: string, parts: GraphParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const params = request.params as Record<string, string | undefined>
    // Where a key can stand, a function that is not served looks like one.
    const beyond = params.key === undefined ? undefined : leftOutRefusal([params.key])
    if (beyond) throw beyond
    const caller = callerOf(request)
    const [rights, directoryRoleIds] = await Promise.all([rightsOf(caller, parts), directoryRolesOf(caller, parts)])
    const reach = authorize(route.operation, caller, rights, directoryRoleIds)
    if (reach === 'none') throw insufficientPrivileges()
    const origin = graphOrigin(askedOrigin(request.raw))
    const [path = '', queryString = ''] = splitQuery(request.originalUrl)
    const list = path.slice(path.toLowerCase().indexOf(version) + version.length)
    const query = parseQueryOptions(queryString, list)
    requireOffered(query, route.options ?? [])
    const call: GraphCall = {
      parts,
      caller,
      reach,
      rights,
      directoryRoleIds,
      isPermitted: isPermittedToApplication(route.operation, caller),
      params,
      query,
      eventual: String(request.headers.consistencylevel ?? '').toLowerCase() === 'eventual',
      createIfMissing: /\bcreate-if-missing\b/i.test(String(request.headers.prefer ?? '')),
      body: request.body,
      root: `${origin}/${version}`,
      now: new Date(parts.clock.now()).toISOString(),
      nextLink: (after) => `${origin}${path}?${nextPageQuery(queryString, after, list)}`,
    }
    return sendAnswer(await route.answer(call), call, request, reply)
  }
}

function splitQuery(url: string): [string, string] {
  const at = url.indexOf('?')
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)]
}
