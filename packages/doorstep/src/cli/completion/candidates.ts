import type { CommandDeclaration, CommandGroup, CommandIO, CommandTable, OptionDeclaration } from '../command.ts'

export interface Candidate {
  readonly word: string
  readonly help: string
}

export interface Candidates {
  readonly words: readonly Candidate[]
  /** Whether the name of a file may stand here. */
  readonly files: boolean
}

const nothing: Candidates = { words: [], files: false }
const anyFile: Candidates = { words: [], files: true }

const helpOption: Candidate = { word: '--help', help: 'print this help' }
const versionOption: Candidate = { word: '--version', help: 'print the version' }

/**
 * What may stand in place of the word that is being typed. Loads the file of the command that is named, and no other.
 *
 * @param before the words between the program's name and that word
 * @param typed the beginning of that word
 */
export async function candidates(
  table: CommandTable,
  before: readonly string[],
  typed: string,
  environment: CommandIO['environment'],
): Promise<Candidates> {
  // Bash takes `=` for a word of its own.
  const words = before.filter((word) => word !== '=')
  const beginning = typed === '=' ? '' : typed
  const named = await namedCommand(table, words)
  const found =
    'table' in named ? wordsOfTable(named.table, beginning) : await wordsOfCommand(named, beginning, environment)
  return { ...found, words: found.words.filter(({ word }) => word.startsWith(beginning)) }
}

interface NamedCommand {
  readonly declaration: CommandDeclaration
  /** The words after the command's name. */
  readonly rest: readonly string[]
}

async function namedCommand(
  table: CommandTable,
  words: readonly string[],
): Promise<NamedCommand | { readonly table: CommandTable }> {
  const start = words.findIndex((word) => !word.startsWith('-') && word !== 'help')
  const entry = Object.entries(table).find(([name]) => name === words[start])?.[1]
  if (!entry) return { table }
  const loaded: CommandDeclaration | CommandGroup = await entry.load()
  const rest = words.slice(start + 1)
  return 'commands' in loaded ? namedCommand(loaded.commands, rest) : { declaration: loaded, rest }
}

function wordsOfTable(table: CommandTable, typed: string): Candidates {
  if (typed.startsWith('-')) return { words: [helpOption, versionOption], files: false }
  const shown = Object.entries(table).filter(([, { hidden }]) => !hidden)
  return { words: shown.map(([word, { summary }]) => ({ word, help: summary })), files: false }
}

async function wordsOfCommand(
  { declaration, rest }: NamedCommand,
  typed: string,
  environment: CommandIO['environment'],
): Promise<Candidates> {
  if (rest.includes('--')) return anyFile
  const options = new Map(
    Object.entries(declaration.options)
      .filter(([, { hidden }]) => !hidden)
      .map(([name, option]) => [`--${kebabCase(name)}`, option]),
  )
  const pending = options.get(rest.at(-1) ?? '')
  if (pending?.form.startsWith('<')) return valuesOf(pending, '', environment)
  const operands = operandsIn(rest, options)
  if (declaration.passThrough && operands.length > 0) return anyFile
  const [option, given] = /^(--[\w-]+)=/.exec(typed) ? [typed.slice(0, typed.indexOf('=')), true] : ['', false]
  if (given) return valuesOf(options.get(option), `${option}=`, environment)
  if (typed.startsWith('-')) return { words: [...unusedOptions(options, rest), helpOption], files: false }
  return operandCandidates(declaration, operands.length)
}

/** The words that are neither options nor values of options. */
function operandsIn(words: readonly string[], options: ReadonlyMap<string, OptionDeclaration<unknown>>): string[] {
  return words.filter((word, index) => {
    const isValue = options.get(words[index - 1] ?? '')?.form.startsWith('<')
    return !isValue && (word === '-' || !word.startsWith('-'))
  })
}

async function valuesOf(
  option: OptionDeclaration<unknown> | undefined,
  start: string,
  environment: CommandIO['environment'],
): Promise<Candidates> {
  const known = option?.choices ?? (await option?.suggestions?.(environment))
  if (known) return { words: known.map((word) => ({ word: start + word, help: '' })), files: false }
  return option && /<(DIR|FILE|PATH)>/.test(option.form) ? anyFile : nothing
}

function unusedOptions(
  options: ReadonlyMap<string, OptionDeclaration<unknown>>,
  words: readonly string[],
): Candidate[] {
  return [...options]
    .filter(([word, { repeatable }]) => repeatable || !words.includes(word))
    .map(([word, { help }]) => ({ word, help }))
}

function operandCandidates({ arguments: declared = [] }: CommandDeclaration, given: number): Candidates {
  const last = declared.at(-1)
  const argument = declared[given] ?? (last?.form.includes('...') ? last : undefined)
  if (!argument) return nothing
  if (argument.choices) return { words: argument.choices.map((word) => ({ word, help: argument.help })), files: false }
  return /file|command/.test(argument.form) ? anyFile : nothing
}

const kebabCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
