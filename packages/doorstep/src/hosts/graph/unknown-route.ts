import type { Route } from './call.ts'
import { badRequest, GraphError, segmentNotFound } from './errors.ts'
import { leftOutRefusal } from './left-out.ts'

/** What to answer when no route fits: which part of the address is wrong. */
export function unknownRoute(
  path: string,
  versions: readonly string[],
  routes: readonly Pick<Route, 'path'>[],
): GraphError {
  const [version = '', ...segments] = path.split('/').filter((segment) => segment !== '')
  if (version === '') return new GraphError(404, 'ResourceNotFound', 'Resource not found. Addresses begin with /v1.0.')
  if (!versions.includes(version.toLowerCase())) return badRequest(`Invalid version: ${version}.`)
  if (segments.length === 0) return new GraphError(404, 'ResourceNotFound', `Resource not found for '/${version}'.`)
  const patterns = routes.map((route) => route.path.split('/').slice(1))
  const known = Math.max(...patterns.map((pattern) => commonLength(pattern, segments)))
  const unknown = segments[known]
  const beyond = leftOutRefusal(segments)
  if (beyond) return beyond
  if (unknown !== undefined) return segmentNotFound(unknown)
  const isWhole = patterns.some((pattern) => pattern.length === known && commonLength(pattern, segments) === known)
  if (isWhole)
    return new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.')
  return new GraphError(404, 'ResourceNotFound', `Resource not found for '${path}'.`)
}

/** How many segments of an address a route's path fits. */
function commonLength(pattern: readonly string[], segments: readonly string[]): number {
  const differing = segments.findIndex((segment, position) => {
    const expected = pattern[position]
    if (expected === undefined) return true
    return !expected.startsWith(':') && expected.toLowerCase() !== segment.toLowerCase()
  })
  return differing < 0 ? segments.length : differing
}
