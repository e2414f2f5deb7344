import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromiumArguments } from '../interceptor/browser/chromium.ts'
import { chosenBrowser, findBrowser, type InstalledBrowser } from '../interceptor/browser/find-browser.ts'
import { firefoxArguments, prepareFirefoxProfile } from '../interceptor/browser/firefox.ts'
import { presentedKeyHash } from '../interceptor/browser/presented-key.ts'
import { inTurn, takeProfile } from '../interceptor/browser/profile.ts'
import { BrowserStartError, startBrowser } from '../interceptor/browser/start-browser.ts'
import { findNssCertutil, nssCertutilPackages } from '../interceptor/trust/nss-database.ts'
import type { CommandIO } from './command.ts'
import { messageOf, RefusedError, UnreachableError } from './failure.ts'
import { launcherPath } from './installed-files.ts'

export interface BrowserRequest {
  readonly url: string
  /** More words for the browser. */
  readonly extra: readonly string[]
  readonly dataDirectory: string
  /** `http://127.0.0.1:<port>`. */
  readonly proxy: string
  readonly tlsPort: number
  /** PEM. */
  readonly localhostRoot: string
  readonly environment: CommandIO['environment']
}

export interface OpenedBrowser {
  readonly processId: number
  readonly profile: string
  readonly withoutSandbox: boolean
  readonly closed: Promise<void>
}

/** What opens a page for the child of a run; the address follows, and is never read as anything else. */
export const browseCommand = [process.execPath, launcherPath, 'browse', '--as-browser', '--']

/** Folder of the data folder where the browsers' profiles lie. */
export const browserFolder = (dataDirectory: string) => join(dataDirectory, 'browser')

/** A browser to open, or a sentence that says why there is none. */
export type BrowserChoice = { readonly browser: InstalledBrowser } | { readonly reason: string }

/**
 * @param chosen what a person named; then it is that one or an error
 * @throws {RefusedError} when the chosen browser is not there
 */
export async function chooseBrowser(
  { environment, extra }: Pick<BrowserRequest, 'environment' | 'extra'>,
  chosen: string | undefined,
): Promise<BrowserChoice> {
  const search = { environment, platform: process.platform }
  if (chosen !== undefined) {
    const browser = await chosenBrowser(chosen, search)
    if (browser) return { browser }
    throw new RefusedError(`There is no program called ${chosen}. Name a browser's program, or leave the choice out.`)
  }
  const browser = await findBrowser(search)
  if (!browser) return { reason: 'No Chromium, Chrome, Edge or Firefox was found here.' }
  if (!hasDisplay(environment, extra))
    return { reason: 'There is no display (DISPLAY and WAYLAND_DISPLAY are not set).' }
  const isReady = browser.family === 'chromium' || (await findNssCertutil(environment, process.platform)) !== undefined
  return isReady ? { browser } : { reason: noCertutil(browser) }
}

/** @throws {RefusedError} when the browser cannot be started, or Firefox not be prepared */
export async function openInBrowser(request: BrowserRequest, browser: InstalledBrowser): Promise<OpenedBrowser> {
  const folder = browserFolder(request.dataDirectory)
  try {
    return await inTurn(folder, () => openInProfile(folder, request, browser))
  } catch (error) {
    if (error instanceof BrowserStartError) throw new RefusedError(error.message, { cause: error })
    throw error
  }
}

async function openInProfile(
  folder: string,
  request: BrowserRequest,
  browser: InstalledBrowser,
): Promise<OpenedBrowser> {
  const taken = await takeProfile(folder, browser, request.proxy, request.environment.HOME)
  const { profile } = taken
  const isRoot = process.getuid?.() === 0
  const words =
    browser.family === 'firefox'
      ? await firefoxWords(request, browser, profile, taken.isOpen)
      : chromiumArguments({
          ...request,
          profile,
          keyHashes: await keyHashes(request),
          platform: process.platform,
          isRoot,
        })
  const { processId, closed } = await startBrowser(browser.program, words, taken)
  return { processId, profile, closed, withoutSandbox: isRoot && browser.family === 'chromium' }
}

async function firefoxWords(
  { url, extra, dataDirectory, proxy, environment }: BrowserRequest,
  browser: InstalledBrowser,
  profile: string,
  isOpen: boolean,
): Promise<string[]> {
  const certutil = await findNssCertutil(environment, process.platform)
  if (certutil === undefined) throw new RefusedError(noCertutil(browser))
  const roots = {
    'Doorstep interception root': join(dataDirectory, 'intercept-ca.pem'),
    'Doorstep localhost root': join(dataDirectory, 'ca.pem'),
  }
  // An open Firefox has its store in use, and got all this when it was started.
  if (!isOpen) await prepareFirefoxProfile({ profile, proxy, roots, certutil })
  return firefoxArguments(profile, url, isOpen, extra)
}

/** The keys of the two certificates that the local cloud presents: for the intercepted names, and for localhost. */
async function keyHashes({ dataDirectory, tlsPort, localhostRoot }: BrowserRequest): Promise<string[]> {
  try {
    const interceptRoot = await readFile(join(dataDirectory, 'intercept-ca.pem'), 'utf8')
    return await Promise.all([
      presentedKeyHash({ port: tlsPort, serverName: 'login.microsoftonline.com', root: interceptRoot }),
      presentedKeyHash({ port: tlsPort, serverName: 'localhost', root: localhostRoot }),
    ])
  } catch (error) {
    throw new UnreachableError(`The certificates of the local cloud cannot be read: ${messageOf(error)}.`)
  }
}

function hasDisplay({ DISPLAY, WAYLAND_DISPLAY }: CommandIO['environment'], extra: readonly string[]): boolean {
  if (process.platform !== 'linux') return true
  return Boolean(DISPLAY || WAYLAND_DISPLAY) || extra.some((word) => /^--?headless\b/.test(word))
}

const noCertutil = ({ program }: InstalledBrowser) =>
  `${program} trusts a root in its profile only through NSS's certutil, which is not installed (${nssCertutilPackages}).`
