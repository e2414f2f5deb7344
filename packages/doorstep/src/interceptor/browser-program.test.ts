import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { programMissing } from '../../test/support/require-program.ts'
import { writeBrowserProgram } from './browser-program.ts'

const run = promisify(execFile)
const url = 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize?a=1&b=$HOME%20"\'*'

let root: string
let command: string[]
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'doorstep-'))
  const recorder =
    'require("node:fs").writeFileSync(process.argv[1], JSON.stringify(process.argv.slice(2))); console.log("said")'
  command = [process.execPath, '-e', recorder, join(root, "what's opened"), 'a b']
})
afterEach(() => rm(root, { recursive: true, force: true }))

const opened = async () => JSON.parse(await readFile(join(root, "what's opened"), 'utf8'))

/** A machine with programs that say who they are and what they were given. */
async function machineWith(names: readonly string[]): Promise<NodeJS.ProcessEnv> {
  const folder = join(root, 'machine')
  await mkdir(folder)
  for (const name of names) await writeFile(join(folder, name), `#!/bin/sh\necho "real ${name} $*"\n`, { mode: 0o755 })
  return { PATH: `${folder}:/usr/bin:/bin` }
}

const write = (inherited: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux') =>
  writeBrowserProgram(join(root, 'run'), command, inherited, platform).then(({ environment }) => environment)

describe.skipIf(process.platform === 'win32')('the browser of a child', () => {
  it('runs the command with the address as one word, and leaves stdout to the child', async () => {
    const { BROWSER = '' } = await write({ PATH: '/usr/bin:/bin' })
    expect(await run(BROWSER, [url])).toEqual({ stdout: '', stderr: 'said\n' })
    expect(await opened()).toEqual(['a b', url])
  })

  it('is what programs find that start xdg-open', async () => {
    const env = await write(await machineWith(['xdg-open']))
    await run('xdg-open', [url], { env })
    expect(await opened()).toEqual(['a b', url])
    await run('xdg-open', ['HTTP://localhost:53000/'], { env })
    expect(await opened()).toEqual(['a b', 'HTTP://localhost:53000/'])
  })

  it.each(['mailto:alice@contoso.example', '/tmp/a file.pdf', 'https-notes.txt', '--version', 'httpx://a'])(
    'leaves %s to the real xdg-open',
    async (word) => {
      const env = await write(await machineWith(['xdg-open']))
      expect((await run('xdg-open', [word], { env })).stdout).toBe(`real xdg-open ${word}\n`)
    },
  )

  it('says so when there is no real xdg-open for the rest', async () => {
    const env = { ...(await write({ PATH: join(root, 'nothing') })) }
    const asked = run(join(root, 'run', 'bin', 'xdg-open'), ['mailto:a@b'], { env: { ...env, PATH: '/usr/bin:/bin' } })
    await expect(asked).rejects.toMatchObject({ code: 3, stderr: expect.stringContaining('no xdg-open') })
  })

  it('takes only addresses from openers with other words, and adds no opener that the machine does not have', async () => {
    const env = await write(await machineWith(['gio']))
    await run('gio', ['open', url], { env })
    expect(await opened()).toEqual(['a b', url])
    expect((await run('gio', ['open', 'a.txt'], { env })).stdout).toBe('real gio open a.txt\n')
    expect((await run('gio', ['info', url], { env })).stdout).toBe(`real gio info ${url}\n`)
    const openers = await readdir(join(root, 'run', 'bin'))
    expect(openers).toContain('xdg-open')
    expect(openers).not.toContain('kde-open')
  })

  it('of a run inside a run hands the rest to the real program, not to the outer run', async () => {
    const outer = await writeBrowserProgram(
      join(root, 'outer'),
      ['/bin/false'],
      await machineWith(['xdg-open']),
      'linux',
    )
    const env = await write(outer.environment)
    expect((await run('xdg-open', ['mailto:a@b'], { env })).stdout).toBe('real xdg-open mailto:a@b\n')
    await run('xdg-open', [url], { env })
    expect(await opened()).toEqual(['a b', url])
  })

  it('stands in the PATH once, however often it is written', async () => {
    const once = await write({ PATH: '/usr/bin:/bin' })
    expect(await write(once)).toEqual(once)
  })

  it('is named without its path where the path has blanks, at which programs split it', async () => {
    const { environment } = await writeBrowserProgram(join(root, 'a b'), command, { PATH: '/usr/bin:/bin' }, 'linux')
    expect(environment.BROWSER).toBe('doorstep-browser')
    await run('doorstep-browser', [url], { env: environment })
    expect(await opened()).toEqual(['a b', url])
  })

  it.skipIf(programMissing('python3'))('opens what Python’s webbrowser opens', async () => {
    for (const folder of ['run', 'a b']) {
      const { environment } = await writeBrowserProgram(join(root, folder), command, process.env, 'linux')
      const script = 'import sys, webbrowser; print(webbrowser.open(sys.argv[1]))'
      const env = { ...process.env, ...environment }
      expect((await run('python3', ['-c', script, url], { env })).stdout).toBe('True\n')
      expect(await opened()).toEqual(['a b', url])
      await rm(join(root, "what's opened"))
    }
  })

  it('leaves open alone on macOS', async () => {
    const environment = await write({ PATH: '/usr/bin' }, 'darwin')
    expect(Object.keys(environment).sort()).toEqual(['BROWSER', 'PATH'])
    expect(await readdir(join(root, 'run', 'bin'))).toEqual(['doorstep-browser'])
  })
})

it('on Windows nothing is written', async () => {
  expect(await write({ PATH: 'C:\\Windows' }, 'win32')).toEqual({})
  expect(await readdir(root)).toEqual([])
})
