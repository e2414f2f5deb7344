import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const doorstepBin = fileURLToPath(new URL('../../packages/doorstep/bin/doorstep.cjs', import.meta.url))

/** How a program ended; `code` is null when a signal ended it. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A program that goes on while the test talks to it. */
export interface StartedProgram {
  /**
   * The first match of a pattern in what it says, on either stream.
   *
   * @throws {Error} when it ends without
   */
  says(pattern: RegExp): Promise<RegExpExecArray>
  readonly outcome: Promise<Outcome>
  /** Ends it, if it has not ended by itself. */
  stop(): Promise<void>
}

/** The words of a `doorstep` command, for {@link execute} or for a shell. */
export function doorstepWords(...words: readonly string[]): readonly string[] {
  return [process.execPath, doorstepBin, ...words]
}

/** Runs an unmodified program as `doorstep run --data DIR -- words…` does; `environment` is added to ours. */
export function runUnderDoorstep(
  dataDirectory: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  return execute(doorstepWords('run', '--data', dataDirectory, '--', ...words), environment)
}

/** Runs a program to its end, whatever its exit code; `environment` is added to ours. */
export function execute(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return startProgram(words, environment).outcome
}

/** Starts a program; `environment` is added to ours. */
export function startProgram(
  [program = '', ...words]: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): StartedProgram {
  const child = spawn(program, words, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
      for (const listener of listeners) listener()
    })
  }
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...said }))
  })
  return {
    outcome,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(said.stdout) ?? pattern.exec(said.stderr)
          if (!match) return false
          listeners.delete(look)
          resolve(match)
          return true
        }
        if (look()) return
        listeners.add(look)
        outcome.then(
          ({ code, stdout, stderr }) =>
            reject(new Error(`It ended with ${code} and never said ${pattern}:\n${stdout}\n${stderr}`)),
          reject,
        )
      }),
    async stop() {
      child.kill('SIGTERM')
      await outcome
    },
  }
}
