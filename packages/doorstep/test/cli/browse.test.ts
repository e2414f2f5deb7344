import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority } from '../../src/interceptor/certificate-authority.ts'
import { programMissing } from '../support/require-program.ts'
import { type Cloud, eventually, type Workplace, workplace } from './doorstep-command.ts'

const clientId = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'
const alice = { name: 'alice@contoso.example', password: 'Correct-horse-7-battery' }
const seed = `
tenants:
  - displayName: Contoso
    domain: contoso.example
    users: [{ userPrincipalName: ${alice.name}, displayName: Alice, password: ${alice.password} }]
    applications:
      - displayName: notebook
        appId: ${clientId}
        publicClient: { redirectUris: ["http://localhost"] }
`
const authorizeUrl = (redirectUri: string) =>
  `https://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize?${new URLSearchParams({ client_id: clientId, response_type: 'code', redirect_uri: redirectUri, scope: 'openid', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' })}`

let place: Workplace
let cloud: Cloud
beforeAll(async () => {
  place = await workplace()
  await writeFile(join(place.root, 'seed.yaml'), seed)
  cloud = await place.up(['--seed', join(place.root, 'seed.yaml')])
})
afterAll(() => place?.close())

const browserFolder = () => join(place.data, 'browser')
const noDisplay = { DISPLAY: undefined, WAYLAND_DISPLAY: undefined }

/** A program that stands for a browser: writes its words down and goes on until it is ended. */
async function pretendBrowser(name: string, script: string): Promise<string> {
  const path = join(place.root, name)
  await writeFile(path, `#!${process.execPath}\nconst words = process.argv.slice(2)\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

describe('without a browser', () => {
  const nothing = { PATH: '/nonexistent', ...noDisplay }

  it.skipIf(process.platform !== 'linux')('the address of the same page on localhost is printed', async () => {
    const page = 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize?a=1#b'
    const { exitCode, stdout, stderr } = await place.doorstep(['browse', page], nothing)
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `${cloud.ready.url}/common/oauth2/v2.0/authorize?a=1#b\n`,
    })
    expect(stderr).toContain('No Chromium, Chrome, Edge or Firefox was found')
    const json = await place.doorstep(['browse', '--json', 'https://graph.microsoft.com/v1.0/me'], nothing)
    expect(JSON.parse(json.stdout)).toEqual({
      url: 'https://graph.microsoft.com/v1.0/me',
      opened: false,
      address: `${cloud.ready.url}/graph/v1.0/me`,
      reason: expect.stringContaining('--browser'),
    })
    expect(json.stderr).toBe('')
  })

  it.skipIf(process.platform !== 'linux')('the same without a display', async () => {
    await pretendBrowser('chromium', '')
    const { exitCode, stdout, stderr } = await place.doorstep(['browse'], { ...noDisplay, PATH: place.root })
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${cloud.ready.url}/devicelogin\n` })
    expect(stderr).toContain('DISPLAY')
  })

  it('a browser that was named and is not there is refused', async () => {
    for (const words of [
      ['--browser', 'netscape'],
      ['--browser', '/opt/netscape'],
    ]) {
      const { exitCode, stdout, stderr } = await place.doorstep(['browse', ...words])
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
      expect(stderr).toContain(`There is no program called ${words[1]}`)
    }
  })

  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'login.microsoftonline.com', ' '])(
    '%s is no page to open',
    async (page) => {
      const { exitCode, stdout, stderr } = await place.doorstep(['browse', page])
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
      expect(stderr).toContain('expected an http or https address')
    },
  )

  it('without a running local cloud the exit code is 3', async () => {
    const { exitCode, stderr } = await place.doorstep(['browse'], { DOORSTEP_DATA: join(place.root, 'none') })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('npx --no-install doorstep up')
  })
})

describe('the start of a browser', () => {
  it('that ends at once with an error is a failure that shows its words', async () => {
    const browser = await pretendBrowser('broken', 'console.error("no usable screen"); process.exit(7)')
    const { exitCode, stdout, stderr } = await place.doorstep(['browse', '--browser', browser])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('it ended with code 7')
    expect(stderr).toContain('no usable screen')
  })

  it('is waited for with --wait, and DOORSTEP_BROWSER names it', async () => {
    const words = join(place.root, 'words.json')
    const browser = await pretendBrowser(
      'patient',
      `setTimeout(() => require('node:fs').writeFileSync(${JSON.stringify(words)}, JSON.stringify(words)), 900)`,
    )
    const page = 'https://example.com/'
    const opened = await place.doorstep(['browse', page, '--wait'], { DOORSTEP_BROWSER: browser })
    expect(opened).toMatchObject({ exitCode: 0, stdout: `Opened ${page} in ${browser}.\n` })
    const written = JSON.parse(await readFile(words, 'utf8')) as string[]
    expect(written.at(-1)).toBe(page)
    expect(written).toContain(`--proxy-server=${cloud.ready.proxy}`)
  })

  it('inside a run is the child’s BROWSER, with the proxy of the run', async () => {
    const words = join(place.root, 'run-words.json')
    const browser = await pretendBrowser(
      'in-run',
      `require('node:fs').writeFileSync(${JSON.stringify(words)}, JSON.stringify(words))`,
    )
    const page = 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize?a=1&b=2'
    const script = `
      const { spawnSync } = require('node:child_process')
      const { status, stdout } = spawnSync(process.env.BROWSER, [${JSON.stringify(page)}], { encoding: 'utf8' })
      console.log(JSON.stringify({ status, stdout, proxy: process.env.HTTPS_PROXY }))`
    const { stdout } = await place.doorstep(['run', '--', process.execPath, '-e', script], {
      DOORSTEP_BROWSER: browser,
    })
    const { proxy, ...outcome } = JSON.parse(stdout)
    expect(outcome).toEqual({ status: 0, stdout: '' })
    expect(proxy).not.toBe(cloud.ready.proxy)
    const written = JSON.parse(await readFile(words, 'utf8')) as string[]
    expect(written).toContain(`--proxy-server=${proxy}`)
    expect(written.at(-1)).toBe(page)
  })

  it('is refused to a program whose address is none', async () => {
    const mark = join(place.root, 'obeyed')
    const hostile = await pretendBrowser('hostile', `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')`)
    const page = 'https://login.microsoftonline.com/'
    const asked = [[`--browser=${hostile}`], [`--browser=${hostile}`, page], ['--', `--browser=${hostile}`], [], ['-h']]
    const further = [page, '--renderer-cmd-prefix=/bin/true']
    const script = `
      const { spawnSync } = require('node:child_process')
      const outcomes = ${JSON.stringify([...asked, further])}.map((words) => {
        const { status, stderr } = spawnSync(process.env.BROWSER, words, { encoding: 'utf8' })
        return { status, stderr }
      })
      console.log(JSON.stringify(outcomes))`
    const { stdout } = await place.doorstep(['run', '--', process.execPath, '-e', script], {
      DOORSTEP_BROWSER: hostile,
    })
    const noAddress = { status: 2, stderr: expect.stringContaining('expected an http or https address') }
    const tooMuch = { status: 2, stderr: expect.stringContaining('nothing after it') }
    expect(JSON.parse(stdout)).toEqual([...asked.map(() => noAddress), tooMuch])
    expect(existsSync(mark)).toBe(false)
  })

  it('in a run that keeps nothing ends with the run', async () => {
    const mark = join(place.root, 'ended')
    const browser = await pretendBrowser(
      'ephemeral',
      `process.on('SIGTERM', () => { require('node:fs').writeFileSync(${JSON.stringify(mark)}, ''); process.exit(0) })
      setTimeout(() => {}, 60000)`,
    )
    const script = `require('node:child_process').execFileSync(process.env.BROWSER, ['https://microsoft.com/devicelogin'], { stdio: 'ignore' })`
    const run = await place.doorstep(['run', '--ephemeral', '--', process.execPath, '-e', script], {
      DOORSTEP_BROWSER: browser,
    })
    expect(run.exitCode).toBe(0)
    expect(existsSync(mark)).toBe(true)
    expect(await readdir(place.temporary)).toEqual([])
  })
})

describe('pages that are opened at the same time', () => {
  const running: number[] = []
  afterAll(() => {
    for (const processId of running) if (isRunning(processId)) process.kill(processId, 'SIGTERM')
  })

  /** Like a real one: whoever finds its profile in use hands its page over and ends. */
  const single = (name: string) =>
    pretendBrowser(
      name,
      `const profile = words.find((word) => word.startsWith('--user-data-dir=')).slice(16)
      let milliseconds = 60000
      try { require('node:fs').mkdirSync(profile + '/in-use') } catch { milliseconds = 400 }
      setTimeout(() => {}, milliseconds)`,
    )
  const open = async (browser: string, proxy?: string) => {
    const intercepted = { DOORSTEP_INTERCEPT: '1', HTTPS_PROXY: proxy }
    const words = ['browse', '--json', '--browser', browser]
    const { exitCode, stdout, stderr } = await place.doorstep(words, proxy === undefined ? {} : intercepted)
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' })
    const opened = JSON.parse(stdout) as { profile: string; processId: number }
    running.push(opened.processId)
    return opened
  }

  it('share one browser, which is known as the one that is open', async () => {
    const browser = await single('single')
    const first = open(browser)
    await eventually(() => existsSync(join(browserFolder(), 'single', 'in-use')), 'the first browser was there')
    await Promise.all([first, open(browser), open(browser)])
    const record = JSON.parse(await readFile(join(browserFolder(), 'single.json'), 'utf8')) as { processId: number }
    expect(record.processId).toBe((await first).processId)
    expect((await open(browser, 'http://127.0.0.1:9')).profile).toBe(join(browserFolder(), 'single-2'))
  })

  it('share none when their proxies differ', async () => {
    const browser = await single('several')
    const opened = await Promise.all([9, 10, 11].map((port) => open(browser, `http://127.0.0.1:${port}`)))
    expect(new Set(opened.map(({ profile }) => profile)).size).toBe(3)
    expect(opened.map(({ processId }) => isRunning(processId))).toEqual([true, true, true])
  })

  it('leave no record of a browser that had nothing to show', async () => {
    await open(await pretendBrowser('brief', ''))
    expect(existsSync(join(browserFolder(), 'brief.json'))).toBe(false)
  })
})

/** A whole Chromium with windows that nobody sees; one with --headless shares no profile. */
const screen = ['--ozone-platform=headless', '--window-size=1000,900']

describe.skipIf(programMissing('chromium'))('Chromium', () => {
  let browser: Browser
  let page: Page
  let listener: Server
  let redirectUri: string
  const requested: string[] = []

  beforeAll(async () => {
    listener = createServer((request, response) => {
      requested.push(request.url ?? '')
      response.end('<title>Signed in</title>')
    }).listen(0, 'localhost')
    await eventually(() => listener.listening, 'the listener was ready')
    redirectUri = `http://localhost:${(listener.address() as AddressInfo).port}`
    const words = ['browse', authorizeUrl(redirectUri), '--json', '--browser', 'chromium']
    // Chromium writes into the home folder too, whatever its profile.
    const opened = await place.doorstep([...words, '--', ...screen, '--remote-debugging-port=0'], { HOME: place.root })
    expect(opened).toMatchObject({ exitCode: 0 })
    const { profile } = JSON.parse(opened.stdout) as { profile: string }
    expect(profile).toBe(join(browserFolder(), 'chromium'))
    const portFile = join(profile, 'DevToolsActivePort')
    await eventually(() => existsSync(portFile), 'Chromium listened')
    const [port] = (await readFile(portFile, 'utf8')).split('\n')
    browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
    page = browser.contexts()[0]?.pages()[0] ?? expect.fail('no page')
  })
  afterAll(async () => {
    listener?.close()
    const session = await browser?.newBrowserCDPSession()
    await session?.send('Browser.close').catch(() => {})
    await browser?.close()
    const record = JSON.parse(await readFile(join(browserFolder(), 'chromium.json'), 'utf8')) as { processId: number }
    await eventually(() => !isRunning(record.processId), 'Chromium ended')
  })

  it('signs in under the real name and comes back to a listener on localhost', async () => {
    await page.locator('#i0116').fill(alice.name)
    await page.locator('#idSIButton9').click()
    await page.locator('#i0118').fill(alice.password)
    await page.locator('#idSIButton9').click()
    for (const title of ['Stay signed in?', 'Permissions requested']) {
      const isShown = () =>
        page.title().then(
          (shown) => shown.startsWith(title),
          () => false,
        )
      await eventually(isShown, `the page said ${title}`)
      await page.locator('#idSIButton9').click()
    }
    await page.waitForURL(/^http:\/\/localhost:/)
    expect(await page.title()).toBe('Signed in')
    expect(requested.some((url) => /[?&]code=/.test(url))).toBe(true)
  })

  it('shows every host of the local cloud, and https://localhost itself, without a warning', async () => {
    const answers = [
      ['https://graph.microsoft.com/v1.0/organization', 401],
      ['https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration', 200],
      [`${cloud.ready.url}/common/v2.0/.well-known/openid-configuration`, 200],
    ] as const
    for (const [url, status] of answers) {
      const answer = await page.goto(url)
      expect([url, answer?.status()]).toEqual([url, status])
    }
  })

  it('trusts nobody else', async () => {
    const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'] }
    const options = { commonName: 'Doorstep localhost root', ...names, notBefore: new Date(), lifetimeInDays: 1 }
    const { certificateChain, privateKey } = await createAuthority(options)
    const other = createSecureServer({ cert: certificateChain, key: privateKey }).listen(0, 'localhost')
    try {
      await eventually(() => other.listening, 'the other server was ready')
      const address = `https://localhost:${(other.address() as AddressInfo).port}/`
      await expect(page.goto(address)).rejects.toThrow(/ERR_CERT_AUTHORITY_INVALID/)
    } finally {
      other.close()
    }
  })

  it('that is open already shows the next page in the same profile', async () => {
    const context = browser.contexts()[0] ?? expect.fail('no context')
    const next = context.waitForEvent('page')
    const words = ['browse', 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize', '--json']
    const again = await place.doorstep([...words, '--browser', 'chromium', '--', ...screen])
    expect(JSON.parse(again.stdout)).toMatchObject({ opened: true, profile: join(browserFolder(), 'chromium') })
    expect(await (await next).title()).toContain('AADSTS900144')
  })
})

describe.skipIf(programMissing('firefox') || programMissing('certutil'))('Firefox', () => {
  it('reaches the real names without a warning, and a listener on localhost directly', async () => {
    const requested: string[] = []
    const listener = createServer((request, response) => {
      requested.push(`${request.headers.host}${request.url}`)
      response.end('<title>Back</title>')
    }).listen(0, 'localhost')
    let processId: number | undefined
    try {
      await eventually(() => listener.listening, 'the listener was ready')
      const host = `localhost:${(listener.address() as AddressInfo).port}`
      // Nobody is signed in: Entra sends the browser straight back.
      const words = ['browse', `${authorizeUrl(`http://${host}`)}&prompt=none`, '--json', '--browser', 'firefox']
      const opened = await place.doorstep([...words, '--', '--headless'], { HOME: place.root })
      expect(opened).toMatchObject({ exitCode: 0, stderr: '' })
      processId = (JSON.parse(opened.stdout) as { processId: number }).processId
      await eventually(
        () => requested.some((url) => url.startsWith(`${host}/?error=login_required`)),
        'Firefox came back',
      )
    } finally {
      listener.close()
      if (processId !== undefined) {
        const ended = processId
        process.kill(ended, 'SIGTERM')
        await eventually(() => !isRunning(ended), 'Firefox ended')
      }
    }
  })
})

function isRunning(processId: number): boolean {
  try {
    // A process whose parent has gone, and which nobody has asked about yet, is no longer running.
    return !/^Z/.test(execFileSync('ps', ['-o', 'stat=', '-p', String(processId)], { encoding: 'utf8' }).trim())
  } catch {
    return false
  }
}
