import type { Filter } from '../../../directory/query.ts'
import { searchWords } from '../../../directory/search-words.ts'
import { badRequest } from '../errors.ts'
import { type EntityType, knownProperty } from './known-properties.ts'

/** Clauses of one search, and words in all of them: each is a question of its own to the index. */
const mostClauses = 20
const mostWords = 20

/** What is searched word by word; of other properties `$search` finds the beginning. */
const wordByWord = ['displayName', 'description']

/**
 * Reads `$search="displayName:local" OR "mail:al"`: clauses in double quotes, each a property and what it is searched
 * for, joined by AND (which binds more tightly) and OR ("Use the $search query parameter", directory objects).
 *
 * @throws {GraphError} 400 when it is malformed or names a property that there is not
 */
export function parseSearch(text: string, type: EntityType): Filter {
  const { clauses, operators } = wordsOf(text)
  const [first, ...rest] = clauses.map((clause) => condition(clause, type))
  if (!first) throw malformed(text)
  if (clauses.length > mostClauses) throw badRequest(`'$search' has at most ${mostClauses} clauses.`)
  const words = [first, ...rest].flatMap((part) => (part.kind === 'search' ? searchWords(part.value) : []))
  if (words.length > mostWords) throw badRequest(`'$search' asks for at most ${mostWords} words.`)
  let [whole, part]: [Filter | undefined, Filter] = [undefined, first]
  rest.forEach((right, index) => {
    if (operators[index] === 'AND') part = { kind: 'and', left: part, right }
    else [whole, part] = [joined(whole, part), right]
  })
  return joined(whole, part)
}

function joined(left: Filter | undefined, right: Filter): Filter {
  return left ? { kind: 'or', left, right } : right
}

function wordsOf(text: string): { clauses: readonly string[]; operators: readonly string[] } {
  const clause = String.raw`"(?:[^"\\]|\\.)*"`
  const whole = new RegExp(String.raw`^\s*${clause}(?:\s*\b(?:AND|OR)\b\s*${clause})*\s*$`)
  if (text.length > 4000 || !whole.test(text)) throw malformed(text)
  const words = text.match(new RegExp(`${clause}|AND|OR`, 'g')) ?? []
  return {
    clauses: words.filter((word) => word.startsWith('"')),
    operators: words.filter((word) => !word.startsWith('"')),
  }
}

function condition(clause: string, type: EntityType): Filter {
  const said = clause.slice(1, -1).replaceAll(/\\(.)/g, '$1')
  const [, path, value = ''] = /^([A-Z_a-z]\w*):(.*)$/s.exec(said) ?? []
  if (path === undefined || value.trim() === '') throw malformed(clause)
  const property = knownProperty(path, type)
  return { kind: wordByWord.includes(property) ? 'search' : 'startsWith', property, value: value.trim() }
}

function malformed(found: string) {
  return badRequest(`Syntax error in '$search' at '${found}'. Expected clauses such as "displayName:local", in quotes.`)
}
