import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  doorstepWords,
  execute,
  type Outcome,
  type StartedProgram,
  startProgram,
} from '../support/run-under-doorstep.ts'

const printEnvironment = fileURLToPath(new URL('print-environment.mjs', import.meta.url))

/** One `doorstep run` in which a test file starts Azure CLI many times. */
export interface AzSession {
  /** Somebody who has not signed in: a configuration folder (`AZURE_CONFIG_DIR`) of its own. */
  newUser(): Promise<AzUser>
  stop(): Promise<void>
}

/** Whoever works with one configuration folder. */
export interface AzUser {
  /** Runs a command to its end, whatever its exit code. */
  run(...words: readonly string[]): Promise<Outcome>
  /** Starts one; it ends by itself or with the test. */
  start(...words: readonly string[]): StartedProgram
  /** What a command that must succeed prints, as JSON; undefined when it prints nothing. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents whose shape is what they test
  json(...words: readonly string[]): Promise<any>
  /** Another one who has signed in as this one has. */
  copy(): Promise<AzUser>
}

/**
 * @param az - the program's file
 * @param options - of `doorstep run`
 */
export async function startAzSession(
  az: string,
  dataDirectory: string,
  options: readonly string[] = [],
): Promise<AzSession> {
  const program = [process.execPath, printEnvironment]
  const session = startProgram(doorstepWords('run', '--data', dataDirectory, ...options, '--', ...program))
  const [, printed = ''] = await session.says(/^(\{.*\})\n/m)
  const given: NodeJS.ProcessEnv = JSON.parse(printed)
  // What a run takes away from its child must not come back from our own environment.
  const withheld = Object.keys(process.env).filter((name) => !(name in given))
  const environment = { ...Object.fromEntries(withheld.map((name) => [name, undefined])), ...given }
  const root = await mkdtemp(join(tmpdir(), 'doorstep-az-'))

  const userOf = (folder: string): AzUser => {
    // Certificates that az makes go into the home folder.
    const own = { ...environment, AZURE_CONFIG_DIR: folder, HOME: folder }
    const run = (...words: readonly string[]) => execute([az, ...words], own)
    return {
      run,
      start: (...words) => startProgram([az, ...words], own),
      async json(...words) {
        const { code, stdout, stderr } = await run(...words, '--output', 'json')
        if (code !== 0) throw new Error(`az ${words.join(' ')} ended with ${code}:\n${stderr}`)
        return stdout.trim() === '' ? undefined : JSON.parse(stdout)
      },
      async copy() {
        const other = await mkdtemp(join(root, 'user-'))
        await cp(folder, other, { recursive: true })
        return userOf(other)
      },
    }
  }
  return {
    newUser: async () => userOf(await mkdtemp(join(root, 'user-'))),
    async stop() {
      await session.stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}
