import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Whether a test that needs a program has to be skipped, for `it.skipIf(programMissing('wget'))`.
 *
 * @throws {Error} when the program is missing and `CI` is set: there nothing may be skipped
 */
export function programMissing(name: string): boolean {
  if (programPath(name) !== undefined) return false
  if (process.env.CI) {
    throw new Error(`The tests need the program "${name}", and where CI is set none may be skipped: install it.`)
  }
  return true
}

/** The file of a program on the PATH, or undefined when there is none. */
export function programPath(name: string): string | undefined {
  const endings = process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE').split(';') : ['']
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const files = folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
  return files.find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
