import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import picocolors from 'picocolors'

type Colours = ReturnType<typeof picocolors.createColors>

/** Where a command talks: results to stdout, everything meant for a person to stderr. Plain text when not a terminal. */
export interface Terminal {
  /** Colours for stdout; they do nothing when stdout is no terminal or `NO_COLOR` is set. */
  readonly colours: Colours
  /** Whether a person can be asked. */
  readonly isInteractive: boolean
  /** Whether stdout goes to a person. */
  readonly isTerminal: boolean
  /** A line, or several, of the result. */
  print(text: string): void
  /** The one JSON document of a command, on one line. */
  printJson(value: unknown): void
  /** The result as it is, without a line end added. */
  write(text: string | Uint8Array): void
  /** A sentence beside the result. */
  note(text: string): void
  error(text: string): void
  /** Says what is being done, on a terminal only; the line is gone when the returned function is called. */
  progress(text: string): () => void
  /** Asks for a line of text; undefined when there is no answer. Only when `isInteractive`. */
  ask(question: string): Promise<string | undefined>
  /** Asks for yes or no; anything but yes is no. Only when `isInteractive`. */
  confirm(question: string): Promise<boolean>
}

export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

export function createTerminal(
  { stdin, stdout, stderr }: TerminalStreams,
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const allowed = !environment.NO_COLOR && environment.TERM !== 'dumb'
  const colours = picocolors.createColors(Boolean(stdout.isTTY) && allowed)
  const errorColours = picocolors.createColors(Boolean(stderr.isTTY) && allowed)
  const write = (text: string | Uint8Array) => void stdout.write(text)
  const ask = async (question: string) => {
    const reader = createInterface({ input: stdin, output: stderr })
    // Ctrl-C and Ctrl-D end the line without an answer.
    const unanswered = once(reader, 'close').then(() => undefined)
    const answer = await Promise.race([reader.question(`${question} `).catch(() => undefined), unanswered])
    reader.close()
    if (answer === undefined) stderr.write('\n')
    return answer
  }
  return {
    colours,
    isInteractive: Boolean(stdin.isTTY && stderr.isTTY),
    isTerminal: Boolean(stdout.isTTY),
    write,
    print: (text) => write(`${text}\n`),
    printJson: (value) => write(`${JSON.stringify(value)}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    error: (text) => void stderr.write(`${errorColours.red('error:')} ${text}\n`),
    progress(text) {
      if (!stderr.isTTY) return () => {}
      stderr.write(errorColours.dim(`${text} …`))
      let shown = true
      return () => {
        if (shown) stderr.write('\r\u001b[K')
        shown = false
      }
    },
    ask,
    confirm: async (question) => /^\s*y(es)?\s*$/i.test((await ask(`${question} [y/N]`)) ?? ''),
  }
}

/** Rows as lines with aligned columns. Control characters in names from elsewhere are not let through. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(printable))
  const widths: number[] = []
  for (const row of cells) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  }
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Names and their values, one a line; pairs without a value are left out. */
export function describeFacts(facts: readonly (readonly [string, string | undefined])[], colours: Colours): string[] {
  const width = Math.max(...facts.map(([name]) => name.length))
  return facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${colours.dim(name.padEnd(width))}  ${printable(value)}`],
  )
}

/** Text from elsewhere without its control characters, which could move the cursor or colour what follows. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
}
