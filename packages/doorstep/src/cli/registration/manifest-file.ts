import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { RefusedError } from '../failure.ts'

/** The text of a manifest: a file, or `-` for standard input. @throws {RefusedError} when it cannot be read */
export async function readManifestText(path: string): Promise<string> {
  if (path === '-') return text(process.stdin)
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RefusedError(`${path} cannot be read (${error.code}).`, { cause: error })
  })
}
