import { createHash, type X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { programMissing } from '../../packages/doorstep/test/support/require-program.ts'
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
 * Starts Chromium with the local cloud's proxy. It trusts one certificate beyond its own roots: that of the
 * intercepted names.
 */
export async function launchChromium({ url, proxy }: RunningDoorstep): Promise<RunningChromium> {
  const certificate = await certificateOf(Number(new URL(url).port), 'login.microsoftonline.com')
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' })
  const hash = createHash('sha256').update(key).digest('base64')
  const profile = await mkdtemp(join(tmpdir(), 'doorstep-'))
  // Cookies of other sites are allowed, as they are to people: headless Chromium keeps them from hidden frames, and
  // no client could sign in silently.
  await mkdir(join(profile, 'Default'))
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args: [
      `--ignore-certificate-errors-spki-list=${hash}`,
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

/** The certificate that is shown for a name; the browser is to trust it, so it is not checked here. */
function certificateOf(port: number, servername: string): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host: 'localhost', port, servername, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerX509Certificate()
      socket.destroy()
      if (certificate) resolve(certificate)
      else reject(new Error(`Nobody shows a certificate for ${servername}.`))
    })
    socket.once('error', reject)
  })
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
