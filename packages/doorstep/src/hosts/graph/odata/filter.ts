import { type Filter, UnsupportedFilter } from '../../../directory/query.ts'
import { FilterSyntaxError, type FilterToken, filterTokens } from './filter-tokens.ts'

/** How deep parentheses and `not` may nest, and how many conditions a filter may have: stores recurse over them. */
const deepest = 50
const mostConditions = 400
/** No index finds the end of a text: each of these reads all objects that the rest leaves. */
const mostEndings = 5

const comparisons = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
type Comparison = (typeof comparisons)[number]

/** Functions of OData that directory objects cannot be filtered by; each takes a property first. */
const unsupportedFunctions = ['contains', 'indexof', 'length', 'tolower', 'toupper', 'trim', 'concat', 'substring']

const countSuffix = '/$count'

type Literal = string | number | boolean | null

/**
 * Parses an OData `$filter` (OData 4.01 URL Conventions §5.1.1, the part that directory objects support): comparisons,
 * `in`, `collection/$count eq 0`, `startswith`, `endswith`, `collection/any(x:x eq value)`, `collection/any(x:startswith(x,value))`, `and`, `or`,
 * `not`, parentheses.
 *
 * @throws {FilterSyntaxError} when it is none; {UnsupportedFilter} when it is one that no directory object can answer
 */
export function parseFilter(text: string): Filter {
  const parser = new FilterParser(filterTokens(text))
  return parser.whole()
}

class FilterParser {
  readonly #tokens: readonly FilterToken[]
  #next = 0
  #depth = 0
  #conditions = 0
  #endings = 0

  constructor(tokens: readonly FilterToken[]) {
    this.#tokens = tokens
  }

  whole(): Filter {
    const filter = this.#or()
    if (this.#peek().kind !== 'end') throw this.#expected("'and', 'or' or the end")
    return filter
  }

  #or(): Filter {
    let left = this.#and()
    while (this.#takeWord('or')) left = { kind: 'or', left, right: this.#and() }
    return left
  }

  #and(): Filter {
    let left = this.#unary()
    while (this.#takeWord('and')) left = { kind: 'and', left, right: this.#unary() }
    return left
  }

  #unary(): Filter {
    if (this.#takeWord('not')) return this.#nested(() => ({ kind: 'not', operand: this.#unary() }))
    if (this.#takeMark('(')) {
      const inner = this.#nested(() => this.#or())
      this.#mark(')')
      return inner
    }
    return this.#condition()
  }

  #condition(): Filter {
    this.#conditions += 1
    if (this.#conditions > mostConditions) throw this.#error(`There are more than ${mostConditions} conditions`)
    const path = this.#path()
    if (this.#takeMark('(')) return this.#functionCall(path)
    const operator = this.#name('an operator such as eq').toLowerCase()
    if (operator === 'in') return { kind: 'in', property: path, values: this.#list() }
    if (!isComparison(operator)) throw this.#error(`The operator '${operator}' is not supported`, -1)
    if (path.toLowerCase().endsWith(countSuffix)) return this.#emptiness(path.slice(0, -countSuffix.length), operator)
    return { kind: 'compare', property: path, operator, value: this.#literal() }
  }

  /** Of how many a collection has, directory objects tell only whether there are any. */
  #emptiness(collection: string, operator: Comparison): Filter {
    const isEmpty: Filter = { kind: 'isEmpty', collection }
    if (this.#literal() !== 0) throw new UnsupportedFilter(collection)
    if (operator === 'eq') return isEmpty
    if (operator === 'ne' || operator === 'gt') return { kind: 'not', operand: isEmpty }
    throw new UnsupportedFilter(collection)
  }

  /** A property, or a way to one: `web/redirectUris`. */
  #path(): string {
    const segments = [this.#name('a property name')]
    while (this.#takeMark('/')) segments.push(this.#name('a property name'))
    return segments.join('/')
  }

  #functionCall(path: string): Filter {
    const at = path.lastIndexOf('/')
    const name = path.slice(at + 1).toLowerCase()
    if (name === 'any' && at > 0) return this.#any(path.slice(0, at))
    if (at < 0 && (name === 'startswith' || name === 'endswith')) {
      return this.#textFunction(name === 'startswith' ? 'startsWith' : 'endsWith')
    }
    // Graph's directory knows the rest of OData's grammar and answers none of it.
    if (at > 0) throw new UnsupportedFilter(path.slice(0, at))
    if (unsupportedFunctions.includes(name)) throw new UnsupportedFilter(this.#path())
    throw this.#error(`The function '${path}' is not supported`, -2)
  }

  #textFunction(kind: 'startsWith' | 'endsWith'): Filter {
    if (kind === 'endsWith') this.#endings += 1
    if (this.#endings > mostEndings) throw this.#error(`There are more than ${mostEndings} conditions with endswith`)
    const property = this.#path()
    this.#mark(',')
    const value = this.#text()
    this.#mark(')')
    const called: Filter = { kind, property, value }
    // Older clients compare the call with true or false.
    if (!this.#takeWord('eq')) return called
    const wanted = this.#literal()
    if (typeof wanted !== 'boolean') throw this.#error('Expected true or false', -1)
    return wanted ? called : { kind: 'not', operand: called }
  }

  /** `any(x:x eq 'a' or startswith(x,'b'))`, behind its opening parenthesis. */
  #any(collection: string): Filter {
    const variable = this.#name('a variable')
    this.#mark(':')
    let filter = this.#anyCondition(collection, variable)
    while (this.#takeWord('or')) {
      this.#conditions += 1
      if (this.#conditions > mostConditions) throw this.#error(`There are more than ${mostConditions} conditions`)
      filter = { kind: 'or', left: filter, right: this.#anyCondition(collection, variable) }
    }
    this.#mark(')')
    return filter
  }

  #anyCondition(collection: string, variable: string): Filter {
    if (this.#takeWord('startswith')) {
      this.#mark('(')
      this.#variable(variable)
      this.#mark(',')
      const prefix: Filter = { kind: 'anyStartsWith', collection, value: this.#text() }
      this.#mark(')')
      return prefix
    }
    this.#variable(variable)
    if (this.#takeMark('/')) throw new UnsupportedFilter(collection)
    if (!this.#takeWord('eq')) {
      throw this.#error(`Inside any() only '${variable} eq' and a value are supported, not this`)
    }
    return { kind: 'any', collection, value: this.#text() }
  }

  #variable(expected: string): void {
    if (this.#name(`'${expected}'`) !== expected) throw this.#error(`Expected the variable '${expected}'`, -1)
  }

  #text(): string {
    const value = this.#literal()
    if (typeof value !== 'string') throw this.#error('Expected a string in quotes', -1)
    return value
  }

  #list(): string[] {
    this.#mark('(')
    const values: string[] = []
    do {
      this.#conditions += 1
      if (this.#conditions > mostConditions) throw this.#error(`There are more than ${mostConditions} values`)
      values.push(this.#text())
    } while (this.#takeMark(','))
    this.#mark(')')
    return values
  }

  #literal(): Literal {
    const { kind, text } = this.#peek()
    this.#next += 1
    if (kind === 'string') return text
    if (kind === 'literal') return /^[0-9a-f]{8}-/i.test(text) ? text.toLowerCase() : text
    if (kind === 'number') return Number(text)
    const constants = new Map<string, Literal>([
      ['true', true],
      ['false', false],
      ['null', null],
    ])
    const constant = kind === 'name' ? constants.get(text.toLowerCase()) : undefined
    if (constant !== undefined) return constant
    this.#next -= 1
    throw this.#expected('a value')
  }

  #nested(parse: () => Filter): Filter {
    this.#depth += 1
    if (this.#depth > deepest) throw this.#error(`There are more than ${deepest} levels`)
    const filter = parse()
    this.#depth -= 1
    return filter
  }

  #name(expected: string): string {
    const token = this.#peek()
    if (token.kind !== 'name') throw this.#expected(expected)
    this.#next += 1
    return token.text
  }

  #mark(text: string): void {
    if (!this.#takeMark(text)) throw this.#expected(`'${text}'`)
  }

  #takeMark(text: string): boolean {
    return this.#take((token) => token.kind === 'mark' && token.text === text)
  }

  #takeWord(word: string): boolean {
    return this.#take((token) => token.kind === 'name' && token.text.toLowerCase() === word)
  }

  #take(wanted: (token: FilterToken) => boolean): boolean {
    if (!wanted(this.#peek())) return false
    this.#next += 1
    return true
  }

  #peek(offset = 0): FilterToken {
    const token = this.#tokens[this.#next + offset]
    if (!token) throw new Error('The parser read beyond the end of the filter.')
    return token
  }

  #expected(what: string): FilterSyntaxError {
    return new FilterSyntaxError(`Expected ${what} but found '${this.#peek().text}'`, this.#peek().position)
  }

  #error(message: string, offset = 0): FilterSyntaxError {
    return new FilterSyntaxError(message, this.#peek(offset).position)
  }
}

function isComparison(operator: string): operator is Comparison {
  return comparisons.some((known) => known === operator)
}
