import { describe, expect, it } from 'vitest'
import { defaultStoreFolder } from './store-folder.ts'

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
