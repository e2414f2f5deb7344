import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chosenBrowser, findBrowser, usualPlaces } from './find-browser.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'doorstep-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function program(path: string, text = '#!/bin/sh\n'): Promise<string> {
  const whole = join(root, path)
  await mkdir(dirname(whole), { recursive: true })
  await writeFile(whole, text)
  await chmod(whole, 0o755)
  return whole
}

const onLinux = (...folders: string[]) => ({
  environment: { PATH: folders.map((folder) => join(root, folder)).join(':') },
  platform: 'linux' as const,
})

describe.skipIf(process.platform === 'win32')('the browser of this machine', () => {
  it('is a Chromium before a Firefox, wherever on the PATH', async () => {
    await program('one/firefox')
    const edge = await program('two/microsoft-edge')
    expect(await findBrowser(onLinux('one', 'two'))).toEqual({ program: edge, family: 'chromium', snap: undefined })
    await program('two/google-chrome')
    expect((await findBrowser(onLinux('one', 'two')))?.program).toBe(join(root, 'two/google-chrome'))
  })

  it('is a Firefox when there is no other, and none when there is none', async () => {
    const esr = await program('one/firefox-esr')
    expect(await findBrowser(onLinux('one'))).toMatchObject({ program: esr, family: 'firefox' })
    expect(await findBrowser(onLinux('two'))).toBeUndefined()
    expect(await findBrowser({ environment: {}, platform: 'linux' })).toBeUndefined()
  })

  it('is not a file that cannot be executed, nor a folder', async () => {
    await chmod(await program('one/chromium'), 0o644)
    await mkdir(join(root, 'one', 'google-chrome'))
    expect(await findBrowser(onLinux('one'))).toBeUndefined()
  })

  it('is known for a snap by its link and by the script of Ubuntu', async () => {
    await symlink(await program('usr/bin/snap'), join(root, 'chromium'))
    expect((await findBrowser(onLinux('.')))?.snap).toBe('chromium')
    await program('ubuntu/firefox', '#!/bin/sh\nexec /snap/bin/firefox "$@"\n')
    expect((await findBrowser(onLinux('ubuntu')))?.snap).toBe('firefox')
  })

  it('is the application on macOS, in either folder', async () => {
    const chrome = await program('Applications/Google Chrome.app/Contents/MacOS/Google Chrome')
    const search = { environment: { HOME: root }, platform: 'darwin' as const }
    expect(usualPlaces(search)).toContain(chrome)
    expect(usualPlaces(search)).toContain('/Applications/Firefox.app/Contents/MacOS/firefox')
  })

  it('may be chosen by name and by path', async () => {
    const mine = await program('one/my-firefox')
    expect(await chosenBrowser('my-firefox', onLinux('one'))).toMatchObject({ program: mine, family: 'firefox' })
    expect(await chosenBrowser(mine, onLinux())).toMatchObject({ program: mine })
    expect(await chosenBrowser('netscape', onLinux('one'))).toBeUndefined()
    expect(await chosenBrowser(join(root, 'netscape'), onLinux('one'))).toBeUndefined()
  })
})

it('is looked for where Windows keeps programs', () => {
  const environment = { ProgramFiles: 'C:\\Program Files', LOCALAPPDATA: 'C:\\Users\\a\\AppData\\Local' }
  const places = usualPlaces({ environment, platform: 'win32' })
  expect(places[0]).toBe('C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe')
  expect(places).toContain('C:\\Users\\a\\AppData\\Local\\Chromium\\Application\\chrome.exe')
  expect(places).toContain('C:\\Program Files\\Mozilla Firefox\\firefox.exe')
})
