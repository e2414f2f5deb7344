import { type ChildProcess, spawn } from 'node:child_process'
import { signalExitCode } from './exit-code.ts'
import { InterruptedError, messageOf } from './failure.ts'

/** Signals that mean the program, not the command that started it. */
const passedOn: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']

/** Signals that a terminal sends to every process of its foreground group, the program included. */
const fromTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']

/** Takes the signals of a run: before its program lives they end the run, then they are the program's. */
export interface RunSignals {
  /** Rejects with an {@link InterruptedError} when a signal comes before there is a program. */
  readonly interrupted: Promise<never>
  giveTo(child: ChildProcess): void
  release(): void
}

export function runSignals(): RunSignals {
  let child: ChildProcess | undefined
  let interrupt: (error: InterruptedError) => void = () => {}
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = reject
  })
  interrupted.catch(() => {}) // Raced by whoever waits; a signal that nobody waits for is no fault.
  const hasTerminal = Boolean(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY)
  const listen = (signal: NodeJS.Signals) => {
    if (!child) interrupt(new InterruptedError(signal))
    else if (!(hasTerminal && fromTerminal.includes(signal))) child.kill(signal)
  }
  // Node itself uses SIGUSR1 to open its debugger; a listener takes that away while the program runs.
  for (const signal of passedOn) process.on(signal, listen)
  return {
    interrupted,
    giveTo(started) {
      child = started
    },
    release() {
      for (const signal of passedOn) process.off(signal, listen)
    },
  }
}

export interface ChildOutcome {
  readonly exitCode: number
  /** Why the program could not be started. */
  readonly failure?: string
}

/**
 * Runs a program with this process's own terminal and waits for its end.
 *
 * @returns its exit code; 128 and the signal's number when a signal ended it, 127 when it was not found and 126 when
 *   it may not be executed, as shells say it
 */
export function runProgramInTerminal(
  [program = '', ...words]: readonly string[],
  environment: NodeJS.ProcessEnv,
  signals: RunSignals,
): Promise<ChildOutcome> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: 'inherit', env: environment })
    if (child.pid !== undefined) signals.giveTo(child)
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return // A signal could not be delivered: the program has just ended.
      if (error.code === 'ENOENT') resolve({ exitCode: 127, failure: `There is no program called ${program}.` })
      else resolve({ exitCode: 126, failure: `${program} cannot be executed: ${messageOf(error)}.` })
    })
    child.once('exit', (code, signal) => resolve({ exitCode: signal ? signalExitCode(signal) : (code ?? 1) }))
  })
}
