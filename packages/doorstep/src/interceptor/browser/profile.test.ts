import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { endBrowsers, takeProfile } from './profile.ts'

let root: string
let browsers: ChildProcess[]
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'doorstep-'))
  browsers = []
})
afterEach(async () => {
  for (const browser of browsers) browser.kill('SIGKILL')
  await rm(root, { recursive: true, force: true })
})

const edge = { program: '/opt/Microsoft Edge', family: 'chromium' as const }
const folder = () => join(root, 'browser')
const take = (proxy: string) => takeProfile(folder(), edge, proxy, root)

function aProcess(): ChildProcess & { readonly pid: number } {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' })
  browsers.push(child)
  return Object.assign(child, { pid: child.pid ?? 0 })
}

describe('the profile of a browser', () => {
  it('is a folder that nobody else may read, the same every time', async () => {
    const first = await take('http://127.0.0.1:1')
    expect(first).toMatchObject({ profile: join(folder(), 'microsoft-edge'), isOpen: false })
    expect((await stat(first.profile)).mode & 0o777).toBe(0o700)
    expect((await stat(folder())).mode & 0o777).toBe(0o700)
    expect((await take('http://127.0.0.1:2')).profile).toBe(first.profile)
  })

  it('is shared by pages of one proxy while the browser is open, and not with another proxy', async () => {
    const browser = aProcess()
    await (await take('http://127.0.0.1:1')).record(browser.pid)
    expect(await take('http://127.0.0.1:1')).toMatchObject({ profile: join(folder(), 'microsoft-edge'), isOpen: true })
    const other = await take('http://127.0.0.1:2')
    expect(other).toMatchObject({ profile: join(folder(), 'microsoft-edge-2'), isOpen: false })
    await other.record(aProcess().pid)
    expect(await take('http://127.0.0.1:2')).toMatchObject({ profile: other.profile, isOpen: true })
    browser.kill('SIGKILL')
    await once(browser, 'exit')
    expect(await take('http://127.0.0.1:3')).toMatchObject({ profile: join(folder(), 'microsoft-edge'), isOpen: false })
  })

  it.skipIf(process.platform === 'win32')('is not held by a later process with the number of its browser', async () => {
    const recordPath = join(folder(), 'microsoft-edge.json')
    await (await take('http://127.0.0.1:1')).record(aProcess().pid)
    const record = JSON.parse(await readFile(recordPath, 'utf8'))
    // The same number as after a restart of the machine. Of this test's own: it would be ended by mistake.
    const later = aProcess()
    // Two processes of one hundredth of a second would have the same start.
    const start = `${record.start}0`
    await writeFile(recordPath, JSON.stringify({ ...record, start, processId: later.pid }))
    expect(await take('http://127.0.0.1:1')).toMatchObject({ isOpen: false })
    expect(await take('http://127.0.0.1:2')).toMatchObject({ profile: join(folder(), 'microsoft-edge') })
    await endBrowsers(folder())
    expect(() => process.kill(later.pid, 0)).not.toThrow()
  })

  it.each([
    '',
    '{',
    '{"processId":"1","start":"1","proxy":"x"}',
    '{"processId":0,"start":"1","proxy":"x"}',
    '{"processId":-1,"start":"1","proxy":"x"}',
  ])('survives a record that says %s', async (text) => {
    await take('http://127.0.0.1:1')
    await writeFile(join(folder(), 'microsoft-edge.json'), text)
    expect(await take('http://127.0.0.1:1')).toMatchObject({ isOpen: false })
    await endBrowsers(folder())
  })

  it('of a snap lies where the snap may write', async () => {
    const snap = { program: '/snap/bin/chromium', family: 'chromium' as const, snap: 'chromium' }
    const { profile } = await takeProfile(folder(), snap, 'http://127.0.0.1:1', root)
    expect(profile).toMatch(/\/snap\/chromium\/common\/doorstep-[\da-f]{12}\/chromium$/)
  })

  it('loses its browser when its folder has to go', async () => {
    const browser = aProcess()
    const ended = once(browser, 'exit')
    await (await take('http://127.0.0.1:1')).record(browser.pid)
    await endBrowsers(folder())
    expect((await ended)[1]).toBe('SIGTERM')
    await endBrowsers(join(root, 'no such folder'))
  })
})
