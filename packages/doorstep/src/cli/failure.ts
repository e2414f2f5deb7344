/** The command was asked in a way that cannot work. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What programs and people get beside the sentence of a refusal. */
export interface RefusalFacts extends ErrorOptions {
  /** A name that programs know it by: `AADSTS50011`. */
  readonly code?: string | undefined
  /** What to do about it, in a sentence. */
  readonly fix?: string | undefined
}

/** The command was understood and could not be carried out. Exit code 1. */
export class RefusedError extends Error {
  override readonly name: string = 'RefusedError'
  readonly code: string | undefined
  readonly fix: string | undefined
  constructor(message: string, { code, fix, ...options }: RefusalFacts = {}) {
    super(message, options)
    this.code = code
    this.fix = fix
  }
}

/** Nobody answers where the command has to ask. Exit code 3. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

/** A person or the system asked the command to end before it was done. Exit code 128 and the signal's number. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
  readonly signal: NodeJS.Signals
  constructor(signal: NodeJS.Signals) {
    super(`Ended by ${signal}.`)
    this.signal = signal
  }
}

/** The sentence of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
