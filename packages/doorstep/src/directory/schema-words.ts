import type { z } from 'zod'

const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a JSON object',
  record: 'a JSON object',
}

const counted: Readonly<Record<string, readonly [one: string, several: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
}

/** What was expected, for whoever sent the value: the schema's own words, else ours instead of the validator's. */
export function expectationOf(issue: z.core.$ZodIssue): string {
  return isOfValidator(issue) ? expected(issue) : issue.message
}

/** Whether a value that is required was left out. */
export function isLeftOut(issue: z.core.$ZodIssue): boolean {
  return isOfValidator(issue) && issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
}

/** Sentences in schemas begin with "Expected" or with what is wrong; those of the validator do with these. */
function isOfValidator({ message }: z.core.$ZodIssue): boolean {
  return /^(Invalid|Too (small|big)|Unrecognized)\b/.test(message)
}

function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Expected ${nouns[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `Expected ${issue.values.map((value) => `'${String(value)}'`).join(' or ')}`
    case 'too_small':
      return `Expected at least ${amount(issue.minimum, issue.origin)}`
    case 'too_big':
      return `Expected at most ${amount(issue.maximum, issue.origin)}`
    case 'invalid_format':
      return `Expected ${issue.format === 'guid' ? 'a GUID' : `a value of the form '${issue.format}'`}`
    default:
      return 'The value is not one that is expected here'
  }
}

function amount(count: number | bigint, origin: string): string {
  const [one, several] = counted[origin] ?? ['', '']
  return `${count} ${Number(count) === 1 ? one : several}`.trim()
}
