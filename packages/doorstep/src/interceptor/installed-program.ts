import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/** The first executable file among absolute paths, or undefined. */
export async function firstProgram(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await isProgram(path)) return path
  return undefined
}

/**
 * The absolute path of a program that a PATH leads to, or undefined. Relative folders of the PATH are passed over.
 *
 * @param names in the order of preference: a later folder with an earlier name wins
 */
export function programOnPath(names: readonly string[], path: string | undefined): Promise<string | undefined> {
  const folders = (path ?? '').split(delimiter).filter(isAbsolute)
  return firstProgram(names.flatMap((name) => folders.map((folder) => join(folder, name))))
}

/** Whether a path names a file that this user may execute. */
export async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
