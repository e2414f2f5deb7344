import { badRequest } from '../errors.ts'

/** What an `$expand` asks for. */
export interface Expansion {
  /** As the caller spells it. */
  readonly relationship: string
  /** Properties of the related objects, as written; undefined for all. */
  readonly select: readonly string[] | undefined
}

/**
 * Reads `$expand=owners` or `$expand=owners($select=id,displayName)`. Directory objects expand one relationship of a
 * query ("Use the $expand query parameter").
 *
 * @throws {GraphError} 400
 */
export function parseExpand(text: string): Expansion {
  const [, relationship, options] = /^\s*([A-Z_a-z]\w*)\s*(?:\(([^()]*)\))?\s*$/.exec(text) ?? []
  if (relationship !== undefined) return { relationship, select: options === undefined ? undefined : selectOf(options) }
  if (/[,/]/.test(text.replaceAll(/\(.*?\)/g, ''))) {
    throw badRequest("The value of '$expand' names more than one relationship; directory objects expand one per query.")
  }
  throw badRequest(`The value of '$expand' is not understood: '${text}'. Expected one relationship, such as owners.`)
}

function selectOf(options: string): readonly string[] {
  const [, list] = /^\s*\$?select\s*=([^;=]*)$/i.exec(options) ?? []
  const names = list?.split(',').map((name) => name.trim()) ?? ['']
  if (!names.includes('')) return names
  throw badRequest(`Inside '$expand' only ($select=id,displayName) is supported, not '(${options})'.`)
}
