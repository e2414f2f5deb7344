import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ChildFiles, writeChildFiles } from '../interceptor/environment.ts'
import { messageOf, RefusedError } from './failure.ts'
import { nodePreloadPath } from './installed-files.ts'

/** Writes what the children of one run, or of one shell, need to trust the local cloud of this data folder. */
export async function writeRunFiles(
  directory: string,
  dataDirectory: string,
  inherited: NodeJS.ProcessEnv,
): Promise<ChildFiles> {
  const interceptRoot = await readInterceptRoot(join(dataDirectory, 'intercept-ca.pem'))
  return writeChildFiles(directory, { interceptRoot, inherited, nodePreload: nodePreloadPath })
}

async function readInterceptRoot(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new RefusedError(`The root of the intercepted names cannot be read: ${messageOf(error)}.`)
  }
}
