/** What the way to the person is chosen by. */
export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly isContainer: boolean
  /** Which of the openers that matter here are on the PATH. */
  readonly openers: readonly string[]
}

/** What the credential can do when no browser is reachable. */
export interface OtherWays {
  readonly pasteBack: boolean
  readonly deviceCode: boolean
}

export type WayToPerson =
  /** Words of a command; `%s` stands for the address, which otherwise comes last. */
  | { readonly way: 'browser'; readonly command: readonly string[] }
  | { readonly way: 'pasteBack' | 'deviceCode' | 'none'; readonly reason: string }

/** How the person is reached. `reason` says in a few words why no browser can be opened. */
export function wayToPerson(surroundings: Surroundings, { pasteBack, deviceCode }: OtherWays): WayToPerson {
  const browser = browserCommand(surroundings)
  if (typeof browser !== 'string') return { way: 'browser', command: browser }
  return { way: pasteBack ? 'pasteBack' : deviceCode ? 'deviceCode' : 'none', reason: browser }
}

/** The command that opens a browser whose localhost is this machine's, or why there is none. */
function browserCommand({ platform, environment, isContainer, openers }: Surroundings): readonly string[] | string {
  const named = browserOfEnvironment(platform, environment)
  if (environment.CODESPACES && (named === undefined || isCodespacesHelper(named))) {
    return 'In a codespace the browser is on another machine'
  }
  if (named !== undefined) return named
  if (environment.JPY_PARENT_PID) return 'In a Jupyter kernel the browser may be on another machine'
  const hasDisplay = Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY)
  if (environment.SSH_CONNECTION && !(platform === 'linux' && hasDisplay))
    return 'In an SSH session there is no display'
  if (platform === 'darwin') return ['open']
  // Not `cmd /c start`, which would take & in the address for the end of the command.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler']
  if (environment.WSL_DISTRO_NAME || environment.WSL_INTEROP) {
    return openers.includes('wslview') ? ['wslview'] : 'In WSL a browser is opened by wslview, which is not installed'
  }
  if (!hasDisplay) return isContainer ? 'In a container there is no display' : 'There is no display'
  return openers.includes('xdg-open') ? ['xdg-open'] : 'Pages are opened by xdg-open, which is not installed'
}

/** The first command of `BROWSER`, a list as Python's and others read it. */
function browserOfEnvironment(
  platform: NodeJS.Platform,
  { BROWSER = '' }: Surroundings['environment'],
): readonly string[] | undefined {
  const [first = ''] = BROWSER.split(platform === 'win32' ? ';' : ':').filter((command) => command.trim() !== '')
  const words = [...first.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
  return words.length > 0 ? words : undefined
}

/** What every codespace sets: it opens the page far away, where localhost is another machine. */
function isCodespacesHelper([program = '']: readonly string[]): boolean {
  return /[\\/]helpers[\\/]browser\.(sh|cmd)$/.test(program)
}
