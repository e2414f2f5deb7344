import { wrapped } from '../explain/wrapped.ts'
import { printable, type Terminal } from '../terminal.ts'
import type { Finding } from './finding.ts'

const marks = { ok: '✓', failed: '✗', 'not checked': '–', info: ' ' } as const

/**
 * Findings as lines: a table with marks on a terminal; else name, verdict and text with tabs between, for `cut` and
 * `grep`.
 */
export function describeFindings(findings: readonly Finding[], { isTerminal, colours }: Terminal): string[] {
  if (!isTerminal) return findings.map(({ name, verdict, says }) => [name, verdict, printable(says)].join('\t'))
  const paint = { ok: colours.green, failed: colours.red, 'not checked': colours.yellow, info: colours.dim }
  const width = Math.max(...findings.map(({ name }) => name.length))
  return findings.flatMap(({ name, verdict, says }) => {
    const text = verdict === 'not checked' ? `not checked: ${says}` : says
    const start = `  ${paint[verdict](marks[verdict])} ${colours.dim(name.padEnd(width))}  `
    return wrapped(printable(text), start, width + 6)
  })
}
