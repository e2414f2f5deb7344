import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { parse } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BrowserProfile } from './profile.ts'

/** A browser ended at once and said why. */
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
 * Starts a browser that outlives this process, or lets one that has the profile already show the page.
 *
 * @throws {BrowserStartError} when it cannot be executed, or has ended with an error in its first half second
 */
export async function startBrowser(
  program: string,
  words: readonly string[],
  { log, isOpen, record }: BrowserProfile,
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
    const failure = await Promise.race([closed, sleep(startMilliseconds, undefined)])
    if (failure) throw new BrowserStartError(`${program} did not start: ${failure}${await lastWords(log)}`)
    const processId = child.pid ?? 0
    if (!isOpen) await record(processId)
    return { processId, closed: closed.then(() => {}) }
  } finally {
    await output.close()
  }
}

/** Why it ended; undefined for an end as it should be. */
async function endOf(child: ChildProcess): Promise<string | undefined> {
  try {
    const [code, signal] = await once(child, 'exit')
    return code === 0 ? undefined : `it ended with ${signal ?? `code ${code}`}.`
  } catch (error) {
    return `${(error as Error).message}.`
  }
}

async function lastWords(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-3)
  return lines.join('') === '' ? '' : `\n${lines.join('\n')}`
}
