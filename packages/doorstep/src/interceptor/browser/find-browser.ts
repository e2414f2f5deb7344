import { open, realpath } from 'node:fs/promises'
import { basename, posix, win32 } from 'node:path'
import { firstProgram, programOnPath } from '../installed-program.ts'

export interface InstalledBrowser {
  /** Absolute path. */
  readonly program: string
  /** How it is told of a proxy and of trust: by arguments, or by its profile. */
  readonly family: 'chromium' | 'firefox'
  /** The snap whose confinement lets it write into its own folder only; undefined for any other browser. */
  readonly snap?: string | undefined
}

export interface BrowserSearch {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
}

/** By preference: browsers that are led by arguments before those whose profile has to be prepared. */
const namesOnPath = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
  'firefox',
  'firefox-esr',
]

const macApplications = [
  ['Google Chrome', 'Google Chrome'],
  ['Chromium', 'Chromium'],
  ['Microsoft Edge', 'Microsoft Edge'],
  ['Firefox', 'firefox'],
] as const

const windowsPrograms = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
  ['Mozilla Firefox', 'firefox.exe'],
] as const

/** The browser that is installed on this machine, Chromium, Chrome, Edge or Firefox in this order; undefined for none. */
export async function findBrowser(search: BrowserSearch): Promise<InstalledBrowser | undefined> {
  const program =
    (await firstProgram(usualPlaces(search))) ??
    (search.platform === 'linux' ? await programOnPath(namesOnPath, search.environment.PATH) : undefined)
  return program === undefined ? undefined : describeBrowser(program)
}

/**
 * The browser that a person named.
 *
 * @param chosen a path, or a name to look for on the PATH
 * @returns undefined when there is no such program
 */
export async function chosenBrowser(
  chosen: string,
  { environment }: BrowserSearch,
): Promise<InstalledBrowser | undefined> {
  const isPath = /[\\/]/.test(chosen)
  const program = isPath ? await firstProgram([chosen]) : await programOnPath([chosen], environment.PATH)
  return program === undefined ? undefined : describeBrowser(program)
}

/** Absolute paths where macOS and Windows keep browsers, which are on no PATH there. */
export function usualPlaces({ environment, platform }: BrowserSearch): string[] {
  if (platform === 'darwin') {
    const folders = ['/Applications', ...(environment.HOME ? [posix.join(environment.HOME, 'Applications')] : [])]
    return macApplications.flatMap(([application, program]) =>
      folders.map((folder) => posix.join(folder, `${application}.app`, 'Contents', 'MacOS', program)),
    )
  }
  if (platform !== 'win32') return []
  const folders = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((name) => environment[name] ?? [])
  return windowsPrograms.flatMap((path) => folders.map((folder) => win32.join(folder, ...path)))
}

async function describeBrowser(program: string): Promise<InstalledBrowser> {
  const family = /firefox/i.test(basename(program)) ? 'firefox' : 'chromium'
  return { program, family, snap: await snapOf(program) }
}

/** Ubuntu's `chromium-browser` and `firefox` are short scripts that start a snap; `/snap/bin/…` links to snap itself. */
async function snapOf(program: string): Promise<string | undefined> {
  if (program.startsWith('/snap/bin/')) return basename(program)
  if (basename(await realpath(program).catch(() => program)) === 'snap') return basename(program)
  const text = await scriptText(program).catch(() => '')
  return /\/snap\/bin\/([\w-]+)/.exec(text)?.[1]
}

async function scriptText(program: string): Promise<string> {
  const file = await open(program, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
    const text = buffer.subarray(0, bytesRead).toString('latin1')
    return text.startsWith('#!') ? text : ''
  } finally {
    await file.close()
  }
}
