import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type {
  ArgumentDeclaration,
  CommandDeclaration,
  CommandGroup,
  CommandIO,
  CommandTable,
  OptionDeclaration,
} from './command.ts'
import { messageOf, UsageError } from './failure.ts'
import { reportFailure } from './report-failure.ts'

export interface ProgramParts {
  readonly name: string
  readonly description: string
  readonly version: string
  readonly examples: readonly string[]
  readonly commands: CommandTable
  readonly io: CommandIO
}

/**
 * Reads the words of a command line and does what they say. Commander holds names and summaries of all commands; only
 * the file of the one that is named is loaded.
 *
 * @param words without the program's own name
 * @returns the exit code
 * @throws what the command throws
 */
export async function runProgram(parts: ProgramParts, words: readonly string[]): Promise<number> {
  const outcome: Outcome = { words, exitCode: 0 }
  const program = prepared(new Command(parts.name), parts.io, outcome)
    .description(parts.description)
    .version(parts.version, '-v, --version', 'print the version')
    .enablePositionalOptions()
  program.addHelpText('after', examplesText(parts.examples))
  await addCommands(program, parts.commands, words, parts.io, outcome)
  if (words.length === 0) {
    program.outputHelp()
    return 0
  }
  try {
    await program.parseAsync([...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Commander has said what is wrong. Its code is 0 for help and version that were asked for.
    return error.exitCode === 0 ? 0 : 2
  }
  return outcome.exitCode
}

interface Outcome {
  /** The whole command line. */
  readonly words: readonly string[]
  exitCode: number
}

async function addCommands(
  parent: Command,
  table: CommandTable,
  words: readonly string[],
  io: CommandIO,
  outcome: Outcome,
): Promise<void> {
  const named = namedWords(words)
  for (const [name, entry] of Object.entries(table)) {
    const added = prepared(new Command(name), io, outcome).description(entry.summary)
    parent.addCommand(added, { hidden: entry.hidden === true })
    if (name !== named[0]) continue
    const loaded = await entry.load()
    if ('commands' in loaded) await describeGroup(added, loaded, named.slice(1), io, outcome)
    else describeCommand(added, loaded, io, outcome)
  }
}

/** The words from the command's name on; `help up` and `--help up` name `up` too. */
function namedWords(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !word.startsWith('-') && word !== 'help')
  return start < 0 ? [] : words.slice(start)
}

async function describeGroup(
  command: Command,
  group: CommandGroup,
  words: readonly string[],
  io: CommandIO,
  outcome: Outcome,
): Promise<void> {
  command.addHelpText('after', examplesText(group.examples))
  await addCommands(command, group.commands, words, io, outcome)
}

function describeCommand(command: Command, declaration: CommandDeclaration, io: CommandIO, outcome: Outcome): void {
  const { summary, description, options, examples } = declaration
  command.summary(summary).description(description ? `${summary}\n\n${description}` : summary)
  command.addHelpText('after', examplesText(examples))
  for (const argument of declaration.arguments ?? []) command.addArgument(commanderArgument(argument))
  for (const [name, option] of Object.entries(options)) command.addOption(commanderOption(name, option))
  if (declaration.passThrough) command.passThroughOptions()
  command.allowExcessArguments(false)
  command.action(async () => {
    outcome.exitCode = (await declaration.run({ ...presets(options), ...command.opts() }, io, command.args)) ?? 0
  })
}

function commanderArgument({ form, help, choices }: ArgumentDeclaration): Argument {
  const argument = new Argument(form, help)
  return choices ? argument.choices([...choices]) : argument
}

function commanderOption(name: string, declaration: OptionDeclaration<unknown>): Option {
  const { help, form, choices, hidden, repeatable, takesDashes, parse, default: preset } = declaration
  const option = new Option(`--${kebabCase(name)}${form ? ` ${form}` : ''}`, help)
  if (choices) option.choices([...choices])
  if (hidden) option.hideHelp()
  if (typeof preset === 'string' || typeof preset === 'number') option.default(preset)
  if (repeatable) option.argParser<readonly string[]>((value, earlier) => [...(earlier ?? []), present(value)])
  else if (parse) option.argParser((value) => parseOrRefuse(present(value), parse))
  else if (form && !choices && !takesDashes) option.argParser(present)
  if (form && !repeatable) refuseRepetition(option)
  return option
}

/** Of two values the first would be dropped without a word. */
function refuseRepetition(option: Option): void {
  const read = option.parseArg
  let isGiven = false
  option.argParser((value, earlier: unknown) => {
    if (isGiven) throw new InvalidArgumentError('It was given before: give it once.')
    isGiven = true
    return read ? read(value, earlier) : value
  })
}

/** Commander takes the `--` before a program's words for a value, when the value itself was forgotten. */
function present(value: string): string {
  if (value === '--') throw new InvalidArgumentError('A value must follow it.')
  return value
}

/** What commander does not know: switches that are off, lists that are empty. */
function presets(options: CommandDeclaration['options']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default]))
}

function parseOrRefuse<T>(value: string, parse: (text: string) => T): T {
  try {
    return parse(value)
  } catch (error) {
    if (error instanceof UsageError) throw new InvalidArgumentError(messageOf(error))
    throw error
  }
}

function prepared(command: Command, { terminal }: CommandIO, { words }: Outcome): Command {
  return command
    .exitOverride()
    .showSuggestionAfterError()
    .helpOption('-h, --help', 'print this help')
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: (text) => {
        const message = text.replace(/^error: /, '').trimEnd()
        reportFailure({ code: 'usage', message, fix: '(--help shows how it is said)' }, words, terminal)
      },
    })
}

function examplesText(examples: readonly string[]): string {
  // As it is typed in a checkout, also where a pipe leads from one command to another.
  const lines = examples.map(
    (example) => `  $ ${example.replace(/(^|[|;&(] ?)doorstep /g, '$1npx --no-install doorstep ')}`,
  )
  return `\nExamples:\n${lines.join('\n')}`
}

const kebabCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
