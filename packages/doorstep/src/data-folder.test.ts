import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  dataDirectory,
  dataFolderInUse,
  openDataFolder,
  readBootstrap,
  readControlToken,
  readInstance,
} from './data-folder.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'doorstep-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

describe('which data folder is meant', () => {
  const home = { HOME: '/home/ann' }
  it.each<[string, string | undefined, Record<string, string>, NodeJS.Platform, string]>([
    ['what is given', '/given', { ...home, DOORSTEP_DATA: '/variable' }, 'linux', '/given'],
    ['else DOORSTEP_DATA', undefined, { ...home, DOORSTEP_DATA: '/variable' }, 'linux', '/variable'],
    [
      'an empty variable is none',
      undefined,
      { ...home, DOORSTEP_DATA: '' },
      'linux',
      '/home/ann/.local/share/doorstep',
    ],
    ['XDG_DATA_HOME', undefined, { ...home, XDG_DATA_HOME: '/xdg' }, 'linux', '/xdg/doorstep'],
    [
      'a relative XDG_DATA_HOME is none',
      undefined,
      { ...home, XDG_DATA_HOME: 'x' },
      'linux',
      '/home/ann/.local/share/doorstep',
    ],
    ['macOS', undefined, home, 'darwin', '/home/ann/Library/Application Support/Doorstep'],
    [
      'Windows',
      undefined,
      { LOCALAPPDATA: 'C:\\Users\\ann\\AppData\\Local' },
      'win32',
      'C:\\Users\\ann\\AppData\\Local\\Doorstep',
    ],
    [
      'Windows without LOCALAPPDATA',
      undefined,
      { USERPROFILE: 'C:\\Users\\ann' },
      'win32',
      'C:\\Users\\ann\\AppData\\Local\\Doorstep',
    ],
  ])('%s', (_, given, environment, platform, expected) => {
    expect(dataDirectory(given, environment, platform)).toBe(expected)
  })

  it('is an absolute path', () => {
    expect(dataDirectory('cloud', {})).toBe(join(process.cwd(), 'cloud'))
  })
})

describe('taking a data folder', () => {
  it('makes it for its owner alone, and its files too', async () => {
    const path = join(root, 'deep', 'cloud')
    const folder = await openDataFolder(path)
    await folder.write('control-token', 'secret')
    await folder.write('control-token', 'newer')
    expect(await folder.read('control-token')).toBe('newer')
    expect(await folder.read('master-key')).toBeUndefined()
    expect(await modeOf(path)).toBe(0o700)
    expect(await modeOf(folder.pathOf('control-token'))).toBe(0o600)
    expect(await modeOf(folder.pathOf('lock.db'))).toBe(0o600)
    await folder.close()
    expect((await readdir(path)).sort()).toEqual(['control-token', 'lock.db'])
  })

  it('is refused while somebody holds it, naming folder and holder, and possible afterwards', async () => {
    const first = await openDataFolder(root)
    await expect(openDataFolder(root)).rejects.toMatchObject({ name: 'DataFolderError', code: 'inUse' })
    await first.write(
      'instance.json',
      JSON.stringify({ url: 'https://localhost:1', proxy: 'http://127.0.0.1:2', processId: 3 }),
    )
    await expect(openDataFolder(root)).rejects.toThrow(
      `The data folder ${root} is in use by the local cloud at https://localhost:1 (process 3).`,
    )
    expect(await dataFolderInUse(root)).toBe(true)
    await first.close()
    expect(await dataFolderInUse(root)).toBe(false)
    expect(await readInstance(root)).toBeUndefined()
    await (await openDataFolder(root)).close()
  })

  it('removes what a process that died has left', async () => {
    await writeFile(join(root, 'instance.json'), '{"url":"https://localhost:1","proxy":"x","processId":1}')
    await writeFile(join(root, '.control-token.0.tmp'), 'half')
    await chmod(root, 0o700)
    const folder = await openDataFolder(root)
    expect(await readdir(root)).toEqual(['lock.db'])
    await folder.close()
  })

  it('refuses what is not a folder', async () => {
    const file = join(root, 'file')
    await writeFile(file, '')
    await expect(openDataFolder(file)).rejects.toMatchObject({ code: 'unusable' })
    await expect(openDataFolder(join(file, 'below'))).rejects.toThrow('--data DIR')
  })

  it.skipIf(process.platform === 'win32')('refuses a folder with files where others may write', async () => {
    const path = join(root, 'shared')
    await mkdir(path)
    await writeFile(join(path, 'bootstrap.json'), '{}')
    await chmod(path, 0o777)
    await expect(openDataFolder(path)).rejects.toThrow(`Run: chmod 700 ${path}`)
    expect(await dataFolderInUse(path)).toBe(false)
  })

  it.skipIf(process.platform === 'win32')('closes an empty folder to others', async () => {
    const path = join(root, 'empty')
    await mkdir(path)
    await chmod(path, 0o775)
    const folder = await openDataFolder(path)
    expect(await modeOf(path)).toBe(0o700)
    await folder.close()
  })
})

describe('what the command line reads', () => {
  it('is undefined where there is nothing', async () => {
    expect(await readInstance(root)).toBeUndefined()
    expect(await readBootstrap(root)).toBeUndefined()
    expect(await readControlToken(root)).toBeUndefined()
    expect(await dataFolderInUse(join(root, 'nowhere'))).toBe(false)
  })

  it('is the record without what does not belong to it', async () => {
    const bootstrap = { tenantId: 't', clientId: 'c', clientSecret: 's' }
    await writeFile(join(root, 'bootstrap.json'), JSON.stringify({ ...bootstrap, more: 1 }))
    await writeFile(join(root, 'control-token'), 'token\n')
    expect(await readBootstrap(root)).toEqual(bootstrap)
    expect(await readControlToken(root)).toBe('token')
  })

  it('is refused by name when it is not JSON', async () => {
    await writeFile(join(root, 'bootstrap.json'), '{')
    await expect(readBootstrap(root)).rejects.toThrow(join(root, 'bootstrap.json'))
  })
})
