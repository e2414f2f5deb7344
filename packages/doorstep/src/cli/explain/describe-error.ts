import type { Terminal } from '../terminal.ts'
import type { Explanation } from './explanation.ts'
import type { FoundError } from './find-codes.ts'
import { wrapped } from './wrapped.ts'

export interface ExplainedError {
  readonly explanations: readonly Explanation[]
  /** What the OAuth error alone tells. */
  readonly oauth: { readonly error: string; readonly meaning: string } | undefined
  readonly request: Omit<FoundError, 'codes' | 'error'>
}

/**
 * An explained error as lines for people; the facts that a support request needs come last. Nothing of the paste is
 * shown but what `findError` recognized.
 */
export function describeError(
  { explanations, oauth, request }: ExplainedError,
  { colours }: Pick<Terminal, 'colours'>,
): string[] {
  const row = (name: string, value: string | undefined) =>
    value ? wrapped(value, `  ${colours.dim(name.padEnd(11))}  `, 15) : []
  const told = explanations.flatMap((explanation) => [...linesOf(explanation, colours, row), ''])
  const alone =
    explanations.length === 0 && oauth ? [colours.bold(oauth.error), ...row('Meaning', oauth.meaning), ''] : []
  const asked = [
    ...row(
      'Claims',
      request.hasClaims ? 'The answer has a claims member: send it with the next interactive request.' : '',
    ),
    ...row('Suberror', request.suberror),
    ...row('Trace', request.traceId),
    ...row('Correlation', request.correlationId),
    ...row('Time', request.timestamp),
  ]
  const facts = asked.length > 0 ? [colours.bold('This request'), ...asked] : []
  const lines = [...told, ...alone, ...facts]
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function linesOf(
  { code, meanings, range, similar = [], check, lookUp }: Explanation,
  colours: Terminal['colours'],
  row: (name: string, value: string | undefined) => string[],
): string[] {
  const title = colours.bold(`AADSTS${code}`)
  if (meanings.length === 0) {
    const names = similar.map((known) => `AADSTS${known}`).join(', ')
    return [
      `${title}  not among the codes that are explained here`,
      ...row('About', range && `Codes that begin so are about ${range}.`),
      ...row('Similar', names && `${names} (doorstep explain ${similar[0]})`),
      ...row('Check', check),
      ...row('Look up', lookUp),
    ]
  }
  const checked = row('Check', check)
  const isOnly = meanings.length === 1
  const told = meanings.flatMap(({ error, suberror, meaning, causes, fix }, index) => [
    ...(index === 0 ? [] : [colours.bold('  or')]),
    ...row('OAuth error', [error, suberror].filter(Boolean).join(', ')),
    ...row('Meaning', meaning),
    ...row('Causes', causes),
    ...(isOnly ? checked : []),
    ...row('Fix', fix),
  ])
  return [title, ...told, ...(isOnly ? [] : checked), ...row('Look up', lookUp)]
}
