import { isGuid } from '../../directory/guid.ts'
import { badRequest, requestBadRequest } from './errors.ts'

/** How a path addresses one object: by its object id, the client id of its application, or a name given to it. */
export interface ObjectKey {
  readonly by: 'id' | 'appId' | 'uniqueName'
  readonly value: string
}

/**
 * Rewrites keys in parentheses to segments of their own, so that the router sees one form:
 * `/applications(appId='…')/addPassword` becomes `/applications/(appId='…')/addPassword`. Parentheses and quotes may
 * be percent-encoded. OData 4.01 URL Conventions §4.3.
 */
export function withKeysAsSegments(url: string): string {
  const end = url.indexOf('?')
  const path = end < 0 ? url : url.slice(0, end)
  if (!path.includes('(') && !/%28/i.test(path)) return url
  const segments = path.split('/').map((segment) => {
    const decoded = segment.replaceAll(/%28/gi, '(').replaceAll(/%29/gi, ')')
    return decoded.replace(/^([A-Za-z0-9]+)(\(.+\))$/, '$1/$2')
  })
  return segments.join('/') + (end < 0 ? '' : url.slice(end))
}

/** @throws {GraphError} 400 when the key has another form */
export function parseObjectKey(segment: string): ObjectKey {
  const key = /^\((?:(\w+)=)?(?:'((?:[^']|'')*)'|([\w-]+))\)$/.exec(segment)
  if (!key) return { by: 'id', value: requiredGuid(segment) }
  const [, name = 'id', quoted, bare] = key
  const value = quoted?.replaceAll("''", "'") ?? bare ?? ''
  switch (name.toLowerCase()) {
    case 'id':
      return { by: 'id', value: requiredGuid(value) }
    case 'appid':
      return { by: 'appId', value: requiredGuid(value) }
    case 'uniquename':
      return { by: 'uniqueName', value }
    default:
      throw unsupportedKey(name)
  }
}

/** @throws {GraphError} 400 when the object is addressed by a name that its collection does not know */
export function requireIdOrAppId({ by, value }: ObjectKey): { readonly by: 'id' | 'appId'; readonly value: string } {
  if (by === 'uniqueName') throw unsupportedKey(by)
  return { by, value }
}

function unsupportedKey(name: string) {
  return badRequest(`The key property '${name}' in the path is not supported here; use an object id or appId='…'.`)
}

/** A GUID in lower case, as ids are kept. @throws {GraphError} 400 */
export function requiredGuid(value: string): string {
  if (isGuid(value)) return value.toLowerCase()
  throw requestBadRequest(`Invalid object identifier '${value}'. Expected a GUID.`)
}

/** An id that is no GUID: of a grant or an assignment. @throws {GraphError} 400 when it is none of ours */
export function parseOpaqueId(segment: string): string {
  const id = /^\((?:id=)?'([^']*)'\)$/i.exec(segment)?.[1] ?? segment
  if (/^[\w-]{1,100}$/.test(id)) return id
  throw requestBadRequest(`Invalid object identifier '${id}'.`)
}
