import { createHash, type X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { programMissing, programPath } from '../../packages/doorstep/test/support/require-program.ts'
import type { RunningDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'
import type { Account } from './cloud-of-people.ts'

/** Whether tests that need Chromium are to be skipped; where `CI` is set they fail instead. */
export const chromiumMissing = () => programMissing('chromium')

/** Chromium with a profile of its own. */
export interface RunningChromium {
  readonly context: BrowserContext
  close(): Promise<void>
}

/**
 * Starts Chromium with the local cloud's proxy. It trusts two certificates beyond its own roots: that of the
 * intercepted names and that of the local address.
 */
export async function launchChromium({ url, proxy }: RunningDoorstep): Promise<RunningChromium> {
  const port = Number(new URL(url).port)
  const trusted = await Promise.all(['login.microsoftonline.com', 'localhost'].map((name) => keyHash(port, name)))
  const profile = await mkdtemp(join(tmpdir(), 'doorstep-'))
  // Cookies of other sites are allowed, as they are to people: headless Chromium keeps them from hidden frames, and
  // no client could sign in silently.
  await mkdir(join(profile, 'Default'))
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: programPath('chromium') ?? '',
    args: [
      `--ignore-certificate-errors-spki-list=${trusted.join(',')}`,
      // Chromium refuses to sandbox what root starts.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    proxy: { server: proxy, bypass: 'localhost' },
  })
  return {
    context,
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** SHA-256 of the public key that is shown for a name. The browser is told to trust it, so it is not checked here. */
async function keyHash(port: number, servername: string): Promise<string> {
  const certificate = await new Promise<X509Certificate | undefined>((resolve, reject) => {
    const socket: TLSSocket = connect({ host: 'localhost', port, servername, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate())
      socket.destroy()
    })
    socket.once('error', reject)
  })
  if (!certificate) throw new Error(`Nobody shows a certificate for ${servername}.`)
  return createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
}

/** Types user name and password into Entra's fields, found by their ids. */
export async function enterCredentials(page: Page, { name, password }: Account): Promise<void> {
  await page.locator('#i0116').fill(name)
  await page.locator('#idSIButton9').click()
  await page.locator('#i0118').fill(password)
  await page.locator('#idSIButton9').click()
}

/** Presses the first button of the page that is shown once the heading with this id is there. */
export async function answerYes(page: Page, headingId: 'KmsiDescription' | 'consentHeader'): Promise<void> {
  await page.locator(`#${headingId}`).waitFor()
  await page.locator('#idSIButton9').click()
}
