import { describe, expect, it } from 'vitest'
import { CredentialOptionError } from '../errors.ts'
import { defaultStore, defaultStoreFolder } from './store-folder.ts'

describe('the folder of a user’s store', () => {
  const home = { HOME: '/home/ada' }
  it.each<[string, Record<string, string>, NodeJS.Platform, string]>([
    ['XDG_DATA_HOME', { ...home, XDG_DATA_HOME: '/xdg' }, 'linux', '/xdg/doorstep/client'],
    ['the home without it', home, 'linux', '/home/ada/.local/share/doorstep/client'],
    [
      'a relative XDG_DATA_HOME is none',
      { ...home, XDG_DATA_HOME: 'x' },
      'linux',
      '/home/ada/.local/share/doorstep/client',
    ],
    ['macOS', home, 'darwin', '/home/ada/Library/Application Support/doorstep/client'],
    ['Windows', { LOCALAPPDATA: 'C:\\Local' }, 'win32', 'C:\\Local\\doorstep\\client'],
    ['Windows without it', { USERPROFILE: 'C:\\Ada' }, 'win32', 'C:\\Ada\\AppData\\Local\\doorstep\\client'],
  ])('%s', (_, environment, platform, folder) => {
    expect(defaultStoreFolder(environment, platform)).toBe(folder)
  })
})

describe('the folder of a program that names none', () => {
  it('is that of DOORSTEP_CLIENT_STORE, its key beside it', () => {
    const named = defaultStore({ HOME: '/home/ada', DOORSTEP_CLIENT_STORE: '/data/client-of-runs' }, 'linux')
    expect(named.directory).toBe('/data/client-of-runs')
    expect(named.withoutKeychain).toContain('DOORSTEP_CLIENT_STORE')
  })

  it('is the user’s own without it, where the keychain may hold the key', () => {
    for (const environment of [{ HOME: '/home/ada' }, { HOME: '/home/ada', DOORSTEP_CLIENT_STORE: '' }]) {
      const own = { directory: '/home/ada/.local/share/doorstep/client', withoutKeychain: undefined }
      expect(defaultStore(environment, 'linux')).toEqual(own)
    }
  })

  it.each<[string, NodeJS.Platform]>([
    ['client-of-runs', 'linux'],
    ['../tokens', 'darwin'],
    ['tokens', 'win32'],
  ])('is refused when it depends on the working folder: %s', (folder, platform) => {
    const choose = () => defaultStore({ DOORSTEP_CLIENT_STORE: folder }, platform)
    expect(choose).toThrow(CredentialOptionError)
    expect(choose).toThrow(/DOORSTEP_CLIENT_STORE must be the absolute path/)
  })
})
