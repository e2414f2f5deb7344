import { describe, expect, it } from 'vitest'
import { type Surroundings, wayToPerson } from '../../src/loopback/way-to-person.ts'

const linux: Surroundings = { platform: 'linux', environment: {}, isContainer: false, openers: ['xdg-open'] }
const desktop = { DISPLAY: ':0' }
const anyWay = { pasteBack: true, deviceCode: true }

function command(surroundings: Partial<Surroundings>): readonly string[] | string {
  const way = wayToPerson({ ...linux, ...surroundings }, anyWay)
  return way.way === 'browser' ? way.command : way.reason
}

describe('the command that opens the browser', () => {
  it.each<[string, Partial<Surroundings>, readonly string[] | string]>([
    ['Linux with X', { environment: desktop }, ['xdg-open']],
    ['Linux with Wayland', { environment: { WAYLAND_DISPLAY: 'wayland-0' } }, ['xdg-open']],
    ['Linux without a display', {}, 'There is no display'],
    [
      'Linux without xdg-open',
      { environment: desktop, openers: [] },
      'Pages are opened by xdg-open, which is not installed',
    ],
    ['macOS', { platform: 'darwin' }, ['open']],
    ['Windows', { platform: 'win32' }, ['rundll32', 'url.dll,FileProtocolHandler']],
    ['a container', { isContainer: true }, 'In a container there is no display'],
    ['a container with a display', { isContainer: true, environment: desktop }, ['xdg-open']],
    ['SSH', { environment: { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' } }, 'In an SSH session there is no display'],
    ['SSH with a forwarded display', { environment: { SSH_CONNECTION: 'x', DISPLAY: 'localhost:10.0' } }, ['xdg-open']],
    [
      'SSH to macOS',
      { platform: 'darwin', environment: { SSH_CONNECTION: 'x' } },
      'In an SSH session there is no display',
    ],
    ['WSL', { environment: { WSL_DISTRO_NAME: 'Debian' }, openers: ['wslview', 'xdg-open'] }, ['wslview']],
    [
      'WSL without wslview',
      { environment: { WSL_DISTRO_NAME: 'Debian', ...desktop } },
      'In WSL a browser is opened by wslview, which is not installed',
    ],
    [
      'a Jupyter kernel',
      { environment: { JPY_PARENT_PID: '7', ...desktop } },
      'In a Jupyter kernel the browser may be on another machine',
    ],
    ['a codespace', { environment: { CODESPACES: 'true' } }, 'In a codespace the browser is on another machine'],
    [
      'a codespace with its own helper',
      { environment: { CODESPACES: 'true', BROWSER: '/vscode/bin/linux-x64/1/bin/helpers/browser.sh' } },
      'In a codespace the browser is on another machine',
    ],
    [
      'a codespace with another browser',
      { environment: { CODESPACES: 'true', BROWSER: '/opt/browse' } },
      ['/opt/browse'],
    ],
    ['BROWSER before all others', { environment: { BROWSER: 'firefox', SSH_CONNECTION: 'x' } }, ['firefox']],
    ['the first of several', { environment: { BROWSER: 'lynx %s:firefox' } }, ['lynx', '%s']],
    [
      'words in quotation marks',
      { environment: { BROWSER: `"/opt/my browser" --new '%s'` } },
      ['/opt/my browser', '--new', '%s'],
    ],
    ['a drive letter', { platform: 'win32', environment: { BROWSER: 'C:\\b.exe;other' } }, ['C:\\b.exe']],
    ['an empty BROWSER', { environment: { BROWSER: ' ', ...desktop } }, ['xdg-open']],
    [
      'a system without openers',
      { platform: 'aix', environment: desktop, openers: [] },
      'Pages are opened by xdg-open, which is not installed',
    ],
  ])('is right for %s', (_, surroundings, expected) => {
    expect(command(surroundings)).toEqual(expected)
  })
})

describe('without a browser', () => {
  it.each([
    [{ pasteBack: true, deviceCode: true }, 'pasteBack'],
    [{ pasteBack: false, deviceCode: true }, 'deviceCode'],
    [{ pasteBack: true, deviceCode: false }, 'pasteBack'],
    [{ pasteBack: false, deviceCode: false }, 'none'],
  ])('%j leads to %s', (ways, way) => {
    expect(wayToPerson(linux, ways)).toEqual({ way, reason: 'There is no display' })
  })
})
