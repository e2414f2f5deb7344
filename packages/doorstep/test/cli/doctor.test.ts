import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alice, peopleSeed } from '../login/people.ts'
import { type SignInPlace, signInPlace } from './signed-in.ts'

let place: SignInPlace
beforeAll(async () => {
  place = await signInPlace(peopleSeed())
})
afterAll(() => place.close())

interface Check {
  readonly check: string
  readonly verdict: string
  readonly detail: string
  readonly fix?: string
}

async function examine(words: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const extra = { NODE_EXTRA_CA_CERTS: undefined, ...environment }
  const { exitCode, stdout, stderr } = await place.doorstep(['doctor', '--json', ...words], extra)
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: readonly Check[] }
  expect(stderr.replaceAll(/.*Warning:.*\n|\(Use .*\n/g, '')).toBe('')
  expect(exitCode).toBe(ok ? 0 : 1)
  const find = (name: string) => checks.find(({ check }) => check === name)
  return { ok, checks, find }
}

describe('doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    await place.loginAsAlice()
    const { ok, find } = await examine()
    expect(ok).toBe(true)
    for (const name of [
      'node',
      'run',
      'local cloud',
      'data folder',
      'proxy',
      'certificates',
      'authority',
      'clock',
      'token store',
    ])
      expect(find(name)?.verdict, name).toBe('ok')
    expect(find('profile')?.detail).toBe(`default: ${alice.name} at local.`)
    expect(find('token store')?.detail).toMatch(/no D-Bus session.* so the key lies in/)
    const { exitCode, stdout } = await place.doorstep(['doctor'], { NODE_EXTRA_CA_CERTS: undefined })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^ok\s+local cloud\s+It runs at https:\/\/localhost:/m)
  })

  it('says that no local cloud runs, and how to start one', async () => {
    const { ok, find } = await examine(['--data', join(place.root, 'nowhere')])
    expect(ok).toBe(false)
    expect(find('local cloud')).toMatchObject({
      verdict: 'problem',
      fix: expect.stringContaining('doorstep up --data'),
    })
    expect(find('authority')).toBeUndefined()
  })

  it('makes nothing where nothing is kept', async () => {
    const share = join(place.root, 'untouched')
    const { find } = await examine([], { XDG_DATA_HOME: share })
    expect(find('token store')).toMatchObject({ verdict: 'ok', detail: expect.stringContaining('Nothing is kept yet') })
    await expect(stat(share)).rejects.toThrow('ENOENT')
    await mkdir(join(share, 'doorstep', 'client'), { recursive: true })
    await examine([], { XDG_DATA_HOME: share })
    expect(await readdir(join(share, 'doorstep', 'client'))).toEqual([])
  })

  it('sees a store that cannot be read, leaves it as it is, and sees the login that is lost with it', async () => {
    const folder = join(place.root, 'share', 'doorstep', 'client')
    const whole = await readFile(join(folder, 'tokens'))
    await writeFile(join(folder, 'tokens'), 'garbage')
    const damaged = await examine()
    expect(damaged.find('token store')).toMatchObject({ verdict: 'problem', detail: expect.stringContaining(folder) })
    expect(damaged.find('profile')).toMatchObject({ verdict: 'problem' })
    expect(await readFile(join(folder, 'tokens'), 'utf8')).toBe('garbage')
    const token = await place.doorstep(['token'])
    expect({ exitCode: token.exitCode, stdout: token.stdout }).toEqual({ exitCode: 1, stdout: '' })
    const [aside = ''] = (await readdir(folder)).filter((name) => name.includes('tokens.corrupt-'))
    expect(token.stderr).toContain(`It was moved to ${join(folder, aside)}`)
    const after = await examine()
    expect(after.find('token store')).toMatchObject({ verdict: 'warning', detail: expect.stringContaining(aside) })
    expect(after.find('profile')).toMatchObject({
      verdict: 'problem',
      detail: expect.stringContaining('nothing of that sign-in is kept any more'),
      fix: expect.stringContaining('npx --no-install doorstep login'),
    })
    await rm(join(folder, aside))
    await writeFile(join(folder, 'tokens'), whole)
  })

  it('sees a key file without a key, and token names where that went', async () => {
    const folder = join(place.root, 'share', 'doorstep', 'client')
    const whole = await Promise.all(['key', 'tokens'].map((name) => readFile(join(folder, name))))
    await writeFile(join(folder, 'key'), 'no key')
    expect((await examine()).find('token store')).toMatchObject({
      verdict: 'problem',
      detail: expect.stringContaining(`${join(folder, 'key')} holds no key`),
    })
    const { stderr } = await place.doorstep(['token'])
    expect(stderr).toContain('The key file held no key. It was moved to ')
    expect(stderr).toContain('tokens.corrupt-')
    for (const name of await readdir(folder)) if (name.includes('.corrupt-')) await rm(join(folder, name))
    await Promise.all(['key', 'tokens'].map((name, index) => writeFile(join(folder, name), whole[index] ?? '')))
    expect((await examine()).find('profile')?.verdict).toBe('ok')
  })

  it('notices a clock that is wrong', async () => {
    const preload = join(place.root, 'late.cjs')
    await writeFile(preload, 'const real = Date.now; Date.now = () => real() - 400_000')
    const { ok, find } = await examine([], { NODE_OPTIONS: `--require "${preload}"` })
    expect(ok).toBe(false)
    expect(find('clock')).toMatchObject({ verdict: 'problem', fix: expect.stringContaining('timedatectl') })
    expect(find('clock')?.detail).toMatch(/^This machine’s clock is (39\d|40\d) s behind the authority’s\.$/)
  })

  it('knows a clock that was moved on purpose, and puts back nothing but that', async () => {
    await place.doorstep(['clock', 'advance', '1h'])
    const { find } = await examine()
    expect(find('clock')).toMatchObject({
      verdict: 'warning',
      fix: expect.stringContaining('npx --no-install doorstep clock reset -'),
    })
    await place.doorstep(['clock', 'reset'])
    expect((await examine()).find('clock')?.verdict).toBe('ok')
  })

  it('points to the description of the file of profiles when that is wrong', async () => {
    const folder = join(place.root, 'config', 'doorstep')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'doorstep.config.yaml'), 'profiles: { a: { cluod: public } }')
    const { find } = await examine()
    expect(find('profile')).toMatchObject({
      verdict: 'problem',
      detail: expect.stringContaining('profiles.a.cluod is not known here'),
      fix: expect.stringContaining('docs/config-file.md'),
    })
    await rm(folder, { recursive: true })
  })

  it('notices what weakens or breaks trust', async () => {
    const missing = join(place.root, 'missing.pem')
    expect((await examine([], { NODE_EXTRA_CA_CERTS: missing })).find('certificates')).toMatchObject({
      verdict: 'problem',
      detail: expect.stringContaining(`${missing}, which cannot be read (ENOENT)`),
    })
    const empty = join(place.root, 'empty.pem')
    await writeFile(empty, 'no certificate')
    expect((await examine([], { NODE_EXTRA_CA_CERTS: empty })).find('certificates')?.detail).toContain(
      'no PEM certificate',
    )
    const unchecked = await examine([], { NODE_TLS_REJECT_UNAUTHORIZED: '0' })
    expect(unchecked.find('certificates')).toMatchObject({
      verdict: 'problem',
      fix: expect.stringContaining('Unset it'),
    })
  })

  it('notices a proxy that is no address, and keeps its password to itself', async () => {
    const wrong = await examine(['--cloud', 'public'], { HTTPS_PROXY: 'socks5://user:hush@proxy.example:1080' })
    expect(wrong.find('proxy')).toMatchObject({ verdict: 'problem' })
    expect(JSON.stringify(wrong.checks)).not.toContain('hush')
    const plain = await examine([], { HTTP_PROXY: 'http://proxy.example:8080' })
    expect(plain.find('proxy')).toMatchObject({ verdict: 'warning' })
  })

  it('waits for an authority that never answers for five seconds at most', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const proxy = `http://user:hush@127.0.0.1:${(silent.address() as AddressInfo).port}`
    try {
      const { ok, find, checks } = await examine(['--cloud', 'public'], { HTTPS_PROXY: proxy })
      expect(ok).toBe(false)
      expect(find('authority')).toMatchObject({
        verdict: 'problem',
        detail: 'https://login.microsoftonline.com cannot be reached: no answer within 5 s (ETIMEDOUT)',
        fix: expect.stringContaining('HTTPS_PROXY'),
      })
      expect(JSON.stringify(checks)).not.toContain('hush')
    } finally {
      silent.close()
    }
  })

  it('asks the public authority inside of a run, and says that it is one', async () => {
    const launcher = join(import.meta.dirname, '../../bin/doorstep.cjs')
    const words = ['run', '--', process.execPath, launcher, 'doctor', '--cloud', 'public', '--json']
    const { stdout } = await place.doorstep(words)
    const { checks } = JSON.parse(stdout) as { checks: readonly Check[] }
    const find = (name: string) => checks.find(({ check }) => check === name)
    expect(find('run')?.detail).toContain('Inside `doorstep run`')
    expect(find('authority')).toMatchObject({
      verdict: 'ok',
      detail: expect.stringContaining('https://login.microsoftonline.com answers'),
    })
  })

  it.skipIf(process.platform === 'win32')('notices a data folder that others can read', async () => {
    await chmod(join(place.data, 'bootstrap.json'), 0o644)
    const { ok, find } = await examine()
    expect(ok).toBe(false)
    expect(find('data folder')).toMatchObject({ verdict: 'problem', fix: expect.stringContaining('chmod -R go=') })
    await chmod(join(place.data, 'bootstrap.json'), 0o600)
  })
})
