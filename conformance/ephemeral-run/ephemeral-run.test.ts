import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'
import { doorstepWords, execute, type Outcome, runUnderDoorstep } from '../support/run-under-doorstep.ts'

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

describe('doorstep run leaves nothing behind', () => {
  let machine: string

  /** Everything that a program might take for a place to write to, fresh and empty. */
  const places = ['home', 'temporary', 'config', 'data', 'cache', 'state'] as const
  const emptyMachine = (): NodeJS.ProcessEnv => ({
    HOME: join(machine, 'home'),
    TMPDIR: join(machine, 'temporary'),
    XDG_CONFIG_HOME: join(machine, 'config'),
    XDG_DATA_HOME: join(machine, 'data'),
    XDG_CACHE_HOME: join(machine, 'cache'),
    XDG_STATE_HOME: join(machine, 'state'),
  })

  beforeAll(async () => {
    machine = await mkdtemp(join(tmpdir(), 'doorstep-'))
    for (const place of places) await mkdir(join(machine, place))
  })
  afterAll(() => rm(machine, { recursive: true, force: true }))

  const runEphemeral = (secret: string): Promise<Outcome> => {
    const words = ['run', '--ephemeral', '--seed', file('doorstep.yaml'), '--', process.execPath, file('program.mjs')]
    return execute(doorstepWords(...words, secret), emptyMachine())
  }

  it('when it started a local cloud of its own: no file, no listener', async () => {
    const { code, stdout, stderr } = await runEphemeral('a-secret-for-tests-alone')
    expect(code, stderr).toBe(0)
    const { proxy, dataDirectory, answer } = JSON.parse(stdout)
    expect(decodeJwt(answer.access_token).aud).toBe('3c1e7a52-8f0b-4d69-a7c4-5b2d9e6f1a08')
    expect(existsSync(dataDirectory)).toBe(false)
    expect(await isListening(Number(new URL(proxy).port))).toBe(false)
    expect(await filesIn(machine)).toEqual([...places].sort())
  })

  it('when the program failed, whose exit code it keeps', async () => {
    const { code, stdout } = await runEphemeral('not-the-secret')
    expect(code).toBe(7)
    const { proxy, answer } = JSON.parse(stdout)
    expect(answer.error_description).toContain('AADSTS7000215')
    expect(await isListening(Number(new URL(proxy).port))).toBe(false)
    expect(await filesIn(machine)).toEqual([...places].sort())
  })

  it('when it joined a running local cloud: the run’s proxy is gone, the cloud stays', async () => {
    const doorstep = await startDoorstep()
    try {
      const before = await filesIn(doorstep.dataDirectory)
      const words = [process.execPath, '-p', 'process.env.HTTPS_PROXY']
      const { code, stdout, stderr } = await runUnderDoorstep(doorstep.dataDirectory, words, emptyMachine())
      expect(code, stderr).toBe(0)
      expect(stdout.trim()).not.toBe(doorstep.proxy)
      expect(await isListening(Number(new URL(stdout.trim()).port))).toBe(false)
      expect(await isListening(Number(new URL(doorstep.proxy).port))).toBe(true)
      expect(await filesIn(doorstep.dataDirectory)).toEqual(before)
      expect(await filesIn(machine)).toEqual([...places].sort())
    } finally {
      await doorstep.stop()
    }
  })
})

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort()
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
