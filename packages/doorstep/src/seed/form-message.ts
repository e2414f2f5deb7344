import { z } from 'zod'
import { pathText, type SeedProblem, suggestion } from './problem.ts'

const nouns: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with names and values',
  record: 'an object with names and values',
}

function found(input: unknown): string {
  if (input === null) return 'nothing'
  if (Array.isArray(input)) return 'a list'
  return nouns[typeof input] ?? typeof input
}

/** Our words for what zod finds; values are never repeated, since some of them are secrets. */
export function formMessage(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    const expected = nouns[issue.expected] ?? issue.expected
    if (issue.input === undefined) return `It is missing: expected ${expected}.`
    const quotes = issue.expected === 'string' && ['number', 'boolean'].includes(typeof issue.input)
    return `Expected ${expected}, found ${found(issue.input)}.${quotes ? ' Put it in quotes.' : ''}`
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const near = typeof issue.input === 'string' ? suggestion(issue.input, values) : ''
    return `Expected ${values.join(' or ')}.${near.startsWith(' Did') ? near : ''}`
  }
  if (issue.code === 'too_small') return 'It is empty: expected at least one.'
  return undefined
}

/** The problems that a schema found, with the nearest known name beside an unknown one. */
export function formProblems(schema: z.ZodType, error: z.ZodError): readonly SeedProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: pathText(issue.path), message: sentence(issue.message) }]
    const known = namesAt(schema, issue.path)
    return issue.keys.map((key) => ({
      path: pathText([...issue.path, key]),
      message: `There is no '${key}' here.${suggestion(key, known)}`,
    }))
  })
}

/** The names an object may have at `path` of `schema`. */
function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let current: unknown = unwrapped(schema)
  for (const key of path) {
    if (current instanceof z.ZodObject) current = unwrapped(current.shape[String(key)])
    else if (current instanceof z.ZodArray) current = unwrapped(current.element)
  }
  return current instanceof z.ZodObject ? Object.keys(current.shape) : []
}

function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return unwrapped(schema.unwrap())
  }
  return schema instanceof z.ZodPipe ? unwrapped(schema.in) : schema
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
