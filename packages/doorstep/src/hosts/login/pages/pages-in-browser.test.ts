import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programMissing, programPath } from '../../../../test/support/require-program.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'
import { pageSamples } from './page-samples.ts'

const nonce = 'bm9uY2Utbm9uY2U='
const noBrowser = programMissing('chromium')
/** Pages that go on by themselves are gone before anybody could look at them. */
const passing = ['form-post', 'signed-out-return', 'native-client']
const pages = Object.entries(pageSamples(nonce)).filter(([name]) => !passing.includes(name))

let browser: Browser
let page: Page
let pageWithoutScripts: Page
let shown = ''

beforeAll(async () => {
  if (noBrowser) return
  const withoutSandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  browser = await chromium.launch({ executablePath: programPath('chromium'), args: withoutSandbox })
  page = await emptyPage({})
  pageWithoutScripts = await emptyPage({ javaScriptEnabled: false })
})
afterAll(() => browser?.close())

/** A page where every address shows what `shown` says. */
async function emptyPage(options: Parameters<Browser['newContext']>[0]): Promise<Page> {
  const made = await (await browser.newContext(options)).newPage()
  const headers = { 'content-security-policy': contentSecurityPolicy(nonce, 'any') }
  await made.route('**/*', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', headers, body: shown }))
  return made
}

async function show(document: string, where: Page): Promise<void> {
  shown = document
  await where.goto('https://login.example/')
}

describe.skipIf(noBrowser)('in a browser', () => {
  it.each(pages)('%s can be read by everybody, in light and in dark', async (_name, document) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await show(document, page)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    }
  })

  it.each(pages)('%s fits into a narrow window and a wide one, without scripts', async (_name, document) => {
    for (const width of [320, 1280]) {
      await pageWithoutScripts.setViewportSize({ width, height: 800 })
      await show(document, pageWithoutScripts)
      const html = pageWithoutScripts.locator('html')
      expect(await html.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0)
    }
  })

  it.each(pages.filter(([, document]) => document.includes('id="idSIButton9"')))(
    '%s can be answered with the keyboard alone',
    async (_name, document) => {
      await show(document, page)
      const reached: string[] = []
      for (let presses = 0; presses < 30 && !reached.includes('idSIButton9'); presses++) {
        await page.keyboard.press('Tab')
        reached.push(await page.evaluate('document.activeElement?.id ?? ""'))
      }
      expect(reached).toContain('idSIButton9')
    },
  )
})
