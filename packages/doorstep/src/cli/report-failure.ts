import { exitCodeOf } from './exit-code.ts'
import { InterruptedError, messageOf, RefusedError } from './failure.ts'
import { inCommandWords, isOfLibrary } from './library-words.ts'
import type { Terminal } from './terminal.ts'

/** What went wrong, for people and programs. */
export interface Failure {
  /** `usage`, `refused`, `unreachable`, `interrupted`, `fault`, or a name of its own such as `AADSTS50011`. */
  readonly code: string
  readonly message: string
  /** What to do about it. */
  readonly fix?: string | undefined
}

/**
 * Says on stderr what went wrong: a sentence for a person; with `--json` one line of JSON, `{"error":{…}}`, after which
 * nothing follows. Stdout stays empty.
 *
 * @param words the command line, without the program's name
 */
export function reportFailure({ code, message, fix }: Failure, words: readonly string[], terminal: Terminal): void {
  if (wantsJson(words)) terminal.note(JSON.stringify({ error: { code, message, fix } }))
  else terminal.error(fix === undefined ? message : `${message}\n${fix}`)
}

/** What is behind `--` belongs to another program. */
function wantsJson(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  return (end < 0 ? words : words.slice(0, end)).includes('--json')
}

/** What an error that a command threw says. */
export function failureOf(error: unknown): Failure {
  const exitCode = exitCodeOf(error)
  // Nobody foresaw this one: whoever reports it needs to say where it happened.
  if (exitCode === undefined)
    return { code: 'fault', message: (error instanceof Error && error.stack) || messageOf(error) }
  const message = isOfLibrary(error) ? inCommandWords(messageOf(error)) : messageOf(error)
  if (error instanceof RefusedError) return { code: error.code ?? 'refused', message, fix: error.fix }
  if (error instanceof InterruptedError) return { code: 'interrupted', message }
  return { code: names[exitCode] ?? 'refused', message }
}

const names: Readonly<Record<number, string>> = { 1: 'refused', 2: 'usage', 3: 'unreachable' }
