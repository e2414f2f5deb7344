import type { Terminal } from './terminal.ts'

/** What a command gets beside its own words. */
export interface CommandIO {
  readonly terminal: Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** One option of a command; the builders below make them. `T` is what the command gets. */
export interface OptionDeclaration<T> {
  readonly help: string
  /** Empty for a switch, `<PORT>` when a value must follow, `[DESCRIPTION]` when one may. */
  readonly form: string
  /** Whether `--` is a value like any other, rather than a sign that the value was forgotten. */
  readonly takesDashes?: boolean
  /** May be given several times; every value is kept. */
  readonly repeatable?: boolean
  readonly choices?: readonly string[]
  readonly default?: T
  /** Left out of the help: for other commands, not for people. */
  readonly hidden?: boolean
  /** What may stand here on this machine, for the shell's completion. */
  readonly suggestions?: (environment: CommandIO['environment']) => Promise<readonly string[]>
  /** @throws {UsageError} when the text is none of what is expected */
  readonly parse?: (text: string) => T
}

/** A switch: there or not. */
export function flag(help: string): OptionDeclaration<boolean> {
  return { help, form: '', default: false }
}

/** A switch that only other commands use. */
export function hiddenFlag(help: string): OptionDeclaration<boolean> {
  return { ...flag(help), hidden: true }
}

export function text(placeholder: string, help: string): OptionDeclaration<string | undefined> {
  return { help, form: `<${placeholder}>` }
}

/** A text that may be given several times. */
export function texts(placeholder: string, help: string): OptionDeclaration<readonly string[]> {
  return { help, form: `<${placeholder}>`, repeatable: true, default: [] }
}

/** A switch that may carry a text; `true` without one. */
export function optionalText(placeholder: string, help: string): OptionDeclaration<string | true | undefined> {
  return { help, form: `[${placeholder}]` }
}

export function choice<const C extends string>(
  placeholder: string,
  choices: readonly C[],
  help: string,
): OptionDeclaration<C | undefined> {
  return { help, form: `<${placeholder}>`, choices }
}

/** A value that is read on the spot, so that a wrong one is a usage error that names the option. */
export function parsed<T>(
  placeholder: string,
  help: string,
  parse: (text: string) => T,
): OptionDeclaration<T | undefined> {
  return { help, form: `<${placeholder}>`, parse }
}

/** The same option with a value for when it is not given. */
export function withDefault<T>(option: OptionDeclaration<T | undefined>, value: T): OptionDeclaration<T> {
  return { ...option, default: value } as OptionDeclaration<T>
}

/** Where the local cloud keeps everything; the same words in every command that asks for it. */
export const dataOption = text('DIR', 'data folder of the local cloud (default: DOORSTEP_DATA, then the user’s own)')

/** Which login is meant. */
export function profileOption(help: string): OptionDeclaration<string | undefined> {
  const suggestions = async (environment: CommandIO['environment']) =>
    (await import('./login/profile-names.ts')).profileNames(environment)
  return { ...text('PROFILE', help), suggestions }
}

export const jsonOption = flag('print one JSON document')

export interface ArgumentDeclaration {
  /** `<name>`, `[name]` or `<words...>`. */
  readonly form: string
  readonly help: string
  readonly choices?: readonly string[]
}

type OptionTable = Readonly<Record<string, OptionDeclaration<unknown>>>

export type OptionsOf<Options extends OptionTable> = {
  readonly [Name in keyof Options]: Options[Name] extends OptionDeclaration<infer T> ? T : never
}

/** A command: how it is said, and the function that does it. Options are named as in `run`, `--kebab-case` outside. */
export interface CommandDeclaration<Options extends OptionTable = OptionTable> {
  readonly summary: string
  /** More to know, below the summary. */
  readonly description?: string
  readonly arguments?: readonly ArgumentDeclaration[]
  readonly options: Options
  readonly examples: readonly string[]
  /** Everything after the first argument is an argument, whatever it looks like. */
  readonly passThrough?: boolean
  /**
   * @returns the exit code when it is somebody else's, that of a child; else nothing
   * @throws an error that `exit-code.ts` knows, to be refused
   */
  run(options: OptionsOf<Options>, io: CommandIO, operands: readonly string[]): Promise<number | undefined>
}

/** Several commands under one word. */
export interface CommandGroup {
  readonly summary: string
  readonly examples: readonly string[]
  readonly commands: CommandTable
}

/** Commands by name. A command's file is loaded when it is asked for, so that none pays for another. */
export type CommandTable = Readonly<Record<string, CommandEntry>>

export interface CommandEntry {
  readonly summary: string
  /** Left out of the help: for programs, not for people. */
  readonly hidden?: boolean
  load(): Promise<CommandDeclaration | CommandGroup>
}

/** Keeps the type of a command's options from its table to its function. */
export function command<const Options extends OptionTable>(
  declaration: CommandDeclaration<Options>,
): CommandDeclaration<Options> {
  return declaration
}
