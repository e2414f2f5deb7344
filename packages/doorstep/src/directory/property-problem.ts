import type { z } from 'zod'
import { expectationOf, isLeftOut } from './schema-words.ts'

/** What is wrong with a value that somebody wants to set: which one, in what way, and what was expected. */
export interface PropertyProblem {
  /** As one would write it in code: `web.redirectUris[0]`; empty for the whole object. */
  readonly path: string
  readonly kind:
    | 'invalid'
    | 'unknown'
    | 'readOnly'
    | 'missing'
    /** There is no object at all. */
    | 'empty'
    | 'unverifiedDomain'
    | 'enabledPermission'
    | 'keyStart'
    | 'keyEnd'
  /** One sentence or more for whoever wrote the value. */
  readonly message: string
}

/** What a caller may set, checked; or the first problem found. */
export type ParsedProperties<Properties> = { readonly properties: Properties } | { readonly problem: PropertyProblem }

/** The first problem that a zod schema found. */
export function firstProblem(error: z.ZodError): PropertyProblem {
  const issue = error.issues[0]
  const path = issue ? issue.path : []
  if (issue?.code === 'unrecognized_keys') {
    const name = issue.keys[0] ?? ''
    return { path: pathText([...path, name]), kind: 'unknown', message: 'There is no property of this name here.' }
  }
  const isMissing = issue !== undefined && isLeftOut(issue)
  if (isMissing && path.length === 0) return { path: '', kind: 'empty', message: 'JSON content expected.' }
  return {
    path: pathText(path),
    kind: isMissing ? 'missing' : 'invalid',
    message: sentence(issue ? expectationOf(issue) : 'The value is not allowed'),
  }
}

/** The names in `readOnly` that `body` sets: they belong to the server. */
export function readOnlyProblem(body: unknown, readOnly: readonly string[]): PropertyProblem | undefined {
  const name = readOnly.find((candidate) => isRecord(body) && Object.hasOwn(body, candidate))
  return name === undefined ? undefined : { path: name, kind: 'readOnly', message: 'Leave it out of the request.' }
}

/**
 * Takes out what the real platform keeps and Doorstep does not, as long as it is empty, so that an object that was
 * read can be written back.
 */
export function withoutUnkeptProperties(
  body: unknown,
  unkept: readonly string[],
): { readonly rest: unknown } | { readonly problem: PropertyProblem } {
  if (!isRecord(body)) return { rest: body }
  const filled = unkept.find((name) => Object.hasOwn(body, name) && !isEmpty(body[name]))
  if (filled !== undefined) {
    return {
      problem: { path: filled, kind: 'invalid', message: 'Doorstep does not keep this property: leave it out.' },
    }
  }
  return { rest: Object.fromEntries(Object.entries(body).filter(([name]) => !unkept.includes(name))) }
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0)
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? String(key) : `${text}.${String(key)}`
  }, '')
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
