import { spawn } from 'node:child_process'

/**
 * Opens an address by a command, without a shell: no character of the address means anything to anybody.
 * @param command words; `%s` stands for the address, which otherwise comes last
 * @returns resolves with what went wrong, if something does, and stays pending otherwise
 */
export function openBrowser(command: readonly string[], address: string): Promise<string> {
  const [program = '', ...rest] = command.some((word) => word.includes('%s'))
    ? command.map((word) => word.replaceAll('%s', () => address))
    : [...command, address]
  return new Promise((resolve) => {
    const child = spawn(program, rest, { stdio: 'ignore', detached: process.platform !== 'win32', windowsHide: true })
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ENOENT' ? `${program} is not installed` : `${program}: ${error.message}`)
    })
    child.once('exit', (code) => {
      if (code !== 0 && code !== null) resolve(`${program} ended with ${code}`)
    })
    child.unref() // the browser may live on
  })
}
