import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const doorstepBin = fileURLToPath(new URL('../../packages/doorstep/bin/doorstep.cjs', import.meta.url))

/** How a program ended; `code` is null when a signal ended it. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
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
export function execute(
  [program = '', ...words]: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...said }))
  })
}
