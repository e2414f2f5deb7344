import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { InstalledBrowser } from './find-browser.ts'
import { processStart } from './process-start.ts'
import { BrowserStartError } from './start-browser.ts'
import { takeTurn } from './turn.ts'

/** A profile folder and what is known of the browser that had it last. */
export interface BrowserProfile {
  readonly profile: string
  /** Whether a browser that was started with the same proxy still has this profile: it will show the page. */
  readonly isOpen: boolean
  /** Where the browser's own messages go. */
  readonly log: string
  /** Remembers who has the profile now, unless somebody is known to have it. */
  record(processId: number): Promise<void>
  /** For a process that has ended: it had nothing to show, or handed its page over to a browser that was open. */
  forget(processId: number): Promise<void>
}

interface OpenBrowser {
  readonly processId: number
  /** `processStart` of it. */
  readonly start: string
  readonly proxy: string
}

const turnFile = 'turn.db'
const mostProfiles = 20
const patienceMilliseconds = 30_000

/**
 * Lets one process at a time choose a profile and start its browser: of two that found the same profile free, one
 * would hand its page over to the other's browser, whatever proxy that has.
 *
 * @param folder `browser` in the data folder; made with mode 0700
 * @throws {BrowserStartError} when others have been opening browsers for half a minute
 */
export async function inTurn<T>(folder: string, open: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const endTurn = await takeTurn(join(folder, turnFile), patienceMilliseconds)
  if (!endTurn) {
    throw new BrowserStartError('Other commands have been opening browsers for half a minute. End them and try again.')
  }
  try {
    return await open()
  } finally {
    endTurn()
  }
}

/**
 * The profile for a browser with this proxy. A browser that is open already keeps the proxy it was started with and
 * takes every further page of its profile: one that is open with another proxy keeps its profile to itself, and the
 * next one is taken. Called inside `inTurn`, as what starts the browser.
 *
 * @param folder `browser` in the data folder; made with mode 0700
 * @param home the user's home folder, where a snap keeps its profiles
 */
export async function takeProfile(
  folder: string,
  browser: InstalledBrowser,
  proxy: string,
  home: string | undefined,
): Promise<BrowserProfile> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const kind = basename(browser.program)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? kind : `${kind}-${number}`
    const recordPath = join(folder, `${name}.json`)
    const last = await readRecord(recordPath)
    const isRunning = last !== undefined && isOpenStill(last)
    if (isRunning && last.proxy !== proxy && number < mostProfiles) continue
    const profile = join(profilesFolder(folder, browser, home), name)
    await mkdir(profile, { recursive: true, mode: 0o700 })
    return {
      profile,
      isOpen: isRunning,
      log: join(folder, `${name}.log`),
      record: async (processId) => {
        const recorded = await readRecord(recordPath)
        if (recorded && isOpenStill(recorded)) return
        const start = processStart(processId)
        if (start !== undefined) await writeRecord(recordPath, { processId, start, proxy })
      },
      forget: async (processId) => {
        if ((await readRecord(recordPath))?.processId === processId) await rm(recordPath, { force: true })
      },
    }
  }
}

/**
 * Ends the browsers that have a profile below this folder, for a data folder that is about to go: they would write
 * into it. One that is being started is waited for. Resolves when they have ended, or have been told so for five
 * seconds.
 */
export async function endBrowsers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  if (names.length === 0) return
  // Who keeps the turn for so long is not waited for: what is recorded ends all the same.
  const endTurn = await takeTurn(join(folder, turnFile), 5_000)
  try {
    await endRecorded(folder)
  } finally {
    endTurn?.()
  }
}

async function endRecorded(folder: string): Promise<void> {
  const names = await readdir(folder)
  const records = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readRecord(join(folder, name))),
  )
  const browsers = records.filter((record) => record !== undefined).filter(isOpenStill)
  for (const { processId } of browsers) signal(processId, 'SIGTERM')
  for (let attempt = 0; attempt < 100 && browsers.some(isOpenStill); attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** A snap may write into folders of its own and such of the home folder that do not begin with a dot. */
function profilesFolder(folder: string, { snap }: InstalledBrowser, home: string | undefined): string {
  if (snap === undefined || !home) return folder
  return join(
    home,
    'snap',
    snap,
    'common',
    `doorstep-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`,
  )
}

async function readRecord(path: string): Promise<OpenBrowser | undefined> {
  try {
    const { processId, start, proxy } = JSON.parse(await readFile(path, 'utf8'))
    const isWhole =
      Number.isInteger(processId) && processId > 1 && typeof start === 'string' && typeof proxy === 'string'
    return isWhole ? { processId, start, proxy } : undefined
  } catch {
    // Missing, or half-written by a process that died: then nobody is known to have the profile.
    return undefined
  }
}

async function writeRecord(path: string, browser: OpenBrowser): Promise<void> {
  await writeFile(path, JSON.stringify(browser), { mode: 0o600 })
}

/** Whether the browser of a record still runs, and is no later process that was given its number. */
function isOpenStill({ processId, start }: OpenBrowser): boolean {
  return processStart(processId) === start
}

function signal(processId: number, name: NodeJS.Signals): void {
  try {
    process.kill(processId, name)
  } catch {
    // Ended in between, which is what was wanted.
  }
}
