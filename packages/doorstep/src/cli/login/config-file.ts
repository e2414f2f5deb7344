import { readFileSync } from 'node:fs'
import { findConfigFile } from '@doorstep/client'
import type { CommandIO } from '../command.ts'
import { RefusedError } from '../failure.ts'
import type { Config } from './config.ts'

/** A `doorstep.config.yaml`, and what it says. */
export interface ConfigFile {
  readonly path: string
  readonly config: Config
}

/**
 * Reads the nearest `doorstep.config.yaml`: that of the working folder or of the next one above it, else that of the
 * user's config folder. Reading YAML is loaded only where there is one.
 *
 * @throws {CredentialOptionError} when it belongs to another user
 * @throws {RefusedError} when it cannot be read
 * @throws {UsageError} naming the key that is wrong
 */
export async function readConfigFile(environment: CommandIO['environment']): Promise<ConfigFile | undefined> {
  const path = findConfigFile(process.cwd(), environment)
  if (path === undefined) return undefined
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new RefusedError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error })
  }
  const { parseConfig } = await import('./config.ts')
  return { path, config: parseConfig(text, path) }
}
