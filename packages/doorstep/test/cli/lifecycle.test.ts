import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, isOpen, type Workplace, workplace } from './doorstep-command.ts'

let place: Workplace
beforeAll(async () => {
  place = await workplace()
})
afterAll(() => place.close())

const folderOf = (name: string) => ({ DOORSTEP_DATA: join(place.root, name) })

describe('doorstep up', () => {
  it('prints one ready line, keeps its files to itself, and shows the password at the first start only', async () => {
    const own = folderOf('first')
    const cloud = await place.up([], own)
    expect(Object.keys(cloud.ready).sort()).toEqual([
      'administrator',
      'caCertificate',
      'dataDirectory',
      'proxy',
      'startedInMilliseconds',
      'subscriptionId',
      'tenantId',
      'url',
    ])
    expect(cloud.ready.dataDirectory).toBe(own.DOORSTEP_DATA)
    expect(cloud.ready.administrator.password).toMatch(/\S{12,}/)
    expect((await stat(own.DOORSTEP_DATA)).mode & 0o777).toBe(0o700)
    for (const name of ['bootstrap.json', 'control-token', 'instance.json', 'ca.pem', 'intercept-ca.pem']) {
      expect((await stat(join(own.DOORSTEP_DATA, name))).mode & 0o777).toBe(0o600)
    }
    cloud.process.kill('SIGTERM')
    expect(await cloud.ended).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await cloud.ended).stdout.trim().split('\n')).toHaveLength(1)

    const again = await place.up([], own)
    expect(again.ready.tenantId).toBe(cloud.ready.tenantId)
    expect(again.ready.administrator).toEqual({ userPrincipalName: cloud.ready.administrator.userPrincipalName })
    again.process.kill('SIGINT')
    expect((await again.ended).exitCode).toBe(0)
  })

  it('shows a person the addresses, the password and what to paste next', async () => {
    const started = place.start(['up', '--port', '0', '--proxy-port', '0'], folderOf('person'))
    await started.firstLine
    await place.doorstep(['down'], folderOf('person'))
    const { stdout } = await started.ended
    expect(stdout).toMatch(/^Doorstep is ready \(\d+ ms\)\.\n/)
    expect(stdout).toMatch(/^ {2}Address +https:\/\/localhost:\d+$/m)
    expect(stdout).toMatch(/^ {2}Password +\S+ {3}\(shown this once\)$/m)
    expect(stdout).toContain('\n  npx --no-install doorstep app create my-app --secret\n')
    expect(stdout).toMatch(/^ {2}npx --no-install doorstep run -- curl .*https:\/\/login\.microsoftonline\.com\//m)
  })

  it('names the data folder in what it says to paste when no variable names it', async () => {
    const data = join(place.root, 'named here')
    const started = place.start(['up', '--port', '0', '--proxy-port', '0', '--data', data])
    await started.firstLine
    await place.doorstep(['down', '--data', data])
    expect((await started.ended).stdout).toContain(`doorstep app create my-app --secret --data '${data}'\n`)
  })

  it('is refused on a data folder that is in use, naming folder and holder', async () => {
    const own = folderOf('shared')
    const cloud = await place.up([], own)
    const second = await place.doorstep(['up', '--port', '0', '--proxy-port', '0', '--json'], own)
    expect(second).toMatchObject({ exitCode: 1, stdout: '' })
    expect(second.stderr).toContain(own.DOORSTEP_DATA)
    expect(second.stderr).toContain(cloud.ready.url)
    expect(second.stderr).toContain(`process ${cloud.process.pid}`)
    expect((await place.doorstep(['status'], own)).exitCode).toBe(0)
  })

  it('takes the folder of a process that was killed', async () => {
    const own = folderOf('killed')
    const killed = await place.up([], own)
    killed.process.kill('SIGKILL')
    await killed.ended
    expect(await place.doorstep(['status'], own)).toMatchObject({ exitCode: 3 })
    const next = await place.up([], own)
    expect(next.ready.tenantId).toBe(killed.ready.tenantId)
  })

  it('names a port that is taken, who holds it and the option, and leaves nothing held', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const own = folderOf('port')
    for (const [option, other] of [
      ['--port', '--proxy-port'],
      ['--proxy-port', '--port'],
    ] as const) {
      const refused = await place.doorstep(['up', option, `${port}`, other, '0', '--json'], own)
      expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
      expect(refused.stderr).toContain(`Port ${port} is taken by `)
      expect(refused.stderr).toContain(`choose another port: ${option} `)
      if (process.platform === 'linux') expect(refused.stderr).toContain(`process ${process.pid}`)
    }
    server.close()
    expect(existsSync(join(own.DOORSTEP_DATA, 'instance.json'))).toBe(false)
    await place.up([], own)
  })

  it('--ephemeral removes its data folder at the end', async () => {
    const cloud = await place.up(['--ephemeral'])
    expect(cloud.ready.dataDirectory.startsWith(place.temporary)).toBe(true)
    expect(existsSync(cloud.ready.dataDirectory)).toBe(true)
    cloud.process.kill('SIGTERM')
    await cloud.ended
    expect(await readdir(place.temporary)).toEqual([])
  })

  it('--ephemeral removes its data folder after a failure too', async () => {
    const refused = await place.doorstep(['up', '--ephemeral', '--seed', join(place.root, 'missing.yaml')])
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^error: The seed file .*missing\.yaml cannot be read: there is none\.\n$/)
    expect(await readdir(place.temporary)).toEqual([])
  })

  it('prints every problem of a seed file with its path', async () => {
    const seed = join(place.root, 'wrong.yaml')
    await writeFile(seed, 'tenants:\n  - displayName: 5\n    domain: contoso.example\n    people: []\n')
    const refused = await place.doorstep(['up', '--ephemeral', '--port', '0', '--proxy-port', '0', '--seed', seed])
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toContain('wrong.yaml')
    expect(refused.stderr).toContain('tenants[0].displayName')
    expect(refused.stderr).toContain('people')
    expect(refused.stderr).not.toContain('    at ')
  })

  it('refuses a data folder that is a file', async () => {
    const file = join(place.root, 'file')
    await writeFile(file, '')
    const refused = await place.doorstep(['up', '--data', file])
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toContain(`The data folder ${file} `)
  })
})

describe('a running local cloud', () => {
  beforeAll(async () => {
    await place.up()
  })

  it('is described by status, for people and in JSON', async () => {
    const [person, json] = await Promise.all([place.doorstep(['status']), place.doorstep(['status', '--json'])])
    const instance = JSON.parse(json.stdout) as Record<string, unknown>
    expect(person.exitCode).toBe(0)
    expect(person.stdout).toContain(String(instance.url))
    expect(person.stdout).toContain(String(instance.tenantId))
    expect(instance).toMatchObject({ openRuns: 0, dataDirectory: place.data, clock: { offsetSeconds: 0 } })
    expect(json.stdout).not.toMatch(/password|secret|control-token/i)
  })

  it('has a clock that moves, is kept over a restart, and comes back', async () => {
    const clock = async (...words: string[]) =>
      JSON.parse((await place.doorstep(['clock', ...words, '--json'])).stdout) as { now: string; offsetSeconds: number }
    expect((await clock('advance', '90d')).offsetSeconds).toBe(90 * 86_400)
    expect((await clock('advance', '1h')).offsetSeconds).toBe(90 * 86_400 + 3600)
    expect((await place.doorstep(['clock', 'now'])).stdout).toMatch(/ {2}\(90d 1h ahead of this machine\)\n$/)
    await place.doorstep(['down'])
    await place.up()
    expect((await clock('now')).offsetSeconds).toBe(90 * 86_400 + 3600)
    expect((await clock('set', '2020-02-29T12:00:00Z')).now).toMatch(/^2020-02-29T12:00:/)
    expect((await clock('reset')).offsetSeconds).toBe(0)
  })

  it('refuses a moment beyond the years it knows', async () => {
    const { exitCode, stderr } = await place.doorstep(['clock', 'advance', '9999999d'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('year 9999')
  })

  it('is reset only when somebody says so, and tells the new password once', async () => {
    const unasked = await place.doorstep(['reset'])
    expect(unasked).toMatchObject({ exitCode: 2, stdout: '' })
    expect(unasked.stderr).toContain('--yes')
    const before = JSON.parse((await place.doorstep(['status', '--json'])).stdout) as { tenantId: string }
    const { exitCode, stdout } = await place.doorstep(['reset', '--yes', '--json'])
    expect(exitCode).toBe(0)
    const after = JSON.parse(stdout) as { tenantId: string; administrator: { password: string } }
    expect(after.tenantId).not.toBe(before.tenantId)
    expect(after.administrator.password).toMatch(/\S{12,}/)
    const status = await place.doorstep(['status', '--json'])
    expect(JSON.parse(status.stdout)).toMatchObject({ tenantId: after.tenantId })
    expect(status.stdout).not.toContain(after.administrator.password)
    expect((await place.doorstep(['app', 'list'])).exitCode).toBe(0)
  })

  it('is stopped by down, which waits for its end', async () => {
    const { exitCode, stdout } = await place.doorstep(['down', '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'stopped', dataDirectory: place.data })
    expect(existsSync(join(place.data, 'instance.json'))).toBe(false)
    expect(await place.doorstep(['down'])).toMatchObject({ exitCode: 3, stdout: '' })
  })
})

it('a second signal ends doorstep up at once, while the first one waits for a request', async () => {
  const cloud = await place.up([], folderOf('impatient'))
  const { url, caCertificate } = cloud.ready
  const headers = {
    expect: '100-continue',
    'content-length': '10',
    'content-type': 'application/x-www-form-urlencoded',
  }
  const unfinished = request(`${url}/${cloud.ready.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    ca: await readFile(caCertificate, 'utf8'),
    agent: false,
    headers,
  })
  unfinished.on('error', () => {})
  unfinished.flushHeaders()
  await once(unfinished, 'continue')
  cloud.process.kill('SIGTERM')
  await eventually(async () => !(await isOpen(Number(new URL(url).port))), 'nobody new was let in')
  cloud.process.kill('SIGTERM')
  expect((await cloud.ended).exitCode).toBe(128 + 15)
  unfinished.destroy()
})
