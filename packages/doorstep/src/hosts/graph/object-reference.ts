import { isGuid } from '../../directory/guid.ts'
import { isRecord } from '../../directory/property-problem.ts'
import { requestBadRequest } from './errors.ts'
import { referenceAnnotation } from './request-body.ts'

/** So many objects can be bound in one request (Microsoft Graph, "Create group", "Add members"). */
const mostBound = 20

/** The object that the body of a `POST …/$ref` or `PUT …/$ref` names. @throws {GraphError} 400 */
export function referencedId(body: unknown): string {
  const address = isRecord(body) ? body[referenceAnnotation] : undefined
  if (address !== undefined) return idInAddress(address, referenceAnnotation)
  throw requestBadRequest(`A value is required for property '${referenceAnnotation}': ${expected}.`)
}

/** The ids that a body binds to a relationship, each once, and the rest of the body. @throws {GraphError} 400 */
export function boundIds(
  body: unknown,
  relationships: readonly string[],
): { readonly bound: ReadonlyMap<string, readonly string[]>; readonly rest: unknown } {
  if (!isRecord(body)) return { bound: new Map(), rest: body }
  const bound = new Map(relationships.map((name) => [name, idsBoundTo(name, body)]))
  const count = [...bound.values()].reduce((sum, ids) => sum + ids.length, 0)
  if (count > mostBound) {
    throw requestBadRequest(`The request adds ${count} references; expected at most ${mostBound}.`)
  }
  const annotations = relationships.map(annotationOf)
  return { bound, rest: Object.fromEntries(Object.entries(body).filter(([name]) => !annotations.includes(name))) }
}

function annotationOf(relationship: string): string {
  return `${relationship}@odata.bind`
}

function idsBoundTo(relationship: string, body: Readonly<Record<string, unknown>>): readonly string[] {
  const name = annotationOf(relationship)
  const addresses = body[name] ?? []
  if (!Array.isArray(addresses)) throw requestBadRequest(`Invalid value specified for '${name}': expected a list.`)
  return [...new Set(addresses.map((address) => idInAddress(address, name)))]
}

const expected = 'expected an address such as https://graph.microsoft.com/v1.0/directoryObjects/{id}'
const collections = 'directoryObjects|users|groups|servicePrincipals'
const addressForm = new RegExp(
  `(?:^|/)(?:${collections})(?:/|\\(')([^/()']+)(?:'\\))?(?:/Microsoft\\.DirectoryServices\\.\\w+)?/?$`,
  'i',
)

/** Which host an address names does not matter: only objects of the caller's tenant are looked for. */
function idInAddress(address: unknown, property: string): string {
  const id = typeof address === 'string' ? addressForm.exec(address)?.[1] : undefined
  if (id !== undefined && isGuid(id)) return id.toLowerCase()
  throw requestBadRequest(`Invalid value specified for property '${property}': ${expected}.`)
}
