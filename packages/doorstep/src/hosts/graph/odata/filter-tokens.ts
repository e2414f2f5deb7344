/** A word of a filter: what it is, its value, and where it begins (for messages). */
export interface FilterToken {
  readonly kind: 'string' | 'literal' | 'number' | 'name' | 'mark' | 'end'
  /** Strings without their quotes, everything else as written. */
  readonly text: string
  readonly position: number
}

/** A filter that is not one; the message says what was expected, and where. */
export class FilterSyntaxError extends Error {
  override readonly name = 'FilterSyntaxError'

  constructor(expectation: string, position: number) {
    super(`${expectation} at position ${position}`)
  }
}

/**
 * The words of OData 4.01 ABNF that directory filters use, in the order in which they are tried: GUIDs and dates
 * before numbers and names, since they begin like those.
 */
const words = [
  ['string', /'(?:[^']|'')*'/y],
  ['literal', /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/iy],
  ['literal', /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,12})?)?(?:Z|[+-]\d{2}:\d{2}))?(?![\w-])/iy],
  ['number', /-?\d+(?:\.\d+)?(?![\w.-])/y],
  ['name', /[$@A-Z_a-z][\w.]*/y],
  ['mark', /[(),:/]/y],
] as const

/** @throws {FilterSyntaxError} at the first character that belongs to no word */
export function filterTokens(filter: string): readonly FilterToken[] {
  const tokens: FilterToken[] = []
  let position = skipBlanks(filter, 0)
  while (position < filter.length) {
    const token = tokenAt(filter, position)
    tokens.push(token.found)
    position = skipBlanks(filter, token.end)
  }
  tokens.push({ kind: 'end', text: 'the end', position: filter.length })
  return tokens
}

function tokenAt(filter: string, position: number): { found: FilterToken; end: number } {
  for (const [kind, pattern] of words) {
    pattern.lastIndex = position
    const match = pattern.exec(filter)?.[0]
    if (match === undefined) continue
    const text = kind === 'string' ? match.slice(1, -1).replaceAll("''", "'") : match
    return { found: { kind, text, position }, end: position + match.length }
  }
  if (filter[position] === "'") throw new FilterSyntaxError('There is an unterminated string literal', position)
  throw new FilterSyntaxError(`Syntax error: character '${filter[position]}' is not valid`, position)
}

function skipBlanks(filter: string, from: number): number {
  let position = from
  while (/\s/.test(filter.charAt(position))) position += 1
  return position
}
