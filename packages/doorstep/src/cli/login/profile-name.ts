import { CredentialOptionError, requireProfileName } from '@doorstep/client'
import { UsageError } from '../failure.ts'

/**
 * @param source how the name was given: an option, a variable, a key of a file
 * @throws {UsageError} unless it is a name that can stand as a file's name on every system
 */
export function profileName(name: string, source: string): string {
  try {
    return requireProfileName(source, name)
  } catch (error) {
    if (error instanceof CredentialOptionError) throw new UsageError(error.message, { cause: error })
    throw error
  }
}
