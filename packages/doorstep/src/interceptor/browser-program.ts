import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { isProgram, programOnPath } from './installed-program.ts'

/** What a child has to be given so that its sign-in pages go to a program of ours. */
export interface BrowserProgram {
  /** `BROWSER`, and `PATH` with the folder of our openers first; empty on Windows. */
  readonly environment: Readonly<Record<string, string>>
}

/**
 * What programs start on Linux to open a page, with the words that come before the address. `xdg-open` is always
 * written; the others only where the machine has them, since programs take their presence for a desktop's.
 */
const openers: readonly { readonly name: string; readonly words: readonly string[] }[] = [
  { name: 'xdg-open', words: [] },
  { name: 'gio', words: ['open'] },
  { name: 'kde-open', words: [] },
  { name: 'kde-open5', words: [] },
  { name: 'x-www-browser', words: [] },
  { name: 'www-browser', words: [] },
]

/**
 * Writes the program that a child takes for its browser. `$BROWSER URL` runs `command... URL`; its output goes to
 * stderr, for a child's stdout belongs to the child. On Linux the usual openers do the same for http and https
 * addresses and hand everything else to the real ones. On macOS `open` is left alone, for programs call it by its
 * absolute path as often as not. On Windows nothing is written: programs there ask the system for a browser, and a
 * batch file would read `&` in an address as the beginning of another command.
 *
 * @param directory folder of the run; `bin` is made in it, mode 0700, and its caller removes it
 * @param command program and first words, absolute paths
 * @param inherited the environment that the child would have, for its PATH
 */
export async function writeBrowserProgram(
  directory: string,
  command: readonly string[],
  inherited: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<BrowserProgram> {
  if (platform === 'win32') return { environment: {} }
  const folder = join(directory, 'bin')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const launcher = join(folder, 'doorstep-browser')
  await writeProgram(launcher, `exec ${command.map(quoted).join(' ')} "$@" >&2`)
  const path = (inherited.PATH ?? '')
    .split(delimiter)
    .filter((entry) => entry !== folder)
    .join(delimiter)
  if (platform !== 'darwin') await writeOpeners(folder, launcher, path)
  return {
    environment: {
      // Python and others split the value at blanks and fill in %s: such a path is said by its name alone.
      BROWSER: /[\s%'"\\]/.test(launcher) ? 'doorstep-browser' : launcher,
      PATH: path === '' ? folder : `${folder}${delimiter}${path}`,
    },
  }
}

async function writeOpeners(folder: string, launcher: string, path: string): Promise<void> {
  for (const { name, words } of openers) {
    const real = await realProgram(name, path)
    if (real === undefined && name !== 'xdg-open') continue
    await writeProgram(join(folder, name), openerScript(name, words, launcher, real))
  }
}

function openerScript(name: string, words: readonly string[], launcher: string, real: string | undefined): string {
  const address = `$${words.length + 1}`
  const pattern = [...words.map((word) => `${word}' '`), '[Hh][Tt][Tt][Pp]'].join('')
  const others = real === undefined ? missing(name) : `exec ${quoted(real)} "$@"`
  return [
    `case "$*" in`,
    `  ${pattern}://*|${pattern}[Ss]://*) exec ${quoted(launcher)} "${address}" ;;`,
    'esac',
    others,
  ].join('\n')
}

/** 3 is what xdg-open says when a program that it needs is not there. */
function missing(name: string): string {
  return `echo ${quoted(`${name}: inside "doorstep run" only http and https addresses can be opened: this machine has no ${name}.`)} >&2\nexit 3`
}

async function writeProgram(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o700 })
  await chmod(path, 0o700)
}

/** Not the opener of a run around this one: it would hand over to that run's browser. */
async function realProgram(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    if (await isProgram(join(folder, 'doorstep-browser'))) continue
    const found = await programOnPath([name], folder)
    if (found !== undefined) return found
  }
  return undefined
}

/** A text as one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
