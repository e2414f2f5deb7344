import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, isOpen, type Workplace, workplace } from './doorstep-command.ts'

let place: Workplace
beforeAll(async () => {
  place = await workplace()
})
afterAll(() => place.close())

const node = (script: string) => ['--', process.execPath, '-e', script]
const printEnvironment = 'console.log(JSON.stringify(process.env))'
const wait = 'setTimeout(() => {}, 60000)'
const folderOf = (name: string) => ({ DOORSTEP_DATA: join(place.root, name) })

/** Asks the login host by its real name, as a Node program would that knows nothing of Doorstep. */
const askLogin =
  'fetch("https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration").then((answer) => answer.json()).then((body) => console.log(body.token_endpoint), (error) => { console.error(error); process.exitCode = 1 })'
const tokenEndpoint = 'https://login.microsoftonline.com/common/oauth2/v2.0/token\n'

const isHeld = async (folder: { DOORSTEP_DATA: string }) => (await place.doorstep(['status'], folder)).exitCode === 0

describe('doorstep run without a running local cloud', () => {
  it('starts one, under the real names, and both end with nothing left behind', async () => {
    const own = folderOf('alone')
    expect(await place.doorstep(['run', ...node(askLogin)], own)).toEqual({
      exitCode: 0,
      stdout: tokenEndpoint,
      stderr: '',
    })
    expect(await readdir(place.temporary)).toEqual([])
    await eventually(async () => !(await isHeld(own)), 'the local cloud ended')
    expect(existsSync(join(own.DOORSTEP_DATA, 'instance.json'))).toBe(false)
  })

  it('shares one local cloud among runs that start at the same time', async () => {
    const own = folderOf('together')
    const runs = [1, 2, 3].map(() =>
      place.start(['run', ...node(`console.log(process.env.DOORSTEP_INTERCEPT); ${wait}`)], own),
    )
    const lines = await Promise.all(runs.map(({ firstLine }) => firstLine))
    const tlsPorts = new Set(lines.map((line) => (JSON.parse(line ?? '{}') as { port: number }).port))
    expect(tlsPorts.size).toBe(3)
    const status = JSON.parse((await place.doorstep(['status', '--json'], own)).stdout) as { openRuns: number }
    expect(status.openRuns).toBe(3)
    for (const run of runs) run.process.kill('SIGTERM')
    for (const run of runs) expect((await run.ended).exitCode).toBe(128 + 15)
    await eventually(async () => !(await isHeld(own)), 'the local cloud ended after its last run')
  })

  it('the local cloud goes on while a later run needs it', async () => {
    const own = folderOf('handover')
    const first = place.start(['run', ...node(`console.log(1); ${wait}`)], own)
    await first.firstLine
    const second = place.start(['run', ...node(`console.log(1); ${wait}`)], own)
    await second.firstLine
    first.process.kill('SIGTERM')
    await first.ended
    expect(await place.doorstep(['run', ...node(askLogin)], own)).toMatchObject({ exitCode: 0, stdout: tokenEndpoint })
    second.process.kill('SIGTERM')
    await second.ended
    await eventually(async () => !(await isHeld(own)), 'the local cloud ended')
  })

  it('runs after each other each find the folder free', async () => {
    const own = folderOf('sequence')
    for (const exitCode of [3, 4, 5]) {
      expect((await place.doorstep(['run', ...node(`process.exit(${exitCode})`)], own)).exitCode).toBe(exitCode)
    }
  })

  it('a run that is interrupted while its local cloud starts leaves nothing', async () => {
    const run = place.start(['run', ...node('console.log(1)')], folderOf('interrupted'))
    await eventually(async () => (await readdir(place.temporary)).length > 0, 'the run began')
    run.process.kill('SIGTERM')
    expect(await run.ended).toMatchObject({ exitCode: 128 + 15, stdout: '' })
    expect(await readdir(place.temporary)).toEqual([])
    await eventually(async () => !(await isHeld(folderOf('interrupted'))), 'the local cloud ended')
  })

  it('--ephemeral leaves no data folder', async () => {
    const { exitCode, stdout } = await place.doorstep(['run', '--ephemeral', ...node(printEnvironment)])
    expect(exitCode).toBe(0)
    const { DOORSTEP_DATA = '' } = JSON.parse(stdout) as NodeJS.ProcessEnv
    expect(DOORSTEP_DATA.startsWith(place.temporary)).toBe(true)
    expect(await readdir(place.temporary)).toEqual([])
  })

  it('applies a seed, and says what is wrong with it', async () => {
    const seed = join(place.root, 'seed.yaml')
    await writeFile(seed, 'tenants: [{ displayName: Contoso, domain: contoso.example }]\n')
    const askContoso = askLogin.replace('/common/', '/contoso.example/')
    const good = await place.doorstep(['run', '--ephemeral', '--seed', seed, ...node(askContoso)])
    expect(good).toMatchObject({ exitCode: 0, stderr: '' })
    expect(good.stdout).toMatch(/^https:\/\/login\.microsoftonline\.com\/[\da-f-]{36}\/oauth2\/v2\.0\/token\n$/)
    await writeFile(seed, 'tenants: [{ displayName: 7 }]\n')
    const bad = await place.doorstep(['run', '--ephemeral', '--seed', seed, ...node('console.log(1)')])
    expect(bad).toMatchObject({ exitCode: 1, stdout: '' })
    expect(bad.stderr).toContain('tenants[0].displayName')
    expect(await readdir(place.temporary)).toEqual([])
  })
})

describe('doorstep run with a running local cloud', () => {
  let url: string
  let mainProxy: string
  beforeAll(async () => {
    const { ready } = await place.up()
    url = ready.url
    mainProxy = ready.proxy
  })

  it('joins it through a proxy port of its own, and the cloud goes on', async () => {
    const { exitCode, stdout } = await place.doorstep(['run', ...node(printEnvironment)])
    expect(exitCode).toBe(0)
    const { HTTPS_PROXY, DOORSTEP_DATA, AZURE_CONFIG_DIR } = JSON.parse(stdout) as NodeJS.ProcessEnv
    expect(HTTPS_PROXY).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(HTTPS_PROXY).not.toBe(mainProxy)
    expect({ DOORSTEP_DATA, AZURE_CONFIG_DIR }).toEqual({
      DOORSTEP_DATA: place.data,
      AZURE_CONFIG_DIR: join(place.data, 'azure'),
    })
    await eventually(async () => !(await isOpen(Number(new URL(HTTPS_PROXY ?? '').port))), 'the proxy port closed')
    expect(await isHeld({ DOORSTEP_DATA: place.data })).toBe(true)
    expect(await readdir(place.temporary)).toEqual([])
  })

  it('overwrites what would switch interception off, and keeps the rest', async () => {
    const inherited = {
      NO_PROXY: '*',
      no_proxy: '.microsoftonline.com',
      HTTP_PROXY: 'http://127.0.0.1:1',
      MINE: 'kept',
    }
    const { stdout } = await place.doorstep(['run', ...node(printEnvironment)], inherited)
    const environment = JSON.parse(stdout) as NodeJS.ProcessEnv
    expect(environment).toMatchObject({
      NO_PROXY: 'localhost,127.0.0.1,::1',
      no_proxy: 'localhost,127.0.0.1,::1',
      MINE: 'kept',
    })
    expect(environment.HTTP_PROXY).toBeUndefined()
    expect((await place.doorstep(['run', ...node(askLogin)], inherited)).stdout).toBe(tokenEndpoint)
  })

  it('--offline refuses other hosts and names them', async () => {
    const connectElsewhere = `
      const request = require('node:http').request(process.env.HTTPS_PROXY, { method: 'CONNECT', path: 'elsewhere.example:443' })
      request.on('connect', (answer, socket, head) => { console.log(answer.statusCode); console.log(String(head)); socket.on('data', (text) => console.log(String(text))); socket.on('end', () => process.exit()) })
      request.end()`
    const { stdout } = await place.doorstep(['run', '--offline', ...node(connectElsewhere)])
    expect(stdout).toMatch(/^403\n/)
    expect(stdout).toContain('elsewhere.example')
  })

  it('refuses --seed, which only a start applies', async () => {
    const { exitCode, stdout, stderr } = await place.doorstep(['run', '--seed', 'x.yaml', ...node('console.log(1)')])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(url)
    expect(stderr).toContain('--seed')
  })

  it('commands inside find the same local cloud', async () => {
    const launcher = fileURLToPath(new URL('../../bin/doorstep.cjs', import.meta.url))
    const { stdout } = await place.doorstep(['run', '--', process.execPath, launcher, 'status', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ url, openRuns: 1 })
  })

  it.each<[string, string[], number]>([
    ['0', node('process.exit(0)'), 0],
    ['its own code', node('process.exit(42)'), 42],
    ['128 and the signal', node('process.kill(process.pid, "SIGKILL")'), 137],
    ['127 when there is no such program', ['--', 'no-such-program'], 127],
  ])('exits with what the program exits with: %s', async (_, words, exitCode) => {
    expect((await place.doorstep(['run', ...words])).exitCode).toBe(exitCode)
  })

  it('names a program that does not exist or may not be executed', async () => {
    expect((await place.doorstep(['run', '--', 'no-such-program', 'word'])).stderr).toContain(
      'no program called no-such-program',
    )
    const file = join(place.root, 'not-executable')
    await writeFile(file, 'x', { mode: 0o600 })
    const refused = await place.doorstep(['run', '--', file])
    expect(refused.exitCode).toBe(126)
    expect(refused.stderr).toContain(file)
  })

  it('hands every word after -- to the program untouched', async () => {
    const words = ['--json', '--data', 'a b', '', '--', "'$HOME'"]
    const { stdout } = await place.doorstep([
      'run',
      '--',
      process.execPath,
      '-p',
      'JSON.stringify(process.argv.slice(1))',
      '--',
      ...words,
    ])
    expect(JSON.parse(stdout)).toEqual(words)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on and waits for the program', async (signal) => {
    const script = `process.on('${signal}', () => setTimeout(() => { console.log('tidied'); process.exit(9) }, 50)); console.log('ready'); ${wait}`
    const run = place.start(['run', ...node(script)])
    await run.firstLine
    run.process.kill(signal)
    expect(await run.ended).toMatchObject({ exitCode: 9, stdout: 'ready\ntidied\n' })
    expect(await readdir(place.temporary)).toEqual([])
  })

  it('a run that is killed leaves no proxy port open', async () => {
    const script = `console.log(JSON.stringify({ pid: process.pid, proxy: process.env.HTTPS_PROXY })); ${wait}`
    const run = place.start(['run', ...node(script)])
    const { pid, proxy } = JSON.parse((await run.firstLine) ?? '{}') as { pid: number; proxy: string }
    const port = Number(new URL(proxy).port)
    expect(await isOpen(port)).toBe(true)
    run.process.kill('SIGKILL')
    await eventually(async () => !(await isOpen(port)), 'the proxy port closed')
    process.kill(pid, 'SIGKILL')
    await run.ended
  })

  it.each([
    ['SIGTERM', 0],
    ['SIGKILL', null],
  ] as const)('says when the local cloud ends by %s, and keeps the code of the program', async (end, exitCode) => {
    const own = folderOf(`mortal-${end}`)
    const cloud = await place.up([], own)
    const run = place.start(
      ['run', ...node(`console.log(1); process.on('SIGTERM', () => process.exit(6)); ${wait}`)],
      own,
    )
    await run.firstLine
    let stderr = ''
    run.process.stderr?.on('data', (chunk) => {
      stderr += chunk
    })
    cloud.process.kill(end)
    expect((await cloud.ended).exitCode).toBe(exitCode)
    await eventually(() => stderr.includes('the local cloud of this run has ended'), 'the run said so')
    run.process.kill('SIGTERM')
    expect((await run.ended).exitCode).toBe(6)
  })

  it('does not trust somebody else who answers at the address of its local cloud', async () => {
    const [real, other] = await Promise.all([place.up([], folderOf('real')), place.up([], folderOf('other'))])
    const instance = join(real.ready.dataDirectory, 'instance.json')
    await writeFile(instance, (await readFile(instance, 'utf8')).replace(real.ready.url, other.ready.url))
    const { exitCode, stderr } = await place.doorstep(['status'], folderOf('real'))
    expect(exitCode).toBe(3)
    expect(stderr).toContain(`What answers at ${other.ready.url} is not the local cloud of this data folder`)
  })
})

describe('doorstep env', () => {
  beforeAll(async () => {
    if (!(await isHeld({ DOORSTEP_DATA: place.data }))) await place.up()
  })

  it('prints what a shell needs to do the same', async () => {
    const { exitCode, stdout } = await place.doorstep(['env', '--shell', 'bash'], { SSL_CERT_DIR: '/etc/ssl/certs' })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^export HTTPS_PROXY='http:\/\/127\.0\.0\.1:\d+'$/m)
    expect(stdout).toMatch(/^unset SSL_CERT_DIR$/m)
    const script = join(place.root, 'environment.sh')
    await writeFile(script, `${stdout}exec "$@"\n`)
    const asked = spawnSync('sh', [script, process.execPath, '-e', askLogin], {
      env: place.environment,
      encoding: 'utf8',
    })
    expect(asked.stdout).toBe(tokenEndpoint)
  })

  it.each([
    ['/usr/bin/fish', /^set -gx HTTPS_PROXY /m],
    ['/usr/bin/pwsh', /^\$env:HTTPS_PROXY = /m],
    ['/bin/zsh', /^export HTTPS_PROXY=/m],
  ])('writes for the shell that SHELL names: %s', async (SHELL, line) => {
    expect((await place.doorstep(['env'], { SHELL })).stdout).toMatch(line)
  })

  it('--json prints the changes, null for what has to go', async () => {
    const { stdout } = await place.doorstep(['env', '--json'], { NO_PROXY: '*', HTTP_PROXY: 'http://127.0.0.1:1' })
    expect(JSON.parse(stdout)).toMatchObject({ NO_PROXY: 'localhost,127.0.0.1,::1', HTTP_PROXY: null })
  })
})
