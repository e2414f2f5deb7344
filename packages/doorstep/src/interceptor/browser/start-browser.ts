import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { parse } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BrowserProfile } from './profile.ts'

/** A browser could not be started; the message says why. */
export class BrowserStartError extends Error {
  override readonly name = 'BrowserStartError'
}

export interface StartedBrowser {
  readonly processId: number
  /** Resolves when it is closed. */
  readonly closed: Promise<void>
}

/** How long a browser that cannot start (no display, a profile of a newer version) takes to say so, at most. */
const startMilliseconds = 500

/**
 * Starts a browser that outlives this process, or lets one that has the profile already show the page. Called inside
 * `inTurn`.
 *
 * @throws {BrowserStartError} when it cannot be executed, or has ended with an error in its first half second
 */
export async function startBrowser(
  program: string,
  words: readonly string[],
  { log, record, forget }: BrowserProfile,
): Promise<StartedBrowser> {
  const output = await open(log, 'w', 0o600)
  try {
    const child = spawn(program, [...words], {
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
      // It would hold a folder that somebody wants to remove or unmount.
      cwd: parse(process.cwd()).root,
    })
    const closed = endOf(child)
    const processId = child.pid
    // At once: who ends the browsers of this folder has to know of it.
    if (processId !== undefined) await record(processId)
    const end = await Promise.race([closed, sleep(startMilliseconds, undefined)])
    if (processId !== undefined) await (end ? forget(processId) : record(processId))
    if (end?.failure) throw new BrowserStartError(`${program} did not start: ${end.failure}${await lastWords(log)}`)
    return { processId: processId ?? 0, closed: closed.then(() => {}) }
  } finally {
    await output.close()
  }
}

/** How it ended: without a failure when it did as it should, such as handing its page over. */
async function endOf(child: ChildProcess): Promise<{ readonly failure: string | undefined }> {
  try {
    const [code, signal] = await once(child, 'exit')
    return { failure: code === 0 ? undefined : `it ended with ${signal ?? `code ${code}`}.` }
  } catch (error) {
    return { failure: `${(error as Error).message}.` }
  }
}

async function lastWords(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-3)
  return lines.join('') === '' ? '' : `\n${lines.join('\n')}`
}
